"""What does not come in its turn: late copies, and attempts that let another one go first.

Whatever is still to come stands in the agenda. Called under the clock's lock.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from ringback.clock.agenda import Due
from ringback.clock.loops import EngineLoop
from ringback.clock.timer import Timer
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import words
from ringback.core.delivery.delivery import Delivery, State
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Aborted
from ringback.core.delivery.shape import Shape
from ringback.engine.calls import Call, Calls
from ringback.engine.ledger import Ledger
from ringback.sending.routes import Routes


@dataclass(slots=True, eq=False)
class Copy:
    """A second copy of attempt *number*, which is to come *after* its delivery's success."""

    delivery: Delivery
    number: int
    message: CallbackMessage
    after: int = 0
    due_at: int | None = None

    def __str__(self) -> str:
        when = "" if self.due_at is None else f", due at {words(self.due_at)}"
        return f"a copy of attempt {self.number} of request {self.delivery.job.request_id}{when}"


@dataclass(slots=True, eq=False)
class Held:
    """An attempt that stands back until another one to its origin has ended, or for so long."""

    due: Due
    position: int
    timer: Timer = field(default_factory=lambda: Timer(lambda: None))


class Copies:
    """All of it."""

    def __init__(
        self,
        clock: VirtualClock,
        loop: EngineLoop,
        ledger: Ledger,
        calls: Calls,
        routes: Routes,
        limit: int,
    ) -> None:
        """Nothing is to come; *limit* is how long an attempt stands back that does not say."""
        self._clock = clock
        self._loop = loop
        self._ledger = ledger
        self._calls = calls
        self._routes = routes
        self._limit = limit
        self._coming: dict[Copy, None] = {}
        self._waiting: dict[int, list[Copy]] = {}
        self._held: dict[str, Held] = {}
        self._let_go: set[int] = set()

    @property
    def coming(self) -> Iterator[str]:
        """What is still to come, in words."""
        yield from map(str, self._coming)
        for copies in self._waiting.values():
            for each in copies:
                yield f"{each}, for it comes once its delivery has succeeded"

    def stands_back(self, due: Due, delivery: Delivery, shape: Shape) -> bool:
        """Whether the attempt that is *due* lets another go first: it does so once.

        Where one stands back already, it is the other.
        """
        position, origin = delivery.position, delivery.job.endpoint.origin
        if position in self._let_go:
            self._let_go.remove(position)
            return False
        if not shape.swaps or origin in self._held:
            return False
        self._clock.agenda.take(due)
        self._held[origin] = held = Held(due, position)
        until = self._clock.now_ns + (self._limit if shape.after is None else shape.after)
        held.timer = self._clock.agenda.call_at(until, partial(self._let, origin))
        self._ledger.ended = self._ended
        return True

    def expect(self) -> None:
        """Be told from now on of each attempt that has ended."""
        self._ledger.ended = self._ended

    def _ended(self, after: Delivery, message: CallbackMessage, shape: Shape | None) -> None:
        """Take note of the last attempt of a delivery, which is *after* it as it stands."""
        position, last = after.position, after.attempts[-1]
        if shape is not None and not isinstance(last.outcome, Aborted):
            copy = Copy(after, len(after.attempts), message)
            if shape.copied_after is not None:
                self._arm(copy, last.finished_at + shape.copied_after)
            if shape.copied_late is not None:
                copy.after = shape.copied_late
                self._waiting.setdefault(position, []).append(copy)
        if after.state is State.DELIVERED:
            for copy in self._waiting.pop(position, ()):
                self._arm(copy, last.finished_at + copy.after)
        self._let(after.job.endpoint.origin)

    def _let(self, origin: str) -> None:
        """Let the attempt begin that stands back at *origin*."""
        held = self._held.pop(origin, None)
        if held is not None:
            held.timer.cancel()
            self._let_go.add(held.position)
            self._clock.agenda.put_back(held.due)

    def _arm(self, copy: Copy, moment: int) -> None:
        """Have *copy* come at *moment*."""
        copy.due_at = moment
        self._coming[copy] = None
        self._clock.agenda.call_at(moment, partial(self._bring, copy))

    def _bring(self, copy: Copy) -> None:
        """Send *copy* to whoever stands at its place by now."""
        del self._coming[copy]
        ledger, route = self._ledger, self._routes.find(copy.delivery.job.endpoint)
        if route.respond is not None:
            outcome, _ = ledger.heard(route.respond(copy.message))
            ledger.copied(copy.delivery, copy.number, outcome, self._clock.now_ns)
        elif route.sender is not None:
            call = Call(copy.delivery, copy.message, None, route.sender, copy_of=copy.number)
            self._calls.add(call)
            self._loop.ensure()
            self._loop.call_soon(partial(self._calls.launch, call, False))
