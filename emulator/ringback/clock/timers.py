"""Things that happen at a moment of virtual time and are not attempts, such as late answers."""

import heapq
from collections.abc import Callable, Iterator

_FEW = 64
"""Cancelled timers that may always stay where they are until they come to the top."""


class Timer:
    """Something that happens once, unless it is cancelled before; then *forget* is called."""

    __slots__ = ("_callback", "_forget")

    def __init__(self, callback: Callable[[], None], forget: Callable[[], object] = bool) -> None:
        """Wait for `fire`."""
        self._callback: Callable[[], None] | None = callback
        self._forget = forget

    @property
    def over(self) -> bool:
        """Whether it has fired or was cancelled."""
        return self._callback is None

    def cancel(self) -> None:
        """Never fire. Harmless when it has fired."""
        if self._callback is not None:
            self._callback = None
            self._forget()

    def fire(self) -> None:
        """Call back, once."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


class Timers:
    """Timers ordered by (due, sequence); *sequence* is shared with the other schedules.

    A cancelled one stays in the heap until it comes to the top, or is in a majority: sessions, of
    which each may last an hour, come and go while time stands still.
    """

    def __init__(self, sequence: Iterator[int]) -> None:
        """Start empty."""
        self._sequence = sequence
        self._heap: list[tuple[int, int, Timer]] = []
        self._cancelled = 0

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of the next timer."""
        while self._heap and self._heap[0][2].over:
            heapq.heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0][:2] if self._heap else None

    def call_at(self, due: int, callback: Callable[[], None]) -> Timer:
        """Call *callback* when the clock reaches *due*, in nanoseconds since its start."""
        if self._cancelled > max(_FEW, len(self._heap) // 2):
            self._heap = [each for each in self._heap if not each[2].over]
            self._cancelled = 0
            heapq.heapify(self._heap)
        timer = Timer(callback, self._forget)
        heapq.heappush(self._heap, (due, next(self._sequence), timer))
        return timer

    def run_next(self) -> None:
        """Fire the timer that `next_due` tells of."""
        heapq.heappop(self._heap)[2].fire()

    def _forget(self) -> None:
        self._cancelled += 1  # a hint, for this is called without the lock
