"""Faults that a test orders for deliveries by what was asked: the first order that fits is met.

A predicate is the test's own, and may call the emulator: so it is asked without any lock, by
`choose`, which changes nothing.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from ringback.core.base.predicate import is_true
from ringback.core.delivery.plan import Plan
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SettingsError

When: TypeAlias = Callable[[SpeakRequest], bool]
"""Says whether the delivery of a request is to meet an order."""

_EXAMPLE = "lambda request: request.text == 'Hello'"


class Orders:
    """All of them, in order."""

    def __init__(self) -> None:
        """Nothing is ordered."""
        self.ask = False
        """Whether a predicate has to be asked before a delivery is accepted."""
        self._orders: tuple[tuple[Plan, When | None], ...] = ()

    def __iter__(self) -> Iterator[Plan]:
        return (plan for plan, _ in self._orders)

    def add(self, plan: Plan, when: When | None = None) -> None:
        """Let each delivery whose request *when* says yes to go by *plan*; None: each delivery.

        Raises `SettingsError` for a *when* that cannot be asked.
        """
        if when is not None and not callable(when):
            raise SettingsError(
                f"when={when!r} cannot be asked: write a function of the request, such as"
                f" when={_EXAMPLE}"
            )
        self._orders = (*self._orders, (plan, when))
        self.ask = self.ask or when is not None

    def choose(self, request: SpeakRequest) -> Plan | None:
        """The faults that the delivery of *request* is to meet. Raises what a predicate raises."""
        for plan, when in self._orders:
            if when is None or is_true(when(request), "fault_deliveries(when=…)", _EXAMPLE):
                return plan
        return None
