"""One delivery: the whole effort to bring one job's audio to its endpoint.

::

    SCHEDULED ──Started──▶ IN_FLIGHT ──Finished──▶ DELIVERED     an answer from 200 to 299
        ▲                      │      ──Finished──▶ SCHEDULED    a failure with retries left
        │                      │      ──Finished──▶ EXHAUSTED    a failure with none left
        └──────────────────────┘
    SCHEDULED ──Cancelled──▶ CANCELLED ◀──Cancelled── IN_FLIGHT
    CANCELLED ──Finished──▶ CANCELLED: a late answer is recorded and changes nothing

The table below is the machine: it is looked up, never switched on, and a fork is declared before
it is taken. Whatever the table does not have raises `MachineError`, for that is our own fault.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome, remarked, succeeded
from ringback.core.delivery.plan import Plan
from ringback.core.delivery.retry import RetryPolicy
from ringback.core.request.endpoint import Endpoint
from ringback.core.request.speak import SpeakRequest
from ringback.errors import MachineError


class State(StrEnum):
    """Where a delivery stands. The last three are its ends."""

    SCHEDULED = "scheduled"
    IN_FLIGHT = "in flight"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


SETTLED = frozenset({State.DELIVERED, State.EXHAUSTED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Job:
    """What was accepted: times are nanoseconds since the emulator's start.

    *plan* holds the faults that are for its own delivery.
    """

    request_id: str
    key_id: str
    request: SpeakRequest
    endpoint: Endpoint
    accepted_at: int
    plan: Plan | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, ended. *number* counts from 1; *fault* is the scripted one, if any.

    *copy* is what became of the second copy of one that arrived twice, and *copied_at* when that
    ended, if it was after the attempt. It decides nothing, for the dispatcher hears the first.
    """

    number: int
    started_at: int
    finished_at: int
    message: CallbackMessage
    outcome: Outcome
    fault: str | None = None
    copy: Outcome | None = None
    copied_at: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The next attempt begins *at* this moment."""

    at: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The attempt in flight has its outcome."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The delivery is given up, for a *reason* that is shown wherever the delivery is."""

    at: int
    reason: str


Event: TypeAlias = Started | Finished | Cancelled

TRANSITIONS: Mapping[tuple[State, type[Event]], frozenset[State]] = {
    (State.SCHEDULED, Started): frozenset({State.IN_FLIGHT}),
    (State.SCHEDULED, Cancelled): frozenset({State.CANCELLED}),
    (State.IN_FLIGHT, Finished): frozenset({State.DELIVERED, State.SCHEDULED, State.EXHAUSTED}),
    (State.IN_FLIGHT, Cancelled): frozenset({State.CANCELLED}),
    (State.CANCELLED, Finished): frozenset({State.CANCELLED}),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery at one moment.

    *position* counts deliveries in order of acceptance. *due_at* is set exactly while an attempt
    is scheduled, *started_at* exactly while one is in flight (or was, when it was cancelled).
    """

    position: int
    job: Job
    state: State
    due_at: int | None
    attempts: tuple[Attempt, ...] = ()
    started_at: int | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing more will be sent."""
        return self.state in SETTLED

    def after(self, event: Event, policy: RetryPolicy) -> "Delivery":
        """This delivery once *event* has happened. Raises `MachineError` off the table."""
        allowed = TRANSITIONS.get((self.state, type(event)))
        if allowed is None:
            raise MachineError(
                f"delivery {self.job.request_id} is {self.state}: {type(event).__name__} cannot"
                " happen to it"
            )
        match event:
            case Started(at):
                changed = Delivery(
                    self.position, self.job, State.IN_FLIGHT, None, self.attempts, started_at=at
                )
            case Finished(attempt):
                changed = self._finished(attempt, policy)
            case Cancelled(_, reason):  # pragma: no branch - mypy proves that there is no fourth
                changed = Delivery(
                    self.position,
                    self.job,
                    State.CANCELLED,
                    None,
                    self.attempts,
                    self.started_at,
                    reason,
                )
        if changed.state not in allowed:
            raise MachineError(f"{self.state} may not become {changed.state}")
        return changed

    def remarked(self, number: int, note: str, *, of_copy: bool = False) -> "Delivery":
        """This delivery with a further *note* on attempt *number*, if that has ended."""

        def with_note(attempt: Attempt) -> Attempt:
            if attempt.number != number:
                return attempt
            if of_copy:
                copy = None if attempt.copy is None else remarked(attempt.copy, note)
                return replace(attempt, copy=copy)
            return replace(attempt, outcome=remarked(attempt.outcome, note))

        return replace(self, attempts=tuple(map(with_note, self.attempts)))

    def copied(self, number: int, outcome: Outcome, at: int) -> "Delivery":
        """This delivery once the second copy of attempt *number* has come to its *outcome*."""
        attempts = list(self.attempts)
        attempts[number - 1] = replace(attempts[number - 1], copy=outcome, copied_at=at)
        return replace(self, attempts=tuple(attempts))

    def _finished(self, attempt: Attempt, policy: RetryPolicy) -> "Delivery":
        if self.started_at is None or attempt.number != len(self.attempts) + 1:
            raise MachineError(
                f"delivery {self.job.request_id}: attempt {attempt.number} is not in flight"
            )
        state, due_at = State.EXHAUSTED, None
        if self.state is State.CANCELLED:
            state = State.CANCELLED
        elif succeeded(attempt.outcome):
            state = State.DELIVERED
        elif (wait := policy.wait_after(attempt.number)) is not None:
            state, due_at = State.SCHEDULED, attempt.finished_at + wait
        attempts = (*self.attempts, attempt)
        return Delivery(self.position, self.job, state, due_at, attempts, None, self.reason)
