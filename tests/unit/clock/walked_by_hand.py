"""An agenda that a test fills, and walks by hand: it carries out each effect itself."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from ringback.clock.agenda import Agenda, Due
from ringback.clock.listener import NOBODY, Launch, Listener
from ringback.clock.steps import Effect, Steps
from ringback.clock.verbs import (
    advance,
    advance_to,
    advance_to_next,
    advance_until,
    run_until_idle,
    settle,
    step,
    sync,
)
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import Attempt, State
from ringback.core.delivery.outcome import Answered
from ringback.core.facts import AttemptFinished, ClockMoved
from ringback.core.journal import Journal
from tests.conftest import a_job, a_message

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
A_MESSAGE = a_message()


class Plan(Listener):
    """Things with names, on a clock. What is *real* is in flight until the test ends it."""

    def __init__(self, rate: int = 0, retries_at_once: int = 0, *, auto: bool = False) -> None:
        self.clock = a_clock(rate, listener=self, agenda=Agenda(retries_at_once), auto=auto)
        self.ran: list[tuple[float, str]] = []
        self.aborted: list[str] = []
        self._things: list[tuple[str, Callable[[], object], bool]] = []
        self._tokens: dict[str, object] = {}

    def at(
        self, due: float, name: str, then: Callable[[], object] = bool, *, real: bool = False
    ) -> None:
        """Arm *name*; when it comes, *then* is called, too."""
        self.clock.agenda.arm(round(due * SECOND), len(self._things))
        self._things.append((name, then, real))

    def end(self, name: str) -> None:
        """End what is real and in flight."""
        self._ended(name)
        self.clock.leave(self._tokens.pop(name))

    def begin(self, position: int, due: Due) -> Launch | None:
        self.clock.agenda.take(due)
        name, then, real = self._things[position]
        then()
        if real:
            self._tokens[name] = self.clock.occupy(name)
            return _launch
        self._ended(name)
        return None

    def abort(self, reason: str) -> bool:
        self.aborted.append(reason)
        return bool(self._tokens)

    def _ended(self, name: str) -> None:
        now = self.clock.now_ns
        self.ran.append((now / SECOND, name))
        attempt = Attempt(1, now, now, A_MESSAGE, Answered(204), name)
        self.clock.journal.append(AttemptFinished(now, a_job(), 0, attempt, State.DELIVERED, None))


def _launch(awaited: bool) -> Any:
    raise AssertionError("the test ends what is real")


class Told(Listener):
    """Writes down that it was told to look again."""

    def __init__(self, story: list[Any]) -> None:
        self._story = story

    def changed(self) -> None:
        self._story.append("look again")


def a_clock(
    rate: int = 0,
    epoch: datetime = EPOCH,
    listener: Listener = NOBODY,
    agenda: Agenda | None = None,
    *,
    auto: bool = False,
) -> VirtualClock:
    return VirtualClock(epoch, rate, threading.RLock(), Journal(), listener, agenda, auto=auto)


def a_plan(*due: float) -> Plan:
    plan = Plan()
    for number, moment in enumerate(due):
        plan.at(moment, f"#{number}")
    return plan


def walked(steps: Steps[Any]) -> Any:
    """The names of what a walk returns that meets nothing real."""
    with pytest.raises(StopIteration) as end:
        next(steps)
    return [fact.attempt.fault for fact in end.value.value]


def ended(steps: Steps[Any]) -> Any:
    """The same of a walk whose effect has come to its end."""
    with pytest.raises(StopIteration) as end:
        steps.send(None)
    return [fact.attempt.fault for fact in end.value.value]


def elapsed(plan: Plan) -> float:
    return plan.clock.now_ns / SECOND


@contextmanager
def unmoved(plan: Plan) -> Iterator[None]:
    """Time, agenda and journal are afterwards what they were."""
    clock = plan.clock
    before = (clock.now_ns, len(clock.agenda), clock.next_due, len(clock.journal))
    yield
    assert (clock.now_ns, len(clock.agenda), clock.next_due, len(clock.journal)) == before


def moves(plan: Plan) -> list[ClockMoved]:
    return [fact for fact in plan.clock.journal if isinstance(fact, ClockMoved)]


MOVERS: dict[str, Callable[[Plan], Steps[Any]]] = {
    "advance": lambda plan: advance(plan.clock, SECOND),
    "advance_to": lambda plan: advance_to(plan.clock, 100 * SECOND),
    "advance_to_next": lambda plan: advance_to_next(plan.clock),
    "step": lambda plan: step(plan.clock),
    "run_until_idle": lambda plan: run_until_idle(plan.clock),
    "advance_until": lambda plan: advance_until(plan.clock, bool, SECOND),
    "sync": lambda plan: sync(plan.clock),
}
WALKS: dict[str, Callable[[Plan], Steps[Any]]] = {
    **MOVERS,
    "settle": lambda plan: settle(plan.clock),
}


async def awaited(effect: Effect) -> None:
    await effect()


async def turn() -> None:
    await asyncio.sleep(0)
