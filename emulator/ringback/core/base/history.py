"""What happened, in order, of which only the latest may be kept."""

import sys
from typing import TypeVar

T = TypeVar("T")


class History(list[T]):
    """A list that only grows at its end, and loses its beginning once it is longer than it may be.

    Places are counted from the first that there ever was, so that a place that somebody remembers
    means the same later.
    """

    __slots__ = ("_keep", "_limit", "dropped")

    def __init__(self, keep: int | None = None) -> None:
        """Start empty, and *keep* so many at least, and a tenth more at most; None: all."""
        self._keep = keep or 0
        # A tenth is dropped at a time, for the rest has to be moved each time.
        self._limit = sys.maxsize if keep is None else keep + keep // 10
        self.dropped = 0

    @property
    def end(self) -> int:
        """The place of what comes next: how many there ever were."""
        return self.dropped + len(self)

    def add(self, item: T) -> None:
        """Put *item* at the end."""
        self.append(item)
        if len(self) > self._limit:
            surplus = len(self) - self._keep
            del self[:surplus]
            self.dropped += surplus

    def since(self, place: int) -> list[T]:
        """What is kept of all that came from *place* on."""
        return self[max(place - self.dropped, 0) :]
