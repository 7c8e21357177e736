"""Things that happen at a moment of virtual time and are not attempts: answers that are late."""

import heapq
from collections.abc import Callable, Iterator


class Timers:
    """Callbacks ordered by (due, sequence); *sequence* is shared with the other schedules."""

    def __init__(self, sequence: Iterator[int]) -> None:
        """Start empty."""
        self._sequence = sequence
        self._heap: list[tuple[int, int, Callable[[], None]]] = []

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of the next timer."""
        return self._heap[0][:2] if self._heap else None

    def call_at(self, due: int, callback: Callable[[], None]) -> None:
        """Call *callback* when the clock reaches *due*, in nanoseconds since its start."""
        heapq.heappush(self._heap, (due, next(self._sequence), callback))

    def run_next(self) -> None:
        """Call the first timer's callback."""
        heapq.heappop(self._heap)[2]()
