"""The clock of one emulator: its time, what is in flight, what is armed, and who moves it.

One lock guards all of it, and the engine and the service take the same one: what was read under it
is still so when it is acted upon. Nobody waits while holding it. A walk lets go of it between its
steps, and whatever calls back does so without it, or from inside it again (it is reentrant).

There is one mover at a time. Time that flows stands still while there is a mover or a hold, and
goes on from where they leave it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from ringback.clock.advice import busy_beside, busy_inside, no_steps
from ringback.clock.agenda import Agenda, Due
from ringback.clock.leader import Leader
from ringback.clock.listener import NOBODY, Launch, Listener
from ringback.clock.timer import Timer
from ringback.core.base.duration import words
from ringback.core.facts import ClockFailed
from ringback.core.journal import Journal
from ringback.errors import ClockBusy, ClockClosed, ClockError

ALWAYS = 1 << 63
"""A moment beyond all others: time that flows comes to everything, in the background too."""


class VirtualClock(Leader):
    """A time with a mover, from its beginning to its end."""

    def __init__(
        self,
        epoch: datetime,
        rate: int,
        lock: threading.RLock,
        journal: Journal,
        listener: Listener = NOBODY,
        agenda: Agenda | None = None,
        *,
        keeps_epoch: bool = False,
        auto: bool = False,
    ) -> None:
        """Stand at zero; *rate* is virtual seconds in a real one, and 0 for a clock that is paused,
        or *auto*: it goes from due moment to due moment whenever nothing is in flight.

        A time freezer's moment takes the place of *epoch*, unless this *keeps_epoch*. Without
        an *agenda* it has one of its own.
        """
        super().__init__(epoch, rate, lock, listener, keeps_epoch=keeps_epoch)
        self.journal = journal
        self.agenda = Agenda() if agenda is None else agenda
        self.unheard: list[BaseException] = []
        """Errors of what a test has handed in, raised where no test could hear them."""
        self.auto = auto
        """Whether it goes by itself from due moment to due moment. Set under the lock."""
        self.halted = False
        """Whether one that is `auto` has come to a halt, until a verb has moved it without fault.
        """
        self.mover = ""
        """The verb that is moving the clock; empty while none is."""
        self._holds = 0
        self._joiners: list[Callable[[], None]] = []
        self.closed = False
        """Whether no walk can begin or go on."""
        self._when_closed: dict[object, Callable[[], object]] = {}
        self._before_walks: dict[object, Callable[[], object]] = {}

    def __repr__(self) -> str:
        return f"<VirtualClock {words(self.now_ns)} [{len(self.tokens)} in flight]>"

    # -- what is armed ---------------------------------------------------------------------------

    @property
    def next_due(self) -> int | None:
        """The moment at which the next thing is due; None when nothing is armed."""
        with self.lock:
            due = self.agenda.next_due
        return None if due is None else due[0]

    def call_at(
        self, moment: int, callback: Callable[[], object], *, background: bool = False
    ) -> Timer:
        """Call *callback* when time reaches *moment*, in nanoseconds since the start.

        It is called under the lock, in the thread that moves the clock, and must not wait. In the
        *background* are limits, such as that of a session: they count as nothing that is due.
        """
        with self.lock:
            timer = self.agenda.call_at(moment, callback, background=background)
        self.changed()
        return timer

    def begin(self, due: Due) -> Launch | None:
        """Begin what the agenda has just shown to be *due*; called under the lock.

        What is returned is an attempt that needs a loop, and has to be launched there.
        """
        what = due[2]
        if isinstance(what, Timer):
            # Time that flows is held back by what is due: it stands before that is taken away.
            with self.still():
                self.agenda.take(due)
                what.fire()
            return None
        return self.listener.begin(what, due)

    def jump(self, due: Due) -> Launch | None:
        """Go to what the agenda has just shown to be *due*, and `begin` it; under the lock."""
        if due[0] > self.moment:
            self.go(self.reachable(due[0]))
        return self.begin(due)

    # -- the mover -------------------------------------------------------------------------------

    def take(self, verb: str, *, joining: bool = False) -> bool:
        """Become the mover; False when there is one, and who is *joining* can wait for it.

        Raises `ClockBusy` inside a receiver or beside another mover, and `ClockClosed`.
        """
        with self.lock:
            self.check_open(verb)
            if self.is_inside:
                raise ClockBusy(busy_inside(verb))
            self.check_led(verb)
            if self.mover:
                if joining:
                    return False
                raise ClockBusy(busy_beside(verb, self.mover))
            self.stop_flowing()
            self.mover = verb
        return True

    def before_walks(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Call *callback* at the beginning of each walk, in the mover's thread.

        It may `occupy` the clock until what was on its way has arrived. Returns how to forget it.
        """
        token = object()
        self._before_walks[token] = callback
        return partial(self._before_walks.pop, token, None)

    def tell_of_walk(self) -> None:
        """Call all who wanted to be called before a walk."""
        for callback in list(self._before_walks.values()):
            callback()

    def when_stirred(self, callback: Callable[[], None]) -> None:
        """Call *callback*, from any thread, when the mover has made a step or has ended."""
        with self.lock:
            if self.mover:
                self._joiners.append(callback)
                return
        callback()

    def stir(self) -> None:
        """Call all who wait for a step of the mover."""
        if self._joiners:
            with self.lock:
                joiners, self._joiners = self._joiners, []
            for callback in joiners:
                callback()

    def raise_unheard(self) -> None:
        """Raise the first of the errors that the test has not heard of yet, for all of them."""
        if self.unheard:
            with self.lock:
                first, *others = self.unheard
                self.unheard.clear()
            if others:
                first.add_note(f"It is the first of {len(others) + 1} such errors.")
            raise first

    # -- by itself, and holds --------------------------------------------------------------------

    @property
    def moves_itself(self) -> bool:
        """Whether time passes without a mover: it flows, or goes from due moment to due moment."""
        return self.auto or self.rate > 0

    @property
    def jumping(self) -> bool:
        """Whether one that is `auto` may go on by itself at this moment, once all is quiet."""
        return self.auto and not (self.mover or self.halted or self.closed)

    def halt(self, error: BaseException) -> None:
        """Have one that is `auto` stand here; the next verb or the test's end tells of *error*."""
        with self.lock:
            self.halted = True
            self.unheard.append(error)
            self.journal.append(
                ClockFailed(self.moment, f"has halted until a verb moves it: {error}")
            )

    def flow(self) -> None:
        """Let time pass by itself from here, in a mode that does and with nobody against it."""
        with self.lock:
            if self.rate and not (self.mover or self._holds or self.closed):
                self._let_flow(busy=bool(self.tokens))
        self.changed()

    @contextmanager
    def hold(self, reason: str) -> Iterator[None]:
        """Keep time from moving while work is under way that the emulator cannot see."""
        with self.lock:
            self.check_open("hold")
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

    def _horizon(self) -> int | None:
        # With an attempt under way time passes as it does for its receiver.
        due = None if self.agenda.taken else self.agenda.look(ALWAYS)
        return None if due is None else due[0]

    # -- the end ---------------------------------------------------------------------------------

    def close(self) -> None:
        """Refuse every walk from now on, and end the one that is under way."""
        with self.lock:
            self.closed = True
            self.stop_flowing()
            waiting = list(self._when_closed.values())
        for callback in waiting:
            callback()
        self.changed()
        # A connection that its client never closes may hold the clock: it holds nothing else.
        self.listener = NOBODY

    def when_closed(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Call *callback*, from any thread, when this closes or at once. Returns how to forget it.

        It may be called more than once.
        """
        token = object()
        self._when_closed[token] = callback
        if self.closed:
            callback()
        return partial(self._when_closed.pop, token, None)

    @property
    def attended(self) -> bool:
        """Whether anything is in flight or being moved, or somebody would hear of the end."""
        with self.lock:
            return bool(self.tokens or self.mover or self._when_closed)

    def ended(self, verb: str) -> ClockClosed:
        """What *verb* raises once this is closed."""
        return ClockClosed(f"{verb}: this emulator has ended; start a new one")

    def check_stepped(self, verb: str) -> None:
        """Raise `ClockError` if this goes from due moment to due moment by itself."""
        if self.auto:
            raise ClockError(no_steps(verb))

    def check_open(self, verb: str) -> None:
        """Raise `ClockClosed` if this is closed."""
        if self.closed:
            raise self.ended(f"{verb}()")
