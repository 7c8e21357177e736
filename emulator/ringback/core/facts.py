"""What can happen: a closed family of facts.

Names are dotted and in the past tense; they are the same in the journal, the control API, the
page and the logs. Moments are nanoseconds since the emulator's start.
"""

from typing import ClassVar, TypeAlias

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.delivery import Attempt, Job, State
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.query import Ignored
from ringback.core.request.speak import SpeakRequest
from ringback.core.stream.facts import StreamFact


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request was answered with its audio at once, for want of a `callback`."""

    name: ClassVar[str] = "speak.answered"
    at: int
    request_id: str
    request: SpeakRequest


@dataclass(frozen=True, slots=True)
class RequestRejected:
    """A request was refused; its hint says what to do about it.

    A test may have *ordered* it, by a *failure*.
    """

    name: ClassVar[str] = "speak.rejected"
    at: int
    request_id: str
    rejection: Rejection
    ordered: bool = False
    asked: str = ""
    failure: RequestFailure | None = None


@dataclass(frozen=True, slots=True)
class RequestMisdirected:
    """A request of this key *asked* for a path or method that there is not (404, 405)."""

    name: ClassVar[str] = "request.misdirected"
    at: int
    request_id: str
    asked: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class StrangerRefused:
    """A request came with a key that is nobody's, of several who were served."""

    name: ClassVar[str] = "request.of_a_stranger"
    at: int
    asked: str


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """A request was answered, and the answer comes late or breaks off, as was ordered."""

    name: ClassVar[str] = "speak.broken"
    at: int
    request_id: str
    failure: RequestFailure


@dataclass(frozen=True, slots=True)
class TokenGranted:
    """A temporary token was given out, for *ttl* seconds, by the key *key_id*."""

    name: ClassVar[str] = "auth.granted"
    at: int
    key_id: str
    ttl: int


@dataclass(frozen=True, slots=True)
class ParametersIgnored:
    """Query parameters that the service does not know were passed over."""

    name: ClassVar[str] = "speak.parameters_ignored"
    at: int
    request_id: str
    parameters: tuple[Ignored, ...]


@dataclass(frozen=True, slots=True)
class JobAccepted:
    """A request with a `callback` was acknowledged; its first attempt is due at *due_at*.

    *again* is the position of the delivery of which this one sends the same again.
    """

    name: ClassVar[str] = "speak.accepted"
    at: int
    job: Job
    position: int
    due_at: int
    again: int | None = None

    @property
    def request_id(self) -> str:
        """The request that it came by."""
        return self.job.request_id


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job failed after its acknowledgement."""

    name: ClassVar[str] = "speak.failed"
    at: int
    request_id: str
    position: int
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A callback is on its way."""

    name: ClassVar[str] = "attempt.started"
    at: int
    position: int
    number: int


@dataclass(frozen=True, slots=True)
class AttemptFinished:
    """An attempt has its outcome, and the delivery became *state*, due again at *due_at*."""

    name: ClassVar[str] = "attempt.finished"
    at: int
    job: Job
    position: int
    attempt: Attempt
    state: State
    due_at: int | None


@dataclass(frozen=True, slots=True)
class AttemptCopied:
    """The second copy of attempt *number* came after that had ended, and led to *outcome*."""

    name: ClassVar[str] = "attempt.copied"
    at: int
    job: Job
    position: int
    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class BackgroundFailed:
    """What a receiver went on doing after its answer raised an error; the answer stands.

    The attempt *number* may have been finished before, or be finished after this.
    """

    name: ClassVar[str] = "attempt.background_failed"
    at: int
    position: int
    number: int
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryCancelled:
    """A delivery was given up."""

    name: ClassVar[str] = "delivery.cancelled"
    at: int
    request_id: str
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """A *verb* moved the clock from *at* to *to*, which is the same where nothing was due."""

    name: ClassVar[str] = "clock.moved"
    at: int
    to: int
    verb: str


@dataclass(frozen=True, slots=True)
class ClockFailed:
    """An `auto` clock has come to a halt, or has given up what kept it, for a *reason* in words."""

    name: ClassVar[str] = "clock.failed"
    at: int
    reason: str


Fact: TypeAlias = (
    RequestAnswered
    | RequestRejected
    | RequestMisdirected
    | StrangerRefused
    | AnswerFailed
    | TokenGranted
    | ParametersIgnored
    | JobAccepted
    | JobFailed
    | StreamFact
    | AttemptStarted
    | AttemptFinished
    | AttemptCopied
    | BackgroundFailed
    | DeliveryCancelled
    | ClockMoved
    | ClockFailed
)
