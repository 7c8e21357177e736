"""The wall clock that a time freezer tells this process, and how far it has moved.

It is an input only while a freezer is active: the first frozen instant that is seen stands for the
emulator's moment then, so entering or leaving a freeze is no jump of years.
"""

from datetime import datetime, timedelta

from ringback.clock.real import told_the_truth, told_wall
from ringback.core.base.duration import nanoseconds


class Wall:
    """Remembers which frozen instant was seen last."""

    def __init__(self) -> None:
        """Look once."""
        self._seen: datetime | None = None
        self.observe()

    @property
    def seen(self) -> datetime | None:
        """The frozen instant that was seen last; None while time is not frozen."""
        return self._seen

    def observe(self) -> bool:
        """Anchor on a freezer that has become active, and say so; forget one that has ended."""
        told = _frozen()
        if told is not None and self._seen is not None:
            return False
        self._seen = told
        return told is not None

    def passed(self) -> tuple[datetime | None, int]:
        """The instant at which a freezer stands now, and by how many nanoseconds it has moved.

        None is no freezer, and nothing has moved while one was not seen before. Nothing is taken
        note of yet: `follow` says how far the move was followed.
        """
        told = _frozen()
        if told is None or self._seen is None:
            return told, 0
        return told, nanoseconds(told - self._seen)

    def follow(self, told: datetime | None, short: int = 0) -> None:
        """Take the freezer's move to *told* as followed, but for the last *short* nanoseconds."""
        self._seen = None if told is None else told - timedelta(microseconds=short // 1000)


def _frozen() -> datetime | None:
    """The instant that the process is told, if it is not the real one."""
    return None if told_the_truth() else told_wall()
