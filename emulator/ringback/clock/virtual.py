"""Virtual time: one number that only grows, and the walks that move it.

A walk finishes what is in flight, goes from due moment to due moment, runs each moment's work to
its outcome while time stands still, includes the work that this creates on the way, and lands
exactly on its target, which is inside. Moments are whole nanoseconds since the emulator's start.

To look at what comes next, to move there and to begin it is one step under the lock, and so is
landing: what another thread submits comes before the move or after it, never in between.

In `real` and `xN` the clock flows by itself between walks; a walk stops the flow, moves, and lets
it go on from where it landed. It does not flow past what is due and has not begun: a machine that
is late with it makes an `xN` clock late, and a `real` one only for as long as `LATENESS`.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context, ContextVar, copy_context
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import partial

from ringback.clock.advice import busy_beside, busy_inside, leap, never_true, nothing_due
from ringback.clock.freezers import Wall
from ringback.clock.real import genuine, monotonic_ns, unix_ns
from ringback.clock.steps import Steps
from ringback.clock.turns import call_on, drained
from ringback.clock.walk import Agenda, Walk
from ringback.core.base.duration import SECOND, seconds, words
from ringback.core.base.predicate import is_true
from ringback.core.journal import ClockMoved, Journal
from ringback.errors import (
    ClockBackwards,
    ClockBusy,
    ClockClosed,
    ClockLeap,
    NeverTrue,
    NothingDue,
    Stuck,
)
from ringback.views import Attempt

_LAST = unix_ns(datetime(9999, 12, 31, tzinfo=UTC))
"""Unix time, in nanoseconds, up to which a clock can say what time it is."""

LATENESS = SECOND
"""How late, in nanoseconds, a machine may be on a real clock as if it were not.

