"""Lets a `real` or `xN` clock run by itself: what comes due is begun, each attempt on its own.

One task waits for the next due moment. It is woken when something earlier is armed, when the pace
changes and when a walk has ended; while a walk is under way it keeps out of the way.
"""

import asyncio
import logging
from typing import Any, Protocol

from ringback.clock.guard import set_alarm
from ringback.clock.turns import call_on
from ringback.clock.virtual import VirtualClock
from ringback.clock.walk import Agenda

_ALWAYS = 1 << 63
"""A moment beyond all others: time that flows comes to everything, in the background too."""

_log = logging.getLogger("ringback.clock")


class Launcher(Agenda, Protocol):
    """An agenda whose calls can be left to themselves."""

    @property
    def carrying(self) -> bool:
        """Whether a call is under way."""
        ...

    def launch(self, call: Any) -> object:
        """Carry a call out in a task of its own, on the running loop."""
        ...


class Flow:
    """Runs an agenda at the pace of a flowing clock."""

    def __init__(self, clock: VirtualClock, agenda: Launcher) -> None:
        """Have time wait for what is due from now on; `run` begins it."""
        self._clock = clock
        self._agenda = agenda
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        clock.horizon = self._horizon

    def wake(self) -> None:
        """Look again at what is due, from any thread."""
        if self._loop is not None:
            call_on(self._loop, self._woken.set)

    async def run(self) -> None:
        """Let time pass until the clock is closed, or this is cancelled."""
        self._loop = asyncio.get_running_loop()
        self._clock.on_change = self.wake
        self._clock.flow()
        while not self._clock.closed:
            self._woken.clear()
            await self._pause(self._begin_due())

    async def _pause(self, wait: float | None) -> None:
        """Let the loop turn, and wait for so many real seconds, or to be woken if it is None."""
        if wait is None:
            await self._woken.wait()
        elif wait > 0:
            alarm = set_alarm(wait, self.wake)
            try:
                await self._woken.wait()
            finally:
                alarm.cancel()
        else:
            await asyncio.sleep(0)

    def _horizon(self) -> int | None:
        """What time waits for. With a call under way it passes as it does for its receiver."""
        due = None if self._agenda.carrying else self._agenda.upcoming(_ALWAYS)
        return None if due is None else due[0]

    def _begin_due(self) -> float | None:
        """Begin one thing that is due, or say how many real seconds away the next one is."""
        with self._clock.lock:
            due = self._agenda.upcoming(_ALWAYS)
            if due is None or not self._clock.flowing or self._clock.answering:
                return None
            wait = self._clock.real_seconds_until(due[0])
            if wait <= 0:
                self._begin()
            return wait

    def _begin(self) -> None:
        try:
            call = self._agenda.begin_next()
        except Exception:  # noqa: BLE001 - given up on that one; the others wait
            _log.exception("an attempt could not begin")
            return
        if call is not None:
            self._agenda.launch(call)
