"""The verbs that move a clock. Each is a walk: a generator that is driven from two sides.

A walk finishes what is in flight, goes from due moment to due moment, runs each moment's work to
its outcome while time stands still, includes the work that this creates on the way, and lands
exactly on its target, which is inside. It returns the attempts that have ended in it, as facts.

To look at what comes next, to move there and to begin it is one step under the lock, and so is
landing: what another thread submits comes before the move or after it, never in between.

All raise `ClockBusy` inside a receiver or beside another mover, `ClockClosed`, and `Runaway`.
Spans and moments are in nanoseconds.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from ringback.clock.advice import leap, never_true, nothing_due
from ringback.clock.generations import Generations
from ringback.clock.listener import Launch
from ringback.clock.reading import a_year_after
from ringback.clock.real import genuine
from ringback.clock.steps import Steps
from ringback.clock.turns import call_on, drained, ended
from ringback.clock.virtual import VirtualClock
from ringback.core.base.duration import seconds, words
from ringback.core.base.predicate import is_true
from ringback.core.facts import AttemptFinished, ClockMoved
from ringback.errors import ClockBackwards, ClockLeap, NeverTrue, NothingDue, Stuck

Made: TypeAlias = list[AttemptFinished]
"""The attempts that have ended in a walk, in order."""


def settle(clock: VirtualClock) -> Steps[Made]:
    """Run what is due now. Joins a walk that is under way elsewhere."""
    while not clock.take("settle", joining=True):
        yield partial(_until, clock.when_stirred)
    with _walking(clock, "settle") as walk:
        return (yield from walk.to(lambda now: now))


def advance(clock: VirtualClock, span: int) -> Steps[Made]:
    """Move by *span*. Raises `ClockBackwards` for a negative one."""
    if span < 0:
        instead = "Start a new emulator, or reset() this one, to begin again at zero."
        raise ClockBackwards(f"the clock cannot go back: advance({seconds(span)}). {instead}")
    with _moving(clock, "advance") as walk:
        return (yield from walk.to(lambda now: now + span))


def advance_to(clock: VirtualClock, moment: int | datetime) -> Steps[Made]:
    """Move to *moment*: since the start, or an aware `datetime` within a year.

    Raises `ClockBackwards`, `ClockLeap`, and `ValueError` for a `datetime` without a time zone.
    """
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError(
            f"advance_to({moment!r}) has no time zone; give an aware datetime, such as"
            " ringback.clock.now + timedelta(minutes=5)"
        )

    def landing(now: int) -> int:
        if isinstance(moment, datetime):
            target = clock.moment_of(moment)
            # A datetime is no finer than a microsecond: the one of `now` is no way back.
            target = max(target, now if target == now // 1000 * 1000 else target)
        else:
            target = moment
        if target < now:
            on_the_wall = ""
            if isinstance(moment, datetime):
                on_the_wall = f" (from {clock.at(now)} to {genuine(moment)})"
            raise ClockBackwards(
                f"the clock cannot go back: it stands at {words(now)} and was sent to"
                f" {words(target)}{on_the_wall}"
            )
        if isinstance(moment, datetime) and genuine(moment) > a_year_after(clock.at(now)):
            raise ClockLeap(leap(clock.at(now), genuine(moment)))
        return target

    with _moving(clock, "advance_to") as walk:
        return (yield from walk.to(landing))


def advance_to_next(clock: VirtualClock) -> Steps[Made]:
    """Move to the next due moment and run all of it. Raises `NothingDue`.

    One that goes there by itself refuses: which moment is next is a matter of chance.
    """
    clock.check_stepped("advance_to_next")

    def landing(now: int) -> int:
        due = clock.next_due
        if due is None:
            raise NothingDue(nothing_due("advance_to_next"))
        return max(now, due)

    with _moving(clock, "advance_to_next") as walk:
        return (yield from walk.to(landing))


def step(clock: VirtualClock) -> Steps[Made]:
    """Move until one attempt has ended. Raises `NothingDue`. An `auto` clock refuses."""
    clock.check_stepped("step")
    with _moving(clock, "step") as walk:
        yield from walk.gather()
        while not walk.made_any:
            if not (yield from walk.run_next(None)):
                raise NothingDue(nothing_due("step"))
        return walk.made


def run_until_idle(clock: VirtualClock) -> Steps[Made]:
    """Move until nothing is armed any more, and no further."""
    with _moving(clock, "run_until_idle") as walk:
        return (yield from walk.to(None))


def advance_until(clock: VirtualClock, predicate: Callable[[], object], within: int) -> Steps[Made]:
    """Move step by step until *predicate* is true. Raises `NeverTrue` at the limit."""
    if within < 0:
        raise ClockBackwards(f"the clock cannot go back: within={seconds(within)}")
    with _moving(clock, "advance_until") as walk:
        yield from walk.gather()
        limit = clock.reachable(clock.moment + within)
        while not _is_true(predicate):
            if (yield from walk.run_next(limit)):
                continue
            if not _is_true(predicate):
                raise NeverTrue(never_true(clock.journal, walk.made, within))
        return walk.made


def sync(clock: VirtualClock) -> Steps[Made]:
    """Move by as much as a time freezer has moved since it was last seen.

    From here on the emulator's wall clock is the freezer's. One that went back moves nothing.
    """
    with _moving(clock, "sync") as walk:
        yield from walk.gather()
        told, span = clock.wall.passed()
        target = clock.moment + max(span, 0)
        if told is not None:
            clock.set_wall(told - timedelta(microseconds=max(span, 0) // 1000))
        try:
            return [] if span < 0 else (yield from walk.to(lambda _: target))
        finally:
            clock.wall.follow(told, target - clock.moment)


class Walk:
    """One walk under way: its mover is the one mover of the clock."""

    def __init__(self, clock: VirtualClock) -> None:
        """Begin where the clock stands."""
        self._clock = clock
        self._generations = Generations(clock.agenda)
        self._mark = self._looked_at = clock.journal.end
        self._launch: Launch | None = None

    @property
    def made(self) -> Made:
        """The attempts that have ended in this walk."""
        facts = self._clock.journal.since(self._mark)
        return [fact for fact in facts if isinstance(fact, AttemptFinished)]

    @property
    def made_any(self) -> bool:
        """Whether `made` has something. While it has not, no fact is looked at twice."""
        journal = self._clock.journal
        looked_at = journal.end
        facts = journal.since(self._looked_at)
        if any(isinstance(fact, AttemptFinished) for fact in facts):
            return True
        self._looked_at = looked_at
        return False

    def to(self, landing: Callable[[int], int] | None) -> Steps[Made]:
        """Settle, and go to where *landing* sends whoever stands now: None, until all is idle."""
        yield from self.gather()
        target = self._clock.reachable(landing(self._clock.moment)) if landing else None
        # What is answered at once costs no generator: there may be a million of them.
        while (begun := self._begin(target)) is not None:
            if self._launch is not None:
                yield from self._carry_out(self._launch)
            elif not begun:
                yield from self._quiet()
        return self.made

    def run_next(self, limit: int | None) -> Steps[bool]:
        """Run what comes next, if it is due by *limit*; else land there, and say False."""
        while (begun := self._begin(limit)) is False:
            yield from self._quiet()
        if self._launch is not None:
            yield from self._carry_out(self._launch)
        return begun is not None

    def gather(self) -> Steps[None]:
        """Wait for what is in flight, once what was begun on the mover's loop has had its turn."""
        if self._clock.listener.restless():
            yield drained
        self._clock.tell_of_walk()
        yield from self._quiet()

    def _begin(self, limit: int | None) -> bool | None:
        """Go to what comes next and begin it: one step under the lock.

        False while something is in flight; None when nothing is due by *limit*, and time is there.
        """
        clock, agenda = self._clock, self._clock.agenda
        clock.stir()
        with clock.lock:
            if clock.closed:
                raise clock.ended(f"{clock.mover}()")
            if clock.tokens:
                return False
            due = agenda.look(limit)
            if due is None or (limit is not None and due[0] > limit):
                clock.go(max(clock.moment, limit or 0))
                return None
            self._generations.count(due)
            self._launch = clock.jump(due)
        return True

    def _carry_out(self, launch: Launch) -> Steps[None]:
        self._launch = None
        yield partial(_carried_out, launch)
        yield from self._quiet()

    def _quiet(self) -> Steps[None]:
        clock = self._clock
        while clock.tokens:
            yield partial(_until, clock.when_quiet)
        if clock.unheard and any(isinstance(each, KeyboardInterrupt) for each in clock.unheard):
            clock.raise_unheard()


