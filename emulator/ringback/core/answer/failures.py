"""Failures in the order in which a test wants requests to meet them.

A predicate is the test's own: it may order more failures, call the emulator from any thread, or
raise. So predicates are asked by `choose`, which changes nothing and needs no lock, and what was
chosen is taken afterwards, if nobody else has met it meanwhile.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ringback.core.answer.failure import Failure
from ringback.core.base.predicate import is_true
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SettingsError

When: TypeAlias = Callable[[SpeakRequest], bool]
"""Says whether a request is to meet a failure."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What befalls the next request, or the next that *when* says yes to. None: nothing does."""

    failure: Failure | None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request is to meet: one *order*, or none of them; or the *error* of a predicate."""

    order: Order | None = None
    error: BaseException | None = field(default=None, compare=False)


class Orders:
    """Failures that wait for their requests, and one that befalls *every* request, or None."""

    def __init__(self, every: Failure | None = None) -> None:
        """Nothing waits."""
        self._every = every
        self._waiting: deque[Order] = deque()
        self._asking = 0

    @property
    def unmet(self) -> int:
        """How many failures no request has met."""
        return sum(each.failure is not None for each in self._waiting)

    @property
    def ask(self) -> bool:
        """Whether a predicate has to be asked before a request is answered."""
        return self._asking > 0

    @property
    def waiting(self) -> Sequence[Order]:
        """What waits now, in order."""
        return tuple(self._waiting)

    def add(self, failures: Iterable[Failure | None], when: When | None = None) -> None:
        """Let *failures* wait, one for each request, or for each that *when* says yes to.

        Raises `SettingsError` for a *when* that cannot be asked.
        """
        if when is not None and not callable(when):
            raise SettingsError(
                f"when={when!r} cannot be asked: write a function of the request, such as"
                " when=lambda request: request.text == 'Hello'"
            )
        orders = [Order(failure, when) for failure in failures]
        self._waiting.extend(orders)
        self._asking += len(orders) if when is not None else 0

    def hold(self, choice: Choice) -> bool:
        """Whether what was chosen waits still. Where it does not, another choice is to be made."""
        return choice.order is None or choice.order in self._waiting

    def take(self, choice: Choice | None = None, *, streamed: bool = False) -> Failure | None:
        """The failure that a request meets, for which *choice* was made.

        None: there was no predicate to be asked, and what has one was ordered later. A request that
        is *streamed* passes over what is nothing but late.
        """
        if not self._waiting:
            return self._every
        order = choose_at_once(self._waiting, streamed=streamed) if choice is None else choice.order
        if order is None:
            return self._every
        self._waiting.remove(order)
        self._asking -= order.when is not None
        return order.failure


def choose(waiting: Iterable[Order], request: SpeakRequest, *, streamed: bool = False) -> Choice:
    """Which of the orders that are *waiting* is for *request*: the first that says yes.

    A predicate that fails chooses nothing, and its error is for the test that it belongs to.
    """
    for each in waiting:
        if _passes_over(each, streamed):
            continue
        try:
            if each.when is None or is_true(each.when(request), "fail(when=…)", _EXAMPLE):
                return Choice(each)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - `pytest.fail` raises no Exception
            return Choice(error=error)
    return Choice()


def choose_at_once(waiting: Iterable[Order], *, streamed: bool) -> Order | None:
    """The first of the orders that are *waiting* for whatever comes."""
    for each in waiting:
        if each.when is None and not _passes_over(each, streamed):
            return each
    return None


_EXAMPLE = "lambda request: request.text == 'Hello'"


def _passes_over(order: Order, streamed: bool) -> bool:
    return streamed and order.failure is not None and order.failure.is_only_late
