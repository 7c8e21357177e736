"""What comes when: the attempts, late answers and limits that are armed on one clock.

All of them are numbered in one sequence, so that (moment, sequence) is a total order, and what was
armed first comes first. Attempts and late answers share one heap. What is in the background (the
limit of a session, say) stands in a heap of its own, for it counts as nothing that is due: it comes
in its turn, and nobody goes anywhere on its account.

What was cancelled stays in its heap until it comes to the top: to look for it would cost as much as
there is. An attempt that is due and cannot begin for want of a slot stands in a queue beside the
heap, and holds up nothing that needs none.

It has no lock: whoever asks holds the clock's.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from ringback.clock.timer import Timer

_UNLIMITED = 1 << 63

_FEW = 128
"""Entries of a heap that are not worth a search for what was cancelled."""

Due: TypeAlias = tuple[int, int, int | Timer]
"""What is armed: its moment, its sequence number, and a timer or the position of a delivery.

No two have the same number, so what is last is never compared.
"""

Armed: TypeAlias = tuple[int, int, int]
"""An attempt that is armed."""


class Agenda:
    """Everything that is armed. Moments are nanoseconds since the emulator's start."""

    def __init__(self, retries_at_once: int = 0, slots: int = _UNLIMITED) -> None:
        """Arm nothing; so many *slots* are there for attempts to real receivers.

        *retries_at_once* of one delivery may follow each other at one instant.
        """
        self.retries_at_once = retries_at_once
        self.slots = slots
        self.taken = 0
        """How many of the slots are taken: by attempts that are under way to real receivers."""
        self._sequence = itertools.count()
        self._heap: list[Due] = []
        self._background: list[Due] = []
        self._waiting: deque[Due] = deque()
        self._dropped: set[int] = set()
        self._crowd = _FEW

    def __len__(self) -> int:
        return len(self._heap) + len(self._background) + len(self._waiting)

    def mark(self) -> int:
        """A number above every sequence number so far and below every later one."""
        return next(self._sequence)

    # -- arming ----------------------------------------------------------------------------------

    def arm(self, moment: int, position: int) -> None:
        """Have the next attempt of the delivery at *position* begin at *moment*."""
        heapq.heappush(self._heap, (moment, next(self._sequence), position))

    def drop(self, position: int) -> None:
        """Forget the attempt that is armed for *position*, for which none is armed any more."""
        self._dropped.add(position)

    def call_at(
        self, moment: int, callback: Callable[[], object], *, background: bool = False
    ) -> Timer:
        """Have *callback* called at *moment*."""
        if len(self) > self._crowd:
            self._sweep()
        timer = Timer(callback)
        heap = self._background if background else self._heap
        heapq.heappush(heap, (moment, next(self._sequence), timer))
        return timer

    # -- looking ---------------------------------------------------------------------------------

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of the next attempt or late answer."""
        due = self._first(self._heap)
        if self._waiting:
            due = _earlier(due, self._first_waiting())
        return None if due is None else due[:2]

    def look(self, limit: int | None) -> Due | None:
        """What can begin next on the way to *limit*; None: on the way to where nothing is due."""
        heap = self._heap
        due = heap[0] if heap else None
        if due is not None and (self._dropped or isinstance(due[2], Timer)):
            due = self._first(heap)  # it may have been cancelled
        if self._waiting and self.taken < self.slots:
            due = _earlier(due, self._first_waiting())
        if not self._background:
            return due
        background = self._first(self._background)
        if background is None or (due is not None and due < background):
            return due
        if due is None and (limit is None or background[0] > limit):
            return None
        return background

    def together(self, due: Due) -> list[Armed]:
        """The attempts that are armed for the same moment as *due*, in order."""
        return sorted(
            (moment, number, what)
            for moment, number, what in self._heap
            if moment == due[0] and not isinstance(what, Timer) and what not in self._dropped
        )

    # -- taking ----------------------------------------------------------------------------------

    def take(self, due: Due) -> None:
        """Take what `look` has just shown out of the agenda."""
        if self._heap and self._heap[0] is due:
            heapq.heappop(self._heap)
        elif self._background and self._background[0] is due:
            heapq.heappop(self._background)
        else:
            self._waiting.popleft()

    def put_off(self, due: Due) -> None:
        """Let what `look` has just shown wait for a slot, behind those that wait already."""
        self.take(due)
        self._waiting.append(due)

    def prefer(self, due: Armed, other: Armed) -> Armed:
        """Let *due*, which `look` has just shown, and *other* of the same moment change places."""
        place = self._heap.index(other)
        self._heap[0] = first = (*due[:2], other[2])
        self._heap[place] = (*other[:2], due[2])
        return first

    def put_back(self, due: Due) -> None:
        """Arm what was taken, in its old place."""
        heapq.heappush(self._heap, due)

    def _first(self, heap: list[Due]) -> Due | None:
        """The first of *heap* that was not cancelled."""
        while heap:
            due = heap[0]
            what = due[2]
            if isinstance(what, Timer):
                if what.callback is not None:
                    return due
            elif what not in self._dropped:
                return due
            else:
                self._dropped.discard(what)
            heapq.heappop(heap)
        return None

    def _first_waiting(self) -> Due | None:
        while self._waiting:
            position = self._waiting[0][2]
            if position not in self._dropped:
                return self._waiting[0]
            self._waiting.popleft()
            self._dropped.discard(position)
        return None

    def _sweep(self) -> None:
        """Take out the timers that are over. Sessions come and go while time stands still."""
        for heap in (self._heap, self._background):
            heap[:] = [due for due in heap if not (isinstance(due[2], Timer) and due[2].over)]
            heapq.heapify(heap)
        self._crowd = max(_FEW, 2 * len(self))


def _earlier(one: Due | None, other: Due | None) -> Due | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
