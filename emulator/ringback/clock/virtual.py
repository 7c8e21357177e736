"""Virtual time: one number that only grows, and the walks that move it.

A walk finishes what is in flight, goes from due moment to due moment, runs each moment's work to
its outcome while time stands still, includes the work that this creates on the way, and lands
exactly on its target, which is inside. Moments are whole nanoseconds since the emulator's start.

In `real` and `xN` the clock flows by itself between walks; a walk stops the flow, moves, and lets
it go on from where it landed.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from ringback.clock.real import monotonic_ns
from ringback.clock.steps import Steps
from ringback.core.duration import SECOND, seconds, words
from ringback.core.journal import ClockMoved, Journal
from ringback.errors import (
    ClockBackwards,
    ClockBusy,
    ClockClosed,
    NeverTrue,
    NothingDue,
    Runaway,
)
from ringback.views import Attempt

MAX_GENERATIONS = 100
"""How often work at one instant may cause work at the same instant before it is a loop."""

MAX_STEPS = 1_000_000
"""How many steps one walk may take."""

INSIDE: ContextVar[Callable[[], bool] | None] = ContextVar("ringback_inside_attempt", default=None)
"""Set while an in-process receiver runs: says whether its attempt is still in flight."""


class Agenda(Protocol):
    """What a clock walks through: the engine, seen from below."""

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of what comes next."""
        ...

    def mark_sequence(self) -> int:
        """A number above every sequence number so far and below every later one."""
        ...

    def begin_next(self) -> Any | None:
        """Begin what comes next; what is returned must be passed to `exchange`."""
        ...

    async def exchange(self, call: Any) -> None:
        """Carry a call out, on the engine's loop."""
        ...

    def attempts_since(self, mark: int) -> Sequence[Attempt]:
        """The attempts that ended since the journal had the length *mark*."""
        ...


