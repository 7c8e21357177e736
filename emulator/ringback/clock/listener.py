"""What a clock needs of whoever works by it: declared in one place, and given to it once."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from ringback.clock.agenda import Due

Launch: TypeAlias = Callable[[bool], asyncio.Task[None]]
"""Carries an attempt out in a task of its own, on the running loop; told whether it is awaited."""


class Listener:
    """Hears of a clock, and does nothing. Each of these is called in any thread, and is quick."""

    def begin(self, position: int, due: Due) -> Launch | None:
        """Begin the attempt of the delivery at *position*, which the agenda has as *due*.

        Called under the lock. What is returned has to be launched.
        """
        return None

    def changed(self) -> None:
        """Look again at what is due, and how fast time passes. For whoever lets time flow."""

    def restless(self) -> bool:
        """Whether a loop on which the mover waits has something to do before time moves."""
        return False

    def abort(self, reason: str) -> bool:
        """End all that is in flight, for a *reason* in words: it kept the clock for too long.

        Says whether there was anything.
        """
        return False


NOBODY = Listener()
"""Listens to a clock of which nobody needs to hear."""
