"""What a test looks at of a delivery and of its attempts: plain, live, printable things."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import seconds, words
from ringback.core.base.headers import Headers
from ringback.core.delivery import delivery as core
from ringback.core.delivery.delivery import State
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, AnswerLost, Outcome
from ringback.core.delivery.timelines import expect_timeline
from ringback.core.request.endpoint import Endpoint
from ringback.core.request.speak import SpeakRequest
from ringback.core.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Response:
    """What a receiver answered; *body* is what was read of it."""

    status: int
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"<{self.status}, {len(self.body)} bytes, {self.headers!r}>"


class Attempt:
    """One try of one delivery, ended. Offsets are seconds since the job was accepted."""

    __slots__ = ("_attempt", "_job", "_position")

    def __init__(self, job: core.Job, attempt: core.Attempt, position: int = 0) -> None:
        """Show *attempt* of *job*, whose delivery is at *position*."""
        self._job = job
        self._attempt = attempt
        self._position = position

    def __repr__(self) -> str:
        return f"<Attempt {self._attempt.number}: {self}>"

    def __str__(self) -> str:
        attempt = self._attempt
        return f"{_since(self._job, attempt.started_at)} {attempt.message.method} {self.word}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Attempt):
            return NotImplemented
        return self._attempt is other._attempt

    def __hash__(self) -> int:
        return hash(id(self._attempt))

    @property
    def number(self) -> int:
        """Counted from 1."""
        return self._attempt.number

    @property
    def position(self) -> int:
        """The place of its delivery in order of acceptance, from 0."""
        return self._position

    @property
    def request_id(self) -> str:
        """The request whose audio this attempt carried."""
        return self._job.request_id

    @property
    def offset(self) -> int | float:
        """When it began."""
        return seconds(self._attempt.started_at - self._job.accepted_at)

    @property
    def started_at(self) -> int | float:
        """When it began, in seconds since the emulator's start."""
        return seconds(self._attempt.started_at)

    @property
    def finished_at(self) -> int | float:
        """When its outcome was known, in seconds since the emulator's start."""
        return seconds(self._attempt.finished_at)

    @property
    def outcome(self) -> Outcome:
        """What became of it; `str()` of it is a sentence."""
        return self._attempt.outcome

    @property
    def word(self) -> str:
        """The outcome in short: `503`, `timeout`, `answer lost`."""
        return self._attempt.outcome.word

    @property
    def status(self) -> int | None:
        """The status that the dispatcher saw, or None when none arrived."""
        outcome = self._attempt.outcome
        return outcome.status if isinstance(outcome, Answered) else None

    @property
    def fault(self) -> str | None:
        """The fault that was scripted for it."""
        return self._attempt.fault

    @property
    def copy(self) -> Outcome | None:
        """What became of the second copy of one that arrived twice, None where there was none.

        The dispatcher hears the first, and does not act on this.
        """
        return self._attempt.copy

    @property
    def copied_at(self) -> int | float | None:
        """When a copy ended that came after it, in seconds since the emulator's start; or None."""
        at = self._attempt.copied_at
        return None if at is None else seconds(at)

    @property
    def request(self) -> CallbackMessage:
        """What was sent: `method`, `url`, `headers`, `body`."""
        return self._attempt.message

    @property
    def response(self) -> Response | None:
        """What came back. After a lost answer: what the receiver had said."""
        outcome = self._attempt.outcome
        if isinstance(outcome, AnswerLost):
            outcome = outcome.answer
        if isinstance(outcome, Answered):
            return Response(outcome.status, outcome.headers, outcome.body)
        return None


class Book(Protocol):
    """Where deliveries are kept: the dispatcher, seen from here."""

    @property
    def deliveries(self) -> Sequence[core.Delivery]:
        """Every delivery that is kept, by position, as it stands."""
        ...

    @property
    def positions(self) -> Sequence[int]:
        """The positions of those that are kept, in order of acceptance."""
        ...