A thread that had to wait for its turn is that late at most. Beyond it the process was stopped, and
what happens then has happened then.
"""

_INSIDE: ContextVar["tuple[VirtualClock, Callable[[], bool]] | None"] = ContextVar(
    "ringback_inside_attempt", default=None
)
_REQUEST: ContextVar[object] = ContextVar("ringback_request", default=None)


class VirtualClock:
    """The time of one emulator. All state is guarded by *lock*, which the engine shares."""

    def __init__(
        self,
        epoch: datetime,
        rate: int,
        lock: threading.RLock,
        journal: Journal,
        *,
        keeps_epoch: bool = False,
    ) -> None:
        """Stand at zero; *rate* is 0 for a paused clock, else virtual seconds in a real one.

        A time freezer's moment takes the place of *epoch*, unless this *keeps_epoch*.
        """
        self.lock = lock
        self.rate = rate
        self.journal = journal
        self.on_change: Callable[[], None] = _nothing
        self.horizon: Callable[[], int | None] = _unbounded
        """Says up to which moment time passes by itself before something has begun."""
        self.restless: Callable[[], bool] = bool
        """Says whether the mover's own loop has something to do, for a mover that has a loop."""
        self._wall = Wall()
        self._keeps_epoch = keeps_epoch
        self._epoch = genuine((not keeps_epoch and self._wall.seen) or epoch)
        self._epoch_ns = unix_ns(self._epoch)
        self._now = 0
        self._flow_from: int | None = None
        self._slow = False
        self._still = 0
        self._stillness = _Stillness(self)
        self._holds = 0
        self._busy: dict[object, str] = {}
        self._unanswered: set[object] = set()
        self._when_quiet: list[Callable[[], None]] = []
        self._mover = ""
        self._joiners: list[Callable[[], None]] = []
        self._closed = False
        self._when_closed: dict[object, Callable[[], object]] = {}
        self._before_walks: dict[object, Callable[[], object]] = {}
        self.unheard: list[BaseException] = []
        """Errors of what a test has handed in, raised where no test could hear them."""

    def __repr__(self) -> str:
        return f"<VirtualClock {words(self.now_ns)} [{len(self._busy)} in flight]>"

    # -- reading ---------------------------------------------------------------------------------

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the start."""
        with self.lock:
            if self._flow_from is not None and not self._still:
                self._pass(self._flow_from)
            return self._now

    @property
    def now(self) -> datetime:
        """The emulator's wall clock: epoch + elapsed, aware, in UTC."""
        return self.at(self.now_ns)

    def at(self, moment: int) -> datetime:
        """The wall clock at *moment*, to the microsecond below."""
        return self._epoch + timedelta(microseconds=moment // 1000)

    def unix_ns(self, moment: int) -> int:
        """Unix time of *moment*, in nanoseconds."""
        return self._epoch_ns + moment

    def set_wall(self, moment: datetime) -> None:
        """Call the present *moment* (aware). Nothing fires or un-fires, and nothing elapses."""
        with self.lock:
            self._epoch = genuine(moment) - timedelta(microseconds=self.now_ns // 1000)
            self._epoch_ns = unix_ns(self._epoch)

    def observe(self) -> None:
        """Notice a time freezer that has become active: its moment is what time it is here.

        `sync` counts from here. A clock that keeps its epoch is told so by `sync` alone.
        """
        if self._wall.observe() and not self._keeps_epoch and self._wall.seen is not None:
            self.set_wall(self._wall.seen)

    @property
    def busy(self) -> list[str]:
        """What is in flight, in words."""
        with self.lock:
            return list(self._busy.values())

    # -- what keeps time from moving -------------------------------------------------------------

    def occupy(self, label: str) -> object:
        """Take a token: until it is given back, every walk waits where it is."""
        token = object()
        with self.lock:
            self._pace(busy=True)
            self._busy[token] = label
        return token

    def enter(self, label: str) -> object:
        """Take a token for a request that has arrived, in the context in which it is answered."""
        token = self.occupy(label)
        _REQUEST.set(token)
        return token

    def leave(self, token: object) -> None:
        """Give a token back; harmless when it was given back before."""
        with self.lock:
            self._busy.pop(token, None)
            answered = token in self._unanswered
            self._unanswered.discard(token)
            waiting = []
            if not self._busy:
                self._pace(busy=False)
                waiting, self._when_quiet = self._when_quiet, []
        for callback in waiting:
            callback()
        if answered:
            self.on_change()

    def accepted(self) -> None:
        """Take note that a job was accepted, before the request that it came by was answered."""
        with self.lock:
            if (token := _REQUEST.get()) in self._busy:
                self._unanswered.add(token)

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
        with self.lock:
            self._check_open("hold")
            self.stop_flowing()
            self._holds += 1
            token = self.occupy(f"hold: {reason}")
        try:
            yield
        finally:
            with self.lock:
                self._holds -= 1
            self.leave(token)
            self.flow()

    def inside(self, alive: Callable[[], bool]) -> Context:
        """The running context for a receiver of this clock's: no walk begins in it while *alive*.

        Tasks and threads that the receiver starts inherit it; once its attempt has ended they are
        no longer inside.
        """
        context = copy_context()
        context.run(_INSIDE.set, (self, alive))
        return context

    @property
    def is_inside(self) -> bool:
        """Whether this is called by a receiver whose own attempt is in flight."""
        inside = _INSIDE.get()
        return inside is not None and inside[0] is self and inside[1]()

    def before_walks(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Call *callback* at the beginning of each walk, in the mover's thread.

        It may `occupy` the clock until what was on its way has arrived. Returns how to forget it.
        """
        token = object()
        self._before_walks[token] = callback
        return partial(self._before_walks.pop, token, None)

    # -- the end ---------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether no walk can begin or go on."""
        return self._closed

    def close(self) -> None:
        """Refuse every walk from now on, and end the one that is under way."""
        with self.lock:
            self._closed = True
            self.stop_flowing()
            waiting = list(self._when_closed.values())
        for callback in waiting:
            callback()
        self.on_change()

    def when_closed(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Call *callback*, from any thread, when this closes or at once. Returns how to forget it.

        It may be called more than once.
        """
        token = object()
        self._when_closed[token] = callback
        if self._closed:
            callback()
        return partial(self._when_closed.pop, token, None)

    def ended(self, verb: str) -> ClockClosed:
        """What *verb* raises once this is closed."""
        return ClockClosed(f"{verb}: this emulator has ended; start a new one")

    def _check_open(self, verb: str) -> None:
        if self._closed:
            raise self.ended(f"{verb}()")

    # -- flowing ---------------------------------------------------------------------------------

    @property
    def flowing(self) -> bool:
        """Whether time passes by itself at this moment."""
        return self._flow_from is not None

    @property
    def answering(self) -> bool:
        """Whether somebody whose job was accepted has not been told so: nothing may begin yet."""
        return bool(self._unanswered)

    def flow(self) -> None:
        """Let time pass by itself from here, in a mode that does and with nobody against it."""
        with self.lock:
            if self.rate and not (self._mover or self._holds or self._closed):
                self._now = self.now_ns
                if self._flow_from is None:
                    self._flow_from = monotonic_ns()
                self._slow = bool(self._busy) and self.rate > 1
        self.on_change()

    def stop_flowing(self) -> None:
        """Stand still here."""
        with self.lock:
            self._now, self._flow_from = self.now_ns, None

    def still(self) -> AbstractContextManager[None]:
        """Have it be one moment until the end of the block, which holds the lock."""
        return self._stillness

    def stand(self) -> None:
        """Hold the lock, and have it be one moment, until `go_on`; `still` does both."""
        self.lock.acquire()
        self._now = self.now_ns
        self._still += 1

    def go_on(self) -> None:
        """Release the lock after `stand`."""
        self._still -= 1
        self.lock.release()

    def real_seconds_until(self, moment: int) -> float:
        """How long a flowing clock takes to *moment*; zero or less when it is past."""
        with self.lock:
            rate = 1 if self._slow else self.rate
            return (moment - self.now_ns) / (rate * SECOND)

    def _pass(self, since: int) -> None:
        """Let the time pass that has gone by *since* the last look."""
        self._flow_from = monotonic_ns()
        # A busy xN clock runs at real speed, or 50 ms of Python would be 5 s of silence.
        now = self._now + (self._flow_from - since) * (1 if self._slow else self.rate)
        horizon = self.horizon()
        if horizon is not None and now > (until := max(self._now, horizon)):
            late = now - until
            if self.rate > 1:
                now = until
            elif late <= LATENESS:
                now, self._flow_from = until, self._flow_from - late
        self._now = now

    def _pace(self, *, busy: bool) -> None:
        if self._flow_from is not None and self.rate > 1 and busy != self._slow:
            self._now, self._flow_from = self.now_ns, monotonic_ns()
            self._slow = busy
            if not busy:
                self.on_change()

    # -- walks -----------------------------------------------------------------------------------

    def settle(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Run what is due now. Joins a walk that is under way elsewhere."""
        while not self._take("settle", joining=True):
            yield partial(_until, self._when_stirred)
        with self._walking(agenda, "settle") as walk:
            return (yield from self._walk(walk, lambda now: now))

    def advance(self, agenda: Agenda, span: int) -> Steps[list[Attempt]]:
        """Move by *span* nanoseconds."""
        if span < 0:
            raise ClockBackwards(
                f"the clock cannot go back: advance({seconds(span)}). Start a new emulator, or"
                " reset() this one, to begin again at zero."
            )
        with self._moving(agenda, "advance") as walk:
            return (yield from self._walk(walk, lambda now: now + span))

    def advance_to(self, agenda: Agenda, moment: int | datetime) -> Steps[list[Attempt]]:
        """Move to *moment*: nanoseconds since the start, or an aware `datetime` within a year."""
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise ValueError(
                f"advance_to({moment!r}) has no time zone; give an aware datetime, such as"
                " ringback.clock.now + timedelta(minutes=5)"
            )

        def landing(now: int) -> int:
            if isinstance(moment, datetime):
                target = unix_ns(moment) - self._epoch_ns
                # A datetime is no finer than a microsecond: the one of `now` is no way back.
                target = max(target, now if target == now // 1000 * 1000 else target)
            else:
                target = moment
            if target < now:
                on_the_wall = ""
                if isinstance(moment, datetime):
                    on_the_wall = f" (from {self.at(now)} to {genuine(moment)})"
                raise ClockBackwards(
                    f"the clock cannot go back: it stands at {words(now)} and was sent to"
                    f" {words(target)}{on_the_wall}"
                )
            if isinstance(moment, datetime) and genuine(moment) > _a_year_after(self.at(now)):
                raise ClockLeap(leap(self.at(now), genuine(moment)))
            return target

        with self._moving(agenda, "advance_to") as walk:
            return (yield from self._walk(walk, landing))

    def advance_to_next(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""

        def landing(now: int) -> int:
            due = agenda.next_due
            if due is None:
                raise NothingDue(nothing_due("advance_to_next"))
            return max(now, due[0])

        with self._moving(agenda, "advance_to_next") as walk:
            return (yield from self._walk(walk, landing))

    def step(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        with self._moving(agenda, "step") as walk:
            yield from self._gather()
            while not walk.made_any:
                if not (yield from self._run_next(walk, None)):
                    raise NothingDue(nothing_due("step"))
            return walk.made

    def run_until_idle(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move until nothing is armed any more, and no further."""
        with self._moving(agenda, "run_until_idle") as walk:
            return (yield from self._walk(walk, None))

    def advance_until(
        self, agenda: Agenda, predicate: Callable[[], object], within: int
    ) -> Steps[list[Attempt]]:
        """Move step by step until *predicate* is true. Raises `NeverTrue` at the limit."""
        if within < 0:
            raise ClockBackwards(f"the clock cannot go back: within={seconds(within)}")
        with self._moving(agenda, "advance_until") as walk:
            yield from self._gather()
            limit = self._reachable(self._now + within)
            while not _is_true(predicate):
                if (yield from self._run_next(walk, limit)):
                    continue
                if not _is_true(predicate):
                    raise NeverTrue(never_true(walk.made, within))
            return walk.made

    def sync(self, agenda: Agenda) -> Steps[list[Attempt]]:
        """Move by as much as a time freezer has moved since it was last seen.

        From here on the emulator's wall clock is the freezer's. One that went back moves nothing.
        """
        with self._moving(agenda, "sync") as walk:
            yield from self._gather()
            told, span = self._wall.passed()
            target = self._now + max(span, 0)
            if told is not None:
                self.set_wall(told - timedelta(microseconds=max(span, 0) // 1000))
            try:
                return [] if span < 0 else (yield from self._walk(walk, lambda _: target))
            finally:
                self._wall.follow(told, target - self._now)

    def _walk(self, walk: Walk, landing: Callable[[int], int] | None) -> Steps[list[Attempt]]:
        """Settle, and go to where *landing* sends whoever stands now: None, until all is idle."""
        yield from self._gather()
        target = self._reachable(landing(self._now)) if landing else None
        while (yield from self._run_next(walk, target)):
            pass
        return walk.made

    def _run_next(self, walk: Walk, limit: int | None) -> Steps[bool]:
        """Run what comes next, if it is due by *limit*; else land there, and say False."""
        self._stir()
        while True:
            if self._busy:
                yield from self._quiet()
            with self.lock:
                self._check_open(self._mover)
                if self._busy:
                    continue
                due = walk.agenda.upcoming(limit)
                if due is None or (limit is not None and due[0] > limit):
                    self._now = max(self._now, limit or 0)
                    return False
                walk.count(due)
                self._now = max(self._now, self._reachable(due[0]))
                call = walk.agenda.begin_next()
                break
        if call is not None:
            yield partial(walk.agenda.exchange, call)
            yield from self._quiet()
        return True

    def _gather(self) -> Steps[None]:
        """Wait for what is in flight, once what was begun on the mover's loop has had its turn."""
        if self.restless():
            yield drained
        for callback in list(self._before_walks.values()):
            callback()
        yield from self._quiet()

    def _quiet(self) -> Steps[None]:
        while self._busy:
            yield partial(_until, self.when_quiet)
        if self.unheard and any(isinstance(each, KeyboardInterrupt) for each in self.unheard):
            self.raise_unheard()

    def _reachable(self, moment: int) -> int:
        if self._epoch_ns + moment > _LAST:
            raise ValueError(
                f"the clock cannot go to {words(moment)}: that is beyond the year 9999. Give"
                " seconds, not nanoseconds."
            )
        return moment

    @contextmanager
    def _moving(self, agenda: Agenda, verb: str) -> Iterator[Walk]:
        self._take(verb)
        with self._walking(agenda, verb) as walk:
            yield walk

    def _take(self, verb: str, *, joining: bool = False) -> bool:
        """Become the mover; False when there is one, and who is *joining* can wait for it."""
        with self.lock:
            self._check_open(verb)
            if self.is_inside:
                raise ClockBusy(busy_inside(verb))
            if self._mover:
                if joining:
                    return False
                raise ClockBusy(busy_beside(verb, self._mover))
            self.stop_flowing()
            self._mover = verb
        return True

    @contextmanager
    def _walking(self, agenda: Agenda, verb: str) -> Iterator[Walk]:
        """Be the mover until the end of the block, and leave a fact about where it led."""
        walk, begun, landed = Walk(agenda, self.journal), self._now, False
        try:
            self.raise_unheard()
            yield walk
            landed = True
            self.raise_unheard()
        except Stuck:
            agenda.abort("it kept the clock waiting for longer than Settings.guard")
            raise
        finally:
            with self.lock:
                if landed or self._now > begun:
                    idle = not walk.steps and agenda.next_due is None
                    self.journal.append(ClockMoved(begun, self._now, verb, idle))
                self._mover = ""
            self._stir()
            self.flow()

    def raise_unheard(self) -> None:
        """Raise the first of the errors that the test has not heard of yet, for all of them."""
        if self.unheard:
            with self.lock:
                first, *others = self.unheard
                self.unheard.clear()
            if others:
                first.add_note(f"It is the first of {len(others) + 1} such errors.")
            raise first

    def _when_stirred(self, callback: Callable[[], None]) -> None:
        """Call *callback*, from any thread, when the mover has made a step or has ended."""
        with self.lock:
            if self._mover:
                self._joiners.append(callback)
                return
        callback()

    def _stir(self) -> None:
        if self._joiners:
            with self.lock:
                joiners, self._joiners = self._joiners, []
            for callback in joiners:
                callback()


def _unbounded() -> None:
    """Nothing is due."""


class _Stillness(AbstractContextManager[None]):
    """What `VirtualClock.still` returns. Each request passes through it: a generator costs 4 us."""

    __slots__ = ("_clock",)

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def __enter__(self) -> None:
        self._clock.stand()

    def __exit__(self, *_: object) -> None:
        self._clock.go_on()


async def _until(subscribe: Callable[[Callable[[], None]], None]) -> None:
    """Wait on the running loop until what was subscribed to calls back, from any thread.

    Whoever waited there has its turn before this returns.
    """
    loop = asyncio.get_running_loop()
    happened = asyncio.Event()
    subscribe(partial(call_on, loop, happened.set))
    await happened.wait()
    await drained()


def _nothing() -> None:
    """Nobody listens."""


def _a_year_after(moment: datetime) -> datetime:
    if moment.year == MAXYEAR:
        return moment.max.replace(tzinfo=UTC)
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year + 1, day=day)


def _is_true(predicate: Callable[[], object]) -> bool:
    return is_true(predicate(), "advance_until()", "lambda: receiver.requests")
