"""All deliveries of one emulator, and which of them is due next.

The dispatcher decides; it never waits and never sends. What is scheduled stands in a heap, so the
cost of a step does not grow with the number of deliveries that are pending. A cancelled delivery
leaves its entry behind, which is passed over when it comes to the top. What is due and cannot begin
for want of a slot stands in a queue beside the heap, and holds up nothing that needs none.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TypeAlias, overload

from ringback.core.delivery.delivery import (
    Attempt,
    Cancelled,
    Delivery,
    Finished,
    Job,
    Started,
    State,
)
from ringback.core.delivery.retry import RetryPolicy
from ringback.errors import MachineError


class Open(Sequence[int]):
    """The positions of the deliveries that were not settled at one moment, in order.

    A test asks for it at every step, and mostly whether it is empty: so it is made without a look
    at any delivery, and worked out once somebody looks into it.
    """

    __slots__ = ("_accepted", "_before", "_open", "_positions", "_settled")

    def __init__(self, deliveries: Sequence[Delivery], open_: dict[int, None], settled: list[int]):
        """Hold this moment; *settled* are positions in the order in which they came to an end."""
        self._open = open_
        self._settled = settled
        # In this order: another thread may be accepting or settling.
        self._before = len(settled)
        self._accepted = len(deliveries)
        self._positions: list[int] | None = None

    def __len__(self) -> int:
        return self._accepted - self._before

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if self._positions is None:
            # In this order, too: what is settled in between is found in both.
            positions = {*list(self._open), *self._settled[self._before :]}
            self._positions = sorted(each for each in positions if each < self._accepted)
        return self._positions[index]


Entry: TypeAlias = tuple[int, int, int]
"""What is scheduled: its due moment, its sequence number and the position of its delivery."""


class Dispatcher:
    """Accepts jobs and walks their deliveries through the machine.

    *sequence* numbers whatever is scheduled, so that (due, sequence) is a total order; it may be
    shared with other schedules on the same clock.
    """

    def __init__(self, policy: RetryPolicy, sequence: Iterator[int] | None = None) -> None:
        """Start empty."""
        self._policy = policy
        self._sequence = itertools.count() if sequence is None else sequence
        self._deliveries: list[Delivery] = []
        self._heap: list[Entry] = []
        self._open: dict[int, None] = {}
        self._settled: list[int] = []
        self._waiting: deque[Entry] = deque()

    def __repr__(self) -> str:
        return f"<Dispatcher [{self.pending} of {len(self._deliveries)} pending]>"

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Every delivery, by position, as it stands now."""
        return self._deliveries

    @property
    def pending(self) -> int:
        """How many deliveries are not settled."""
        return len(self._open)

    @property
    def open(self) -> Open:
        """The positions of those that are not settled at this moment, in order of acceptance."""
        return Open(self._deliveries, self._open, self._settled)

    @property
    def next_due(self) -> tuple[int, int] | None:
        """Moment and sequence number of the next attempt, or None when nothing is scheduled."""
        entry = self.look_ahead()
        return None if entry is None else entry[:2]

    def accept(self, job: Job, due_at: int) -> Delivery:
        """Schedule the first attempt of *job*."""
        delivery = Delivery(len(self._deliveries), job, State.SCHEDULED, due_at)
        self._open[delivery.position] = None
        self._deliveries.append(delivery)
        self._schedule(delivery.position, due_at)
        return delivery

    def look_ahead(self, *, waiting: bool = True) -> Entry | None:
        """What is next, None when nothing is scheduled.

        Without those *waiting* for a slot, they are passed over.
        """
        heap = self._heap
        while heap and self._deliveries[heap[0][2]].due_at != heap[0][0]:
            heapq.heappop(heap)
        if waiting and self._waiting:
            return self._first_of_both()
        return heap[0] if heap else None

    def put_off(self) -> None:
        """Let what is scheduled next wait for a slot, behind those that wait already."""
        self._waiting.append(heapq.heappop(self._heap))

    def set_aside(self, *, waiting: bool = True) -> Entry:
        """Take what `look_ahead` shows out of the schedule; `bring_back` puts it where it was."""
        entry = self.look_ahead(waiting=waiting)
        if entry is None:
            raise MachineError("there is nothing to set aside")
        self._take(entry)
        return entry

    def bring_back(self, entry: Entry) -> None:
        """Schedule what was set aside, in its old place."""
        heapq.heappush(self._heap, entry)

    def start_due(
        self, now: int, at: int | None = None, *, waiting: bool = True
    ) -> Delivery | None:
        """Put the next delivery that is due by *now* in flight; None when there is none.

        It starts at its due moment, or *at* the later one at which it really begins. Without those
        *waiting* for a slot, they are passed over.
        """
        entry = self.look_ahead(waiting=waiting)
        if entry is None or entry[0] > now:
            return None
        self._take(entry)
        due_at, _, position = entry
        return self._apply(position, Started(due_at if at is None or at < due_at else at))

    def finish(self, position: int, attempt: Attempt) -> Delivery:
        """Record the outcome of the attempt in flight, and schedule a retry where there is one."""
        delivery = self._apply(position, Finished(attempt))
        if delivery.due_at is not None:
            self._schedule(position, delivery.due_at)
        return delivery

    def cancel(self, position: int, at: int, reason: str) -> Delivery:
        """Give a delivery up."""
        return self._apply(position, Cancelled(at, reason))

    def remark(self, position: int, number: int, note: str, *, of_copy: bool = False) -> None:
        """Note what came to be known about attempt *number*, or its copy, after it had ended."""
        delivery = self._deliveries[position]
        self._deliveries[position] = delivery.remarked(number, note, of_copy=of_copy)

    def _first_of_both(self) -> Entry | None:
        """What is first, whether it waits for a slot or stands at the top of the heap."""
        heap, queue = self._heap, self._waiting
        while queue and self._deliveries[queue[0][2]].due_at != queue[0][0]:
            queue.popleft()
        if not queue or not heap:
            return queue[0] if queue else heap[0] if heap else None
        return min(queue[0], heap[0])

    def _take(self, entry: Entry) -> None:
        """Take the first entry of one of the two out of it."""
        if self._waiting and entry is self._waiting[0]:
            self._waiting.popleft()
        else:
            heapq.heappop(self._heap)

    def _apply(self, position: int, event: Started | Finished | Cancelled) -> Delivery:
        before = self._deliveries[position]
        after = before.after(event, self._policy)
        self._deliveries[position] = after
        if after.settled and not before.settled:
            self._settled.append(position)
            del self._open[position]
        return after

    def _schedule(self, position: int, due_at: int) -> None:
        heapq.heappush(self._heap, (due_at, next(self._sequence), position))
