"""Lets a clock run by itself. On a `real` or `xN` one each attempt is begun when it comes due, on
its own; an `auto` one goes from due moment to due moment (`clock/jumps.py`).

One task, on the engine's loop, waits for the next due moment. It is woken when something earlier is
armed, when the pace changes and when a walk has ended; while a walk is under way it keeps out of
the way. What wakes it comes from any thread, so it asks the loop, by its bell.
"""

import asyncio
import logging

from ringback.clock.guard import set_alarm
from ringback.clock.jumps import Jumps
from ringback.clock.loops import EngineLoop
from ringback.clock.turns import drained
from ringback.clock.virtual import ALWAYS, VirtualClock

_log = logging.getLogger("ringback.clock")


class Flow:
    """Runs what is due at the pace of a clock that moves by itself."""

    def __init__(self, clock: VirtualClock, loop: EngineLoop, guard: float = 10) -> None:
        """Do nothing until `run`. For *guard* real seconds anything may keep an `auto` clock."""
        self._clock = clock
        self._loop = loop
        self._jumps = Jumps(clock, loop.ring, guard)

    async def run(self) -> None:
        """Let time pass until the clock is closed, or this is cancelled."""
        bell = self._loop.bell()
        self._clock.flow()
        try:
            while not self._clock.closed:
                bell.clear()
                if self._clock.auto:
                    await drained()  # what an attempt has caused on this loop comes before the next
                    if not self._jumps.go_on():
                        await bell.wait()
                else:
                    await self._pause(self._begin_due(), bell)
        except Exception:
            _log.exception("the clock has stopped")
            raise
        finally:
            self._jumps.stop()

    async def _pause(self, wait: float | None, bell: asyncio.Event) -> None:
        """Let the loop turn, and wait for so many real seconds, or for the bell if it is None."""
        if wait is None:
            await bell.wait()
        elif wait > 0:
            alarm = set_alarm(wait, self._loop.ring)
            try:
                await bell.wait()
            finally:
                alarm.cancel()
        else:
            await asyncio.sleep(0)

    def _begin_due(self) -> float | None:
        """Begin one thing that is due, or say how many real seconds away the next one is."""
        clock = self._clock
        with clock.lock:
            due = clock.agenda.look(ALWAYS)
            if due is None or not clock.flowing or clock.answering:
                return None
            wait = clock.real_seconds_until(due[0])
            if wait > 0:
                return wait
            try:
                launch = clock.begin(due)
            except Exception:  # noqa: BLE001 - given up on that one; the others wait
                _log.exception("an attempt could not begin")
            else:
                if launch is not None:
                    launch(False)
        return 0
