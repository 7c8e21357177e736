"""The steps of an `auto` clock, which nobody drives.

As soon as nothing is in flight it goes to the next due moment and begins what is due, one thing at
a time and in the order of a walk, so that both write the same journal. What is in the background
(the limit of a session, say) does not draw it on. It keeps out of the way of walks and holds.

Nobody waits for it, so nobody hears at once what is wrong: the next verb raises it, and what looks
at the end of a test finds it.
"""

import logging
from collections.abc import Callable
from threading import TIMEOUT_MAX

from ringback.clock.advice import stuck
from ringback.clock.agenda import Due
from ringback.clock.generations import MAX_BY_ITSELF, Generations
from ringback.clock.guard import set_alarm
from ringback.clock.timer import Timer
from ringback.clock.virtual import VirtualClock
from ringback.core.facts import ClockFailed
from ringback.errors import Runaway, Stuck

_log = logging.getLogger("ringback.clock")


class Jumps:
    """Goes on whenever it may. Called on the engine's loop."""

    def __init__(self, clock: VirtualClock, ring: Callable[[], None], guard: float) -> None:
        """Wait for `go_on`. *ring*, which any thread may call, has it called again.

        What keeps the clock for *guard* real seconds, and can be given up, is given up.
        """
        self._clock = clock
        self._ring = ring
        self._guard = min(guard, TIMEOUT_MAX)
        self._generations: Generations | None = None
        self._listened_at = -1
        self._waits = False
        self._alarm: Timer | None = None
        self._seen: set[object] = set()

    def go_on(self) -> bool:
        """Take a step, if it is time for one; False when somebody has to ring first."""
        clock = self._clock
        with clock.lock:
            if not clock.jumping:
                self._generations = None
                return False
            if clock.tokens:
                self._wait()
                return False
            due = clock.agenda.look(None)
            if due is None:
                self._generations = None
                return False
            if due[0] <= clock.moment or self._listened_at == clock.moment:
                return self._begin(due)
            self._listened_at = clock.moment
        clock.tell_of_walk()  # what is on its way on streams is heard before time moves
        return True

    def stop(self) -> None:
        """Take no step any more, and keep nothing."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _begin(self, due: Due) -> bool:
        clock = self._clock
        if self._generations is None:
            self._generations = Generations(clock.agenda, MAX_BY_ITSELF)
        try:
            self._generations.count(due)
            clock.reachable(due[0])
        except (Runaway, ValueError) as error:
            clock.halt(error)
            return False
        try:
            launch = clock.jump(due)
        except Exception:  # noqa: BLE001 - given up on that one; the others wait
            _log.exception("an attempt could not begin")
        else:
            if launch is not None:
                launch(False)
        return True

    def _wait(self) -> None:
        """Have it ring once nothing is in flight, and look from time to time at what still is."""
        clock = self._clock
        if not self._waits:
            self._waits = True
            clock.when_quiet(self._quiet)
        if self._alarm is None:
            if not self._seen.isdisjoint(clock.tokens):
                self._give_up()
            self._seen = set(clock.tokens)
            self._alarm = set_alarm(self._guard, self._look)

    def _look(self) -> None:
        self._alarm = None
        self._ring()

    def _quiet(self) -> None:
        self._waits = False
        self._ring()

    def _give_up(self) -> None:
        """Abort what has been in flight for as long as the guard. A hold, or a request, is not."""
        clock = self._clock
        error = Stuck(stuck(self._guard, clock.busy))
        if clock.listener.abort("it kept the clock waiting for longer than Settings.guard"):
            clock.unheard.append(error)
            clock.journal.append(ClockFailed(clock.moment, f"has waited in vain: {error}"))