@contextmanager
def _moving(clock: VirtualClock, verb: str) -> Iterator[Walk]:
    clock.take(verb)
    with _walking(clock, verb) as walk:
        yield walk


@contextmanager
def _walking(clock: VirtualClock, verb: str) -> Iterator[Walk]:
    """Be the mover until the end of the block, and leave a fact about where it led."""
    walk, begun, landed = Walk(clock), clock.moment, False
    try:
        clock.raise_unheard()
        yield walk
        landed = True
        clock.raise_unheard()
    except Stuck:
        clock.listener.abort("it kept the clock waiting for longer than Settings.guard")
        raise
    finally:
        with clock.lock:
            if landed or clock.moment > begun:
                clock.journal.append(ClockMoved(begun, clock.moment, verb))
            clock.mover = ""
            clock.halted = clock.halted and not landed
        clock.stir()
        clock.flow()


async def _carried_out(launch: Launch) -> None:
    """Carry an attempt out, and wait until the loop has nothing left to do.

    If the waiting is cancelled the attempt goes on, and ends in its own time. If the attempt is
    aborted the waiting ends. An error of our own surfaces here.
    """
    task = launch(True)
    await ended(task)
    if not task.cancelled():
        task.result()
    await drained()


async def _until(subscribe: Callable[[Callable[[], None]], None]) -> None:
    """Wait on the running loop until what was subscribed to calls back, from any thread.

    Whoever waited there has its turn before this returns.
    """
    loop = asyncio.get_running_loop()
    happened = asyncio.Event()
    subscribe(partial(call_on, loop, happened.set))
    await happened.wait()
    await drained()


def _is_true(predicate: Callable[[], object]) -> bool:
    return is_true(predicate(), "advance_until()", "lambda: receiver.requests")