class VirtualClock:
    """The time of one emulator. All state is guarded by *lock*, which the engine shares."""

    def __init__(self, epoch: datetime, rate: int, lock: threading.RLock, journal: Journal) -> None:
        """Stand at zero; *rate* is 0 for a paused clock, else virtual seconds in a real one."""
        self.lock = lock
        self.rate = rate
        self.epoch = epoch
        self.journal = journal
        self.on_change: Callable[[], None] = _nothing
        self._now = 0
        self._flow_from: int | None = None
        self._slow = False
        self._busy: dict[object, str] = {}
        self._when_quiet: list[Callable[[], None]] = []
        self._mover = ""
        self._joiners: list[Callable[[], None]] = []
        self._closed = False

    def __repr__(self) -> str:
        return f"<VirtualClock {words(self.now_ns)} [{len(self._busy)} in flight]>"

    # -- reading ---------------------------------------------------------------------------------

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the start."""
        with self.lock:
            if self._flow_from is None:
                return self._now
            # A busy xN clock runs at real speed, or 50 ms of Python would be 5 s of silence.
            rate = 1 if self._slow else self.rate
            return self._now + (monotonic_ns() - self._flow_from) * rate

    @property
    def now(self) -> datetime:
        """The emulator's wall clock: epoch + elapsed, aware."""
        return self.at(self.now_ns)

    def at(self, moment: int) -> datetime:
        """The wall clock at *moment*, to the microsecond below."""
        return self.epoch + timedelta(microseconds=moment // 1000)

    def unix_ns(self, moment: int) -> int:
        """Unix time of *moment*, in nanoseconds."""
        since = self.epoch - datetime(1970, 1, 1, tzinfo=self.epoch.tzinfo)
        return (since // timedelta(microseconds=1)) * 1000 + moment

    def set_wall(self, moment: datetime) -> None:
        """Call the present *moment* (aware). Nothing fires or un-fires, and nothing elapses."""
        with self.lock:
            self.epoch = moment - timedelta(microseconds=self.now_ns // 1000)

    @property
    def busy(self) -> list[str]:
        """What is in flight, in words."""
        with self.lock:
            return list(self._busy.values())

    # -- what keeps time from moving -------------------------------------------------------------

    def enter(self, label: str) -> object:
        """Take a token: until it is given back, every walk waits where it is."""
        token = object()
        with self.lock:
            self._pace(busy=True)
            self._busy[token] = label
        return token

    def leave(self, token: object) -> None:
        """Give a token back; harmless when it was given back before."""
        with self.lock:
            self._busy.pop(token, None)
            waiting = []
            if not self._busy:
                self._pace(busy=False)
                waiting, self._when_quiet = self._when_quiet, []
        for callback in waiting:
            callback()

    def when_quiet(self, callback: Callable[[], None]) -> None:
        """Call *callback*, from any thread, once nothing is in flight."""
        with self.lock:
            if self._busy:
                self._when_quiet.append(callback)
                return
        callback()

    @contextmanager
    def hold(self, reason: str) -> Iterator[None]:
        """Keep time from moving while work is under way that the emulator cannot see."""
        token = self.enter(f"hold: {reason}")
        try:
            yield
        finally:
            self.leave(token)

    def close(self) -> None:
        """Refuse every walk from now on."""
        with self.lock:
            self._closed = True
            self._now, self._flow_from = self.now_ns, None

    # -- flowing ---------------------------------------------------------------------------------

    @property
    def flowing(self) -> bool:
        """Whether time passes by itself at this moment."""
        return self._flow_from is not None

    def flow(self) -> None:
        """Let time pass by itself from here, in a mode that does."""
        with self.lock:
            if self.rate and not self._mover and not self._closed:
                self._flow_from = monotonic_ns()
                self._slow = bool(self._busy) and self.rate > 1
        self.on_change()

    def stop_flowing(self) -> None:
        """Stand still here."""
        with self.lock:
            self._now, self._flow_from = self.now_ns, None

    def real_seconds_until(self, moment: int) -> float:
        """How long a flowing clock takes to *moment*; zero or less when it is past."""
        with self.lock:
            rate = 1 if self._slow else self.rate
            return (moment - self.now_ns) / (rate * SECOND)

    def _pace(self, *, busy: bool) -> None:
        if self._flow_from is not None and self.rate > 1 and busy != self._slow:
            self._now, self._flow_from = self.now_ns, monotonic_ns()
            self._slow = busy
            if not busy:
                self.on_change()

    # -- walks -----------------------------------------------------------------------------------

    def settle(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Run what is due now. Joins a walk that is under way elsewhere."""
        while self._mover and not _inside():
            yield partial(_until, self._when_left)
        return (yield from self._walk(agenda, "settle", lambda now: now))

    def advance(self, agenda: Agenda, span: int) -> Steps[list[Attempt]]:
        """Move by *span* nanoseconds."""
        if span < 0:
            raise ClockBackwards(
                f"the clock cannot go back: advance({seconds(span)}). Start a new emulator, or"
                " reset() this one, to begin again at zero."
            )
        return (yield from self._walk(agenda, "advance", lambda now: now + span))

    def advance_to(self, agenda: Agenda, moment: int | datetime) -> Steps[list[Attempt]]:
        """Move to *moment*: nanoseconds since the start, or an aware `datetime`."""
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                raise ValueError(
                    f"advance_to({moment!r}) has no time zone; give an aware datetime, such as"
                    " ringback.clock.now + timedelta(minutes=5)"
                )
            moment = (moment - self.epoch) // timedelta(microseconds=1) * 1000
        target = moment

        def landing(now: int) -> int:
            if target < now:
                raise ClockBackwards(
                    f"the clock cannot go back: it stands at {words(now)} and was sent to"
                    f" {words(target)}"
                )
            return target

        return (yield from self._walk(agenda, "advance_to", landing))

    def advance_to_next(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""

        def landing(now: int) -> int:
            due = agenda.next_due
            if due is None:
                raise NothingDue(_nothing_due("advance_to_next"))
            return max(now, due[0])

        return (yield from self._walk(agenda, "advance_to_next", landing))

    def step(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        with self._moving("step"):
            yield from self._quiet()
            mark, cascade = len(self.journal), Cascade(agenda)
            while not (made := agenda.attempts_since(mark)):
                if agenda.next_due is None:
                    raise NothingDue(_nothing_due("step"))
                yield from self._run_next(cascade)
            return list(made)

    def run_until_idle(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move until nothing is armed any more, and no further."""
        return (yield from self._walk(agenda, "run_until_idle", None))

    def advance_until(
        self, agenda: Agenda, predicate: Callable[[], object], within: int
    ) -> Steps[list[Attempt]]:
        """Move step by step until *predicate* is true. Raises `NeverTrue` at the limit."""
        if within < 0:
            raise ClockBackwards(f"the clock cannot go back: within={seconds(within)}")
        with self._moving("advance_until"):
            yield from self._quiet()
            mark, cascade = len(self.journal), Cascade(agenda)
            limit = self._now + within
            while not predicate():
                due = agenda.next_due
                if due is None or due[0] > limit:
                    self._now = limit
                    if predicate():
                        break
                    raise NeverTrue(_never(agenda.attempts_since(mark), within))
                yield from self._run_next(cascade)
            return list(agenda.attempts_since(mark))

    def _walk(
        self, agenda: Agenda, verb: str, landing: Callable[[int], int] | None
    ) -> Steps[list[Attempt]]:
        with self._moving(verb):
            yield from self._quiet()
            begun, mark, cascade = self._now, len(self.journal), Cascade(agenda)
            target = landing(begun) if landing else None
            idle = agenda.next_due is None
            while (due := agenda.next_due) is not None and (target is None or due[0] <= target):
                yield from self._run_next(cascade)
            if target is not None:
                self._now = max(self._now, target)
            made = list(agenda.attempts_since(mark))
            self.journal.append(ClockMoved(begun, self._now, verb, idle))
            return made

    def _run_next(self, cascade: "Cascade") -> Steps[None]:
        self._now = max(self._now, cascade.next_moment())
        call = cascade.agenda.begin_next()
        if call is not None:
            yield partial(cascade.agenda.exchange, call)
        yield from self._quiet()

    def _quiet(self) -> Steps[None]:
        while self._busy:
            yield partial(_until, self.when_quiet)

    def _when_left(self, callback: Callable[[], None]) -> None:
        with self.lock:
            if self._mover:
                self._joiners.append(callback)
                return
        callback()

    @contextmanager
    def _moving(self, verb: str) -> Iterator[None]:
        with self.lock:
            if self._closed:
                raise ClockClosed(f"{verb}(): this emulator has ended; start a new one")
            if self._mover or _inside():
                raise ClockBusy(_busy(verb, self._mover))
            self.stop_flowing()
            self._mover = verb
        try:
            yield
        finally:
            with self.lock:
                self._mover = ""
                joiners, self._joiners = self._joiners, []
            for callback in joiners:
                callback()
            self.flow()


class Cascade:
    """Follows one walk, to tell ten thousand attempts of one instant from an endless loop.

    What was armed before an instant began is its first generation; what a generation's work arms
    at the same instant is the next. Only generations are counted, and all steps, up to a million.
    """

    def __init__(self, agenda: Agenda) -> None:
        """Begin before any instant."""
        self.agenda = agenda
        self._instant = -1
        self._generation = 0
        self._boundary = 0
        self._steps = 0

    def next_moment(self) -> int:
        """The moment of what comes next. Raises `Runaway`."""
        due = self.agenda.next_due
        if due is None:
            raise NothingDue(_nothing_due("run"))
        moment, sequence = due
        if moment > self._instant:
            self._instant, self._generation = moment, 0
            self._boundary = self.agenda.mark_sequence()
        elif sequence > self._boundary:
            self._generation += 1
            self._boundary = self.agenda.mark_sequence()
        self._steps += 1
        if self._generation > MAX_GENERATIONS or self._steps > MAX_STEPS:
            raise Runaway(
                f"at {words(moment)} callbacks keep causing callbacks"
                f" ({self._generation} generations at this instant, {self._steps} steps in this"
                " walk). Does a receiver call /v1/speak with its own URL as the callback? Set"
                " Settings.processing_time if that is meant, and move with advance()."
            )
        return moment


async def _until(subscribe: Callable[[Callable[[], None]], None]) -> None:
    """Wait on the running loop until what was subscribed to calls back, from any thread."""
    loop = asyncio.get_running_loop()
    happened = asyncio.Event()
    subscribe(lambda: _wake(loop, happened))
    await happened.wait()


def _wake(loop: asyncio.AbstractEventLoop, happened: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(happened.set)


def _inside() -> bool:
    running = INSIDE.get()
    return running is not None and running()


def _nothing() -> None:
    """Nobody listens."""


def _busy(verb: str, mover: str) -> str:
    if _inside():
        return (
            f"{verb}() was called inside a receiver, while its own attempt is in flight. A receiver"
            " cannot move the time that it is waiting in: answer first, and move the clock in the"
            " test."
        )
    return (
        f"{verb}() was called while {mover}() is moving this clock. One mover at a time: wait for"
        " it to return, or use settle(), which joins."
    )


def _nothing_due(verb: str) -> str:
    return (
        f"{verb}(): nothing is due and nothing is in flight. Has the application called /v1/speak"
        " with a callback, at this emulator's URL and with its key?"
    )


def _never(made: Sequence[Attempt], within: int) -> str:
    tail = "".join(f"\n  {attempt}" for attempt in made[-11:]) or " none"
    return (
        f"advance_until(): the predicate was not true within {words(within)}. Attempts on the"
        f" way:{tail}"
    )
