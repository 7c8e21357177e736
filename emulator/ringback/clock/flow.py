"""Lets a `real` or `xN` clock run by itself: what comes due is begun, each attempt on its own.

One task waits for the next due moment. It is woken when something earlier is armed, when the pace
changes and when a walk has ended; while a walk is under way it keeps out of the way.
"""

import asyncio
from typing import Any, Protocol

from ringback.clock.guard import set_alarm
from ringback.clock.virtual import Agenda, VirtualClock


class Launcher(Agenda, Protocol):
    """An agenda whose calls can be left to themselves."""

    def launch(self, call: Any) -> object:
        """Carry a call out in a task of its own, on the running loop."""
        ...


class Flow:
    """Runs an agenda at the pace of a flowing clock."""

    def __init__(self, clock: VirtualClock, agenda: Launcher) -> None:
        """Prepare; `run` does the work."""
        self._clock = clock
        self._agenda = agenda
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look again at what is due, from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Let time pass until this is cancelled."""
        self._loop = asyncio.get_running_loop()
        self._clock.on_change = self.wake
        self._clock.flow()
        while True:
            self._woken.clear()
            wait = self._begin_due()
            if wait is None:
                await self._woken.wait()
            elif wait > 0:
                alarm = set_alarm(wait, self.wake)
                await self._woken.wait()
                alarm.cancel()
            else:
                await asyncio.sleep(0)

    def _begin_due(self) -> float | None:
        """Begin one thing that is due, or say how many real seconds away the next one is."""
        with self._clock.lock:
            due = self._agenda.next_due
            if due is None or not self._clock.flowing:
                return None
            wait = self._clock.real_seconds_until(due[0])
            if wait <= 0:
                call = self._agenda.begin_next()
                if call is not None:
                    self._agenda.launch(call)
            return wait
