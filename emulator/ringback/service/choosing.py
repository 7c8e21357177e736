"""Which of the failures and faults that a test ordered a request is to meet: predicates are asked.

They may call the emulator: so they are asked without its lock.
"""

from functools import partial

from ringback.clock.virtual import VirtualClock
from ringback.core.answer.failures import Choice, Failures, choose
from ringback.core.delivery.orders import Orders
from ringback.core.delivery.plan import Plan
from ringback.core.request.speak import SpeakRequest


class Choosing:
    """Asks the predicates of *failures* and of *orders*."""

    def __init__(self, clock: VirtualClock, failures: Failures, orders: Orders) -> None:
        """Ask nothing yet."""
        self._clock = clock
        self._failures = failures
        self._orders = orders

    @property
    def asks(self) -> bool:
        """Whether a predicate has to be asked before a request is answered."""
        return self._failures.ask or self._orders.ask

    def choose(
        self, request: SpeakRequest, plan: Plan | None = None, *, streamed: bool = False
    ) -> tuple[Choice, Plan | None]:
        """What *request* would meet as things stand, and its delivery, if it has no *plan* yet.

        `Failures.hold` says whether they stand so still.
        """
        with self._clock.lock:
            waiting = self._failures.waiting
        asking = True
        try:
            context = self._clock.inside(lambda: asking)
            choice = context.run(partial(choose, waiting, request, streamed=streamed))
            if plan is None and choice.error is None and request.callback is not None:
                try:
                    plan = context.run(self._orders.choose, request)
                except KeyboardInterrupt:
                    raise
                except BaseException as error:  # noqa: BLE001 - `pytest.fail` raises no Exception
                    choice = Choice(error=error)
        finally:
            asking = False
        return choice, plan

    def plan_of(self, request: SpeakRequest) -> Plan | None:
        """The faults of a delivery for which nobody has to be asked."""
        return None if self._orders.ask else self._orders.choose(request)
