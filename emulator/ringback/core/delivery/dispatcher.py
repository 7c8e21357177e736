"""All deliveries of one emulator, as they stand, and which of them are not settled.

The dispatcher decides what becomes of a delivery, and when its next attempt is due. It never waits
and never sends, and it keeps no order of what is due: that is an agenda's, where whatever happens
on the same clock stands as well.
"""

from collections import deque
from collections.abc import Sequence
from typing import overload

from ringback.core.delivery.delivery import (
    SETTLED,
    Attempt,
    Cancelled,
    Delivery,
    Finished,
    Job,
    Started,
    State,
)
from ringback.core.delivery.kept import Kept
from ringback.core.delivery.outcome import Outcome
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


class Dispatcher:
    """Accepts jobs and walks their deliveries through the machine."""

    def __init__(self, policy: RetryPolicy, keep: int | None = None) -> None:
        """Retry by *policy*, and *keep* the last so many of what is settled; None: all."""
        self._policy = policy
        self._keep = keep
        self._kept = None if keep is None else Kept()
        # A list is faster, and nothing can be taken out of it.
        self._deliveries: list[Delivery] | Kept = [] if self._kept is None else self._kept
        self._accepted = 0
        self._open: dict[int, None] = {}  # an ordered set: a delivery leaves it without a search
        self._settled: list[int] = []
        self._ended: deque[int] = deque()

    def __repr__(self) -> str:
        return f"<Dispatcher [{self.pending} of {len(self._deliveries)} pending]>"

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Every delivery that is kept, by position, as it stands now."""
        return self._deliveries

    @property
    def positions(self) -> Sequence[int]:
        """The positions of those that are kept, in order of acceptance."""
        return range(len(self._deliveries)) if self._kept is None else self._kept.positions

    @property
    def forgotten(self) -> int:
        """How many are not kept any more."""
        return self._accepted - len(self._deliveries)

    @property
    def pending(self) -> int:
        """How many deliveries are not settled."""
        return len(self._open)

    @property
    def open(self) -> Sequence[int]:
        """The positions of those that are not settled at this moment, in order of acceptance."""
        if self._kept is not None:
            return list(self._open)
        return Open(self._deliveries, self._open, self._settled)

    def is_open(self, position: int) -> bool:
        """Whether a delivery is not settled; one that is not kept any more is."""
        return position in self._open

    def accept(self, job: Job, due_at: int) -> Delivery:
        """Begin the delivery of *job*; its first attempt is due at *due_at*."""
        delivery = Delivery(self._accepted, job, State.SCHEDULED, due_at)
        self._accepted += 1
        # In this order, for `Open`: whoever counts a delivery finds it open.
        self._open[delivery.position] = None
        self._deliveries.append(delivery)
        return delivery

    def start(self, position: int, at: int) -> Delivery:
        """Put an attempt in flight *at* this moment. Raises `MachineError` before it is due."""
        due_at = self._deliveries[position].due_at
        if due_at is not None and at < due_at:
            raise MachineError("an attempt was to begin before it is due")
        return self._apply(position, Started(at))

    def finish(self, position: int, attempt: Attempt) -> Delivery:
        """Record the outcome of the attempt in flight. Where there is a retry, it is due then."""
        return self._apply(position, Finished(attempt))

    def cancel(self, position: int, at: int, reason: str) -> Delivery:
        """Give a delivery up."""
        return self._apply(position, Cancelled(at, reason))

    def latest(self, position: int, attempt: Attempt) -> Attempt:
        """*attempt* with all that has been noted since it ended."""
        if self._forgot(position):
            return attempt
        return self._deliveries[position].attempts[attempt.number - 1]

    def remark(self, position: int, number: int, note: str, *, of_copy: bool = False) -> None:
        """Note what came to be known about attempt *number*, or its copy, after it had ended."""
        if self._forgot(position):
            return
        delivery = self._deliveries[position]
        self._deliveries[position] = delivery.remarked(number, note, of_copy=of_copy)

    def copied(self, position: int, number: int, outcome: Outcome, at: int) -> None:
        """Note what became of the second copy of attempt *number*, after that had ended."""
        if not self._forgot(position):
            self._deliveries[position] = self._deliveries[position].copied(number, outcome, at)

    def _apply(self, position: int, event: Started | Finished | Cancelled) -> Delivery:
        before = self._deliveries[position]
        after = before.after(event, self._policy)
        self._deliveries[position] = after
        # A late answer to a delivery that was cancelled settles nothing again.
        if after.state in SETTLED and before.state not in SETTLED:
            # In this order, for `Open`: what is no longer open is among the settled.
            if self._kept is None:
                self._settled.append(position)
            del self._open[position]
            if self._kept is not None:
                self._ended.append(position)
                self._forget(self._kept)
        return after

    def _forgot(self, position: int) -> bool:
        return self._kept is not None and not self._kept.has(position)

    def _forget(self, kept: Kept) -> None:
        """Forget what was settled before the last that are to be kept."""
        for _ in range(len(self._ended) - (self._keep or 0)):
            position = self._ended.popleft()
            if kept[position].started_at is None:
                kept.forget(position)
            else:  # it was cancelled, and its last attempt is still to end
                self._ended.append(position)