class Delivery:
    """A live view of one delivery: when the clock has moved, it has moved too."""

    __slots__ = ("_book", "_position", "_render")

    def __init__(self, book: Book, position: int, render: Callable[[SpeakRequest], bytes]) -> None:
        """Look at *position* of *book*; *render* makes a request's audio."""
        self._book = book
        self._position = position
        self._render = render

    def __repr__(self) -> str:
        due = f", due at {words(self._now.due_at)}" if self._now.due_at is not None else ""
        story = "; ".join(self.timeline) or "no attempt yet"
        return f"<Delivery {self.request_id} to {self.endpoint}: {self.state}{due} [{story}]>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Delivery):
            return NotImplemented
        return self._book is other._book and self._position == other._position

    def __hash__(self) -> int:
        return hash((id(self._book), self._position))

    def is_in(self, book: Book) -> bool:
        """Whether it is kept in *book*."""
        return self._book is book

    @property
    def _now(self) -> core.Delivery:
        return self._book.deliveries[self._position]

    @property
    def position(self) -> int:
        """Its place in order of acceptance, from 0."""
        return self._position

    @property
    def request_id(self) -> str:
        """The id that the acknowledgement carried."""
        return self._now.job.request_id

    @property
    def key_id(self) -> str:
        """The identifier of the key that submitted the request: the value of `dg-token`."""
        return self._now.job.key_id

    @property
    def request(self) -> SpeakRequest:
        """What was asked."""
        return self._now.job.request

    @property
    def endpoint(self) -> Endpoint:
        """Where it goes; its `str()` is the URL without credentials."""
        return self._now.job.endpoint

    @property
    def state(self) -> State:
        """`scheduled`, `in flight`, `delivered`, `exhausted` or `cancelled`."""
        return self._now.state

    @property
    def settled(self) -> bool:
        """Whether nothing more will be sent."""
        return self._now.settled

    @property
    def reason(self) -> str:
        """Why it was cancelled; empty otherwise."""
        return self._now.reason

    @property
    def accepted_at(self) -> int | float:
        """When the job was accepted, in seconds since the emulator's start."""
        return seconds(self._now.job.accepted_at)

    @property
    def due_at(self) -> int | float | None:
        """When the next attempt is due, in seconds since the emulator's start."""
        due = self._now.due_at
        return None if due is None else seconds(due)

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that have ended, in order."""
        now = self._now
        return [Attempt(now.job, attempt, self._position) for attempt in now.attempts]

    @property
    def timeline(self) -> list[str]:
        """One line an attempt, such as `+30s PUT 503`."""
        return [str(attempt) for attempt in self.attempts]

    def assert_timeline(self, expected: Sequence[str]) -> None:
        """Raise `AssertionError`, with both side by side, where *expected* is not the timeline."""
        expect_timeline(f"request {self.request_id}", self.timeline, expected)

    @property
    def rules(self) -> list[tuple[Rule, ...]]:
        """The rules of the service behind each attempt, and behind what followed it."""
        from ringback.core.rules.behind import behind

        now = self._now
        last = len(now.attempts)
        return [
            behind(
                attempt.outcome,
                has_next=attempt.number < last or now.due_at is not None,
                is_last=attempt.number == last and now.state is State.EXHAUSTED,
            )
            for attempt in now.attempts
        ]

    @property
    def offsets(self) -> list[int | float]:
        """When each attempt began, in seconds since acceptance."""
        return [attempt.offset for attempt in self.attempts]

    @property
    def statuses(self) -> list[int | str]:
        """What came of each attempt: a status, or the outcome's word."""
        return [
            attempt.word if attempt.status is None else attempt.status for attempt in self.attempts
        ]

    @property
    def audio(self) -> bytes:
        """The audio that was asked for, which is what each attempt carries.

        `Settings.callback_body` may wrap it, and a job that failed has an error in its place.
        """
        return self._render(self.request)


def _since(job: core.Job, moment: int) -> str:
    return words(moment - job.accepted_at)
