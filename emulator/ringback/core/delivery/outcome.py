"""What can become of an attempt, and which of it counts as success.

    Answered      a status line came back, whatever it says
    AnswerLost    the receiver answered, and its answer never arrived
    TimedOut      the attempt limit ran out first
    Unreachable   no connection: refused, unknown name, failed TLS, or a host not allowed
    Dropped       the connection broke before an answer
    Garbled       what came back is not HTTP
    Aborted       the emulator itself gave up on a receiver that kept real time waiting

Only an answer from 200 to 299 is a success: "If the HTTP status code of the response to the
callback POST request is unsuccessful (not 200-299), Deepgram will retry the callback" (documented).

`str()` of an outcome is a sentence for people; `word` is the short form of timelines and
scenarios: a status, or one of `timeout`, `refused`, `reset`, `answer lost`, …
"""

from dataclasses import replace
from typing import ClassVar, TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.base.masking import counted, in_one_line


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer. *body* is what was read of it; *note* says what is odd about it."""

    status: int
    headers: Headers = NO_HEADERS
    body: bytes = b""
    note: str = ""

    @property
    def word(self) -> str:
        """The status, as in `503`."""
        return str(self.status)

    def __repr__(self) -> str:
        note = f", note={self.note!r}" if self.note else ""
        return f"Answered({self.status}, {self.headers!r}, {counted(self.body)}{note})"

    def __str__(self) -> str:
        extra = f" ({in_one_line(self.note)})" if self.note else ""
        return f"answered {self.status}{extra}"


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """The receiver did its work and answered; the dispatcher never heard it."""

    answer: Answered
    word: ClassVar[str] = "answer lost"

    def __str__(self) -> str:
        return f"the receiver answered {self.answer.status}, and the answer was lost on the way"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No complete answer within *limit* seconds; *phase* is `connect` or `answer`."""

    limit: float
    phase: str = "answer"
    word: ClassVar[str] = "timeout"

    def __str__(self) -> str:
        what = "no connection" if self.phase == "connect" else "no answer"
        return f"timed out: {what} within {self.limit:g} s"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection was made. *reason*: `refused`, `unknown host`, `tls` or `not allowed`."""

    reason: str
    detail: str = ""

    @property
    def word(self) -> str:
        """The reason."""
        return self.reason

    def __str__(self) -> str:
        detail = f": {in_one_line(self.detail)}" if self.detail else ""
        return f"could not connect ({self.reason}){detail}"


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection broke in *phase*: `connecting`, `sending`, `waiting` or `receiving`.

    *how* is `reset` when it was torn down, `closed` when it ended in order but without an answer;
    *detail* is what TLS found wrong with it.
    """

    how: str = "reset"
    phase: str = "waiting"
    detail: str = ""

    @property
    def word(self) -> str:
        """`reset` or `closed`."""
        return self.how

    def __str__(self) -> str:
        detail = f": {in_one_line(self.detail)}" if self.detail else ""
        return f"connection {self.how} while {self.phase}{detail}"


@dataclass(frozen=True, slots=True)
class Garbled:
    """Bytes came back that are not an HTTP answer; *detail* says why, *sample* shows the first."""

    detail: str
    sample: str = ""
    word: ClassVar[str] = "not http"

    def __str__(self) -> str:
        sample = f"; it began {self.sample}" if self.sample else ""
        return in_one_line(f"the answer is not HTTP: {self.detail}{sample}")


@dataclass(frozen=True, slots=True)
class Aborted:
    """The emulator stopped waiting, for a reason of its own. Never a simulated failure."""

    reason: str
    word: ClassVar[str] = "aborted"

    def __str__(self) -> str:
        return f"aborted by the emulator: {in_one_line(self.reason)}"


Outcome: TypeAlias = Answered | AnswerLost | TimedOut | Unreachable | Dropped | Garbled | Aborted


def succeeded(outcome: Outcome) -> bool:
    """Whether *outcome* ends its delivery: any answer from 200 to 299, and nothing else."""
    return isinstance(outcome, Answered) and 200 <= outcome.status <= 299


def remarked(outcome: Outcome, note: str) -> Outcome:
    """*outcome* with a further *note* on the answer, if there was one."""
    match outcome:
        case Answered():
            return replace(outcome, note="; ".join(filter(None, (outcome.note, note))))
        case AnswerLost(Answered() as answer):
            return AnswerLost(replace(answer, note="; ".join(filter(None, (answer.note, note)))))
        case _:
            return outcome


def without_body(outcome: Outcome) -> Outcome:
    """*outcome* without the body of an answer, for a history that is not to grow by bodies."""
    match outcome:
        case Answered():
            return replace(outcome, body=b"")
        case AnswerLost(answer):
            return AnswerLost(replace(answer, body=b""))
        case _:
            return outcome


def noted(answer: Answered) -> Answered:
    """*answer* with a note on what the dispatcher passes over: redirects, and `Retry-After`."""
    if not answer.headers.on_the_wire or succeeded(answer):
        return answer
    notes = [answer.note] if answer.note else []
    if 300 <= answer.status <= 399 and "location" in answer.headers:
        notes.append("the redirect is not followed")
    if "retry-after" in answer.headers:
        notes.append("Retry-After is ignored")
    return replace(answer, note="; ".join(notes)) if notes else answer
