"""Alarms in real time, rung by a thread of their own.

Limits on receivers and the guard over a paused clock must hold while the process's time is frozen
and while the loop that they watch is busy, so no loop timer will do. Waiting on a lock is real
under every freezer.
"""

import asyncio
import heapq
import itertools
import logging
import threading
from collections.abc import Callable

from ringback.clock.forks import unlock_in_forks
from ringback.clock.real import frozen, monotonic_ns
from ringback.clock.timer import Timer
from ringback.core.base.duration import SECOND

_LONGEST_WAIT = 3600 * SECOND
"""How long the thread waits before it looks again; a lock takes no wait of centuries."""

PATIENCE = 1.0
"""Real seconds after which what is awaited on a loop is worth an alarm."""

_log = logging.getLogger("ringback.clock")


class AlarmThread:
    """Rings alarms at their time. The thread starts with the first one."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._heap: list[tuple[int, int, Timer]] = []
        self._sequence = itertools.count()
        self._changed = threading.Condition()
        unlock_in_forks(self._changed)
        self._wakes_at = 0
        self._thread: threading.Thread | None = None

    def set(self, seconds: float, ring: Callable[[], None]) -> Timer:
        """Call *ring* after so many real seconds, in the alarm thread: it must be quick."""
        timer = Timer(ring)
        due = monotonic_ns() + round(seconds * SECOND)
        with self._changed:
            self._forget_cancelled()
            heapq.heappush(self._heap, (due, next(self._sequence), timer))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="ringback alarms", daemon=True
                )
                self._thread.start()
            elif due < self._wakes_at:  # to wake it for nothing costs as much as an attempt
                self._changed.notify()
        return timer

    def _run(self) -> None:
        while True:
            with self._changed:
                now = monotonic_ns()
                self._wakes_at = now + _LONGEST_WAIT
                if self._heap:
                    self._wakes_at = min(self._wakes_at, self._heap[0][0])
                if self._wakes_at > now:
                    self._changed.wait((self._wakes_at - now) / SECOND)
                    continue
                timer = heapq.heappop(self._heap)[2]
            try:
                timer.fire()
            except Exception:  # noqa: BLE001 - the other alarms must ring
                _log.exception("an alarm failed")

    def _forget_cancelled(self) -> None:
        """Drop what was cancelled. Most alarms are, so the heap stays as small as what is live."""
        while self._heap and self._heap[0][2].over:
            heapq.heappop(self._heap)


_thread = AlarmThread()


def set_alarm(seconds: float, ring: Callable[[], None]) -> Timer:
    """Call *ring* after so many real seconds, on the process's one alarm thread."""
    return _thread.set(seconds, ring)


class PatientAlarm:
    """An alarm for what is awaited on a loop, which costs no thread where that is soon over.

    A timer of the loop sets it, but in frozen time, in which such a timer never comes.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, ring: Callable[[], None]
    ) -> None:
        """Call *ring* after so many real seconds."""
        self._alarm: Timer | None = None
        self._soon: asyncio.TimerHandle | None = None
        if seconds <= PATIENCE or frozen():
            self._alarm = set_alarm(seconds, ring)
        else:
            self._soon = loop.call_later(PATIENCE, self._set, seconds - PATIENCE, ring)

    def cancel(self) -> None:
        """Do not ring."""
        if self._soon is not None:
            self._soon.cancel()
        if self._alarm is not None:
            self._alarm.cancel()

    def _set(self, seconds: float, ring: Callable[[], None]) -> None:
        self._alarm = set_alarm(seconds, ring)
