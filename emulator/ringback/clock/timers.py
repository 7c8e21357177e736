"""Things that happen at a moment of virtual time and are not attempts, such as late answers."""

import heapq
from collections.abc import Callable, Iterator


class Timer:
    """Something that happens once, unless it is cancelled before."""

    __slots__ = ("_callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        """Wait for `fire`."""
        self._callback: Callable[[], None] | None = callback

    @property
    def over(self) -> bool:
        """Whether it has fired or was cancelled."""
        return self._callback is None

    def cancel(self) -> None:
        """Never fire. Harmless when it has fired."""
        self._callback = None

    def fire(self) -> None:
        """Call back, once."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


class Timers:
    """Timers ordered by (due, sequence); *sequence* is shared with the other schedules."""

    def __init__(self, sequence: Iterator[int]) -> None:
        """Start empty."""
        self._sequence = sequence
        self._heap: list[tuple[int, int, Timer]] = []

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of the next timer."""
        while self._heap and self._heap[0][2].over:
            heapq.heappop(self._heap)
        return self._heap[0][:2] if self._heap else None

    def call_at(self, due: int, callback: Callable[[], None]) -> Timer:
        """Call *callback* when the clock reaches *due*, in nanoseconds since its start."""
        timer = Timer(callback)
        heapq.heappush(self._heap, (due, next(self._sequence), timer))
        return timer

    def run_next(self) -> None:
        """Fire the timer that `next_due` tells of."""
        heapq.heappop(self._heap)[2].fire()
