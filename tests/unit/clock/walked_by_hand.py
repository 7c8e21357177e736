"""An agenda that a test fills, and walks by hand: it carries out each effect itself."""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from ringback.clock.steps import Effect, Steps
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import SECOND
from ringback.core.journal import ClockMoved, DeliveryCancelled, Journal
from ringback.views import Attempt

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Plan:
    """An agenda of things with names. What is *real* is in flight until the test ends it."""

    clock: VirtualClock
    heap: list[Any] = field(default_factory=list)
    sequence: Iterator[int] = field(default_factory=itertools.count)
    ran: list[tuple[float, str]] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)
    tokens: dict[str, object] = field(default_factory=dict)

    retries_at_once: int = 0

    def at(
        self, due: float, name: str, then: Callable[[], object] = bool, *, real: bool = False
    ) -> None:
        """Arm *name*; when it comes, *then* is called, too."""
        heapq.heappush(self.heap, (round(due * SECOND), next(self.sequence), name, then, real))

    def end(self, name: str) -> None:
        """End what is real and in flight."""
        self._ended(name)
        self.clock.leave(self.tokens.pop(name))

    @property
    def next_due(self) -> tuple[int, int] | None:
        return self.heap[0][:2] if self.heap else None

    def upcoming(self, limit: int | None) -> tuple[int, int] | None:
        return self.next_due

    def mark_sequence(self) -> int:
        return next(self.sequence)

    def begin_next(self) -> str | None:
        if not self.heap:
            return None
        _, _, name, then, real = heapq.heappop(self.heap)
        then()
        if real:
            self.tokens[name] = self.clock.occupy(name)
            return str(name)
        self._ended(name)
        return None

    async def exchange(self, call: Any) -> None:
        raise AssertionError("the test ends what is real")

    def attempts_since(self, mark: int) -> Sequence[Attempt]:
        made: list[Any] = [
            fact.reason
            for fact in self.clock.journal.since(mark)
            if isinstance(fact, DeliveryCancelled)
        ]
        return made

    def abort(self, reason: str) -> None:
        self.aborted.append(reason)

    def _ended(self, name: str) -> None:
        self.ran.append((self.clock.now_ns / SECOND, name))
        self.clock.journal.append(DeliveryCancelled(self.clock.now_ns, 0, name))


def a_clock(rate: int = 0, epoch: datetime = EPOCH) -> VirtualClock:
    return VirtualClock(epoch, rate, threading.RLock(), Journal())


def a_plan(*due: float) -> Plan:
    plan = Plan(a_clock())
    for number, moment in enumerate(due):
        plan.at(moment, f"#{number}")
    return plan


def walked(steps: Steps[Any]) -> Any:
    """What a walk returns that meets nothing real."""
    with pytest.raises(StopIteration) as end:
        next(steps)
    return end.value.value


def ended(steps: Steps[Any]) -> Any:
    """What a walk returns when its effect has come to its end."""
    with pytest.raises(StopIteration) as end:
        steps.send(None)
    return end.value.value


def elapsed(plan: Plan) -> float:
    return plan.clock.now_ns / SECOND


@contextmanager
def unmoved(plan: Plan) -> Iterator[None]:
    """Time, agenda and journal are afterwards what they were."""
    before = (plan.clock.now_ns, list(plan.heap), len(plan.clock.journal))
    yield
    assert (plan.clock.now_ns, list(plan.heap), len(plan.clock.journal)) == before


def moves(plan: Plan) -> list[ClockMoved]:
    return [fact for fact in plan.clock.journal if isinstance(fact, ClockMoved)]


MOVERS: dict[str, Callable[[Plan], Steps[Any]]] = {
    "advance": lambda plan: plan.clock.advance(plan, SECOND),
    "advance_to": lambda plan: plan.clock.advance_to(plan, 100 * SECOND),
    "advance_to_next": lambda plan: plan.clock.advance_to_next(plan),
    "step": lambda plan: plan.clock.step(plan),
    "run_until_idle": lambda plan: plan.clock.run_until_idle(plan),
    "advance_until": lambda plan: plan.clock.advance_until(plan, bool, SECOND),
    "sync": lambda plan: plan.clock.sync(plan),
}
WALKS: dict[str, Callable[[Plan], Steps[Any]]] = {
    **MOVERS,
    "settle": lambda plan: plan.clock.settle(plan),
}


async def awaited(effect: Effect) -> None:
    await effect()


async def turn() -> None:
    await asyncio.sleep(0)
