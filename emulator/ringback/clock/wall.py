"""The wall clock that a time freezer tells this process, and how far it has moved.

It is an input only while a freezer is active: the first frozen instant that is seen stands for the
emulator's moment then, so entering or leaving a freeze is no jump of years.
"""

from datetime import datetime, timedelta

from ringback.clock.real import told_wall, wall_ns
from ringback.clock.virtual import VirtualClock
from ringback.core.duration import nanoseconds

_TOLERANCE = timedelta(seconds=1)
"""How far what is told may be from the truth before it counts as a freezer's. Reads are not
simultaneous, and a machine's clock is adjusted now and then."""


class Wall:
    """Remembers which frozen instant was seen last."""

    def __init__(self, virtual: VirtualClock) -> None:
        """Look once."""
        self._virtual = virtual
        self._seen: datetime | None = None
        self.observe()

    def observe(self) -> None:
        """Anchor on a freezer that has become active; forget one that has ended."""
        told = _frozen()
        if told is None or self._seen is None:
            self._seen = told

    def passed(self) -> int:
        """Nanoseconds that the freezer has moved on since it was last seen, zero if it went back.

        From here on the emulator's wall clock is the freezer's.
        """
        before = self._seen
        told = self._seen = _frozen()
        if told is None or before is None:
            return 0
        span = max(told - before, timedelta())
        self._virtual.set_wall(told - span)
        return nanoseconds(span)


def _frozen() -> datetime | None:
    """The instant that the process is told, if it is not the real one."""
    told = told_wall()
    truth = wall_ns() / 1e9
    return None if abs(told.timestamp() - truth) < _TOLERANCE.total_seconds() else told
