"""Facts in words: the one place where what happened becomes text, credentials apart.

Each match names every fact there is, so that a new one fails type checking until it is told.
"""

from collections.abc import Iterable
from typing import assert_never

from ringback.core.base.duration import SECOND, words
from ringback.core.base.masking import in_one_line, masked_query
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.delivery import State
from ringback.core.facts import (
    AnswerFailed,
    AttemptCopied,
    AttemptFinished,
    AttemptStarted,
    BackgroundFailed,
    ClockFailed,
    ClockMoved,
    DeliveryCancelled,
    Fact,
    JobAccepted,
    JobFailed,
    ParametersIgnored,
    RequestAnswered,
    RequestMisdirected,
    RequestRejected,
    StrangerRefused,
    TokenGranted,
)
from ringback.core.stream.facts import (
    StreamClosed,
    StreamFlushed,
    StreamHeard,
    StreamKeptAlive,
    StreamOpened,
    StreamSaid,
    StreamWarned,
)
from ringback.service.courses import NO_REMARKS, Remarks, courses
from ringback.service.views import Delivery

_STRANGE = "came with a key that is nobody's"

_MILLISECOND = SECOND // 1000


def line(fact: Fact) -> str:
    """One line about *fact*, or nothing for what is not worth one."""
    return in_one_line(_line(fact))


def _line(fact: Fact) -> str:
    at = _offset(fact.at)
    match fact:
        case RequestAnswered():
            return f"{at} speak 200 audio request={fact.request_id}"
        case JobAccepted():
            callback = fact.job.endpoint
            return f"{at} speak 200 accepted request={fact.request_id} callback={callback}"
        case RequestRejected():
            return f"{at} speak {described(fact.rejection)}"
        case RequestMisdirected():
            request = f"request={fact.request_id}"
            return f"{at} {fact.asked} {described(fact.rejection)} {request}"
        case StrangerRefused():
            return f"{at} {fact.asked} {_STRANGE}"
        case ParametersIgnored():
            names = ", ".join(map(str, fact.parameters))
            return f"{at} speak ignored unknown parameters {names} request={fact.request_id}"
        case AnswerFailed():
            return f"{at} speak {fact.failure} request={fact.request_id}"
        case TokenGranted():
            return f"{at} auth granted a token for {fact.ttl} s"
        case JobFailed():
            return f"{at} failed {described(fact.rejection)} request={fact.request_id}"
        case StreamOpened():
            return f"{at} stream 101 opened request={fact.request_id}"
        case StreamFlushed() | StreamWarned() | StreamClosed():
            return f"{at} stream {_of_stream(fact)} request={fact.request_id}"
        case AttemptFinished():
            attempt = fact.attempt
            state = "" if fact.state is State.SCHEDULED else f" {fact.state}"
            due = "" if fact.due_at is None else f" next={_offset(fact.due_at)}"
            copy = "" if attempt.copy is None else f"; copy: {attempt.copy}"
            return (
                f"{at} attempt {attempt.number} {attempt.message.method}"
                f" {masked_query(attempt.message.url)}"
                f" {attempt.outcome.word!r}{state}{due}"
                f" request={fact.job.request_id} ({attempt.outcome}{copy})"
            )
        case AttemptCopied():
            return (
                f"{at} copy of attempt {fact.number} {fact.outcome.word!r}"
                f" request={fact.job.request_id} ({fact.outcome})"
            )
        case DeliveryCancelled():
            return f"{at} cancelled request={fact.request_id}: {fact.reason}"
        case ClockFailed():
            return f"{at} clock {fact.reason}"
        case StreamHeard() | StreamKeptAlive() | StreamSaid():
            return ""  # what comes of it is told
        case AttemptStarted() | BackgroundFailed() | ClockMoved():
            return ""
        case _:
            assert_never(fact)


def timeline(
    deliveries: Iterable[Delivery],
    journal: Iterable[Fact],
    ahead: int = 0,
    *,
    rules: bool = False,
    remarks: Remarks = NO_REMARKS,
) -> str:
    """Deliveries with their attempts, streams, and what was answered with audio, refused, failed or
    ignored.

    What came of a delivery is told by the delivery, with offsets from its acceptance. *ahead* is by
    how many nanoseconds a time freezer has moved on without the clock. *rules* adds those behind
    each attempt, and *remarks* what is to be said of some.
    """
    opened: dict[str, int] = {}
    streams: dict[str, list[str]] = {}
    others: list[str] = []
    for fact in journal:
        match fact:
            case RequestRejected():
                what = f"{fact.asked}  " if fact.rejection.status == 401 else ""
                others.append(f"refused at {words(fact.at)}  {what}{described(fact.rejection)}")
            case RequestMisdirected():
                said = described(fact.rejection)
                others.append(f"misdirected at {words(fact.at)}  {fact.asked}  {said}")
            case StrangerRefused():
                others.append(f"refused at {words(fact.at)}  {fact.asked}  {_STRANGE}")
            case ParametersIgnored():
                names = ", ".join(map(str, fact.parameters))
                others.append(f"ignored at {words(fact.at)}  unknown parameters {names}")
            case StreamOpened():
                opened[fact.request_id] = fact.at
                streams[fact.request_id] = [
                    f"stream  request {fact.request_id}  opened at {words(fact.at)}"
                ]
            case StreamFlushed() | StreamWarned() | StreamClosed():
                if fact.request_id in opened:  # or else its beginning is not kept
                    offset = words(fact.at - opened[fact.request_id])
                    streams[fact.request_id].append(f"  {offset} {_of_stream(fact)}")
            case StreamHeard() | StreamKeptAlive() | StreamSaid():
                pass  # what came of it is told
            case (
                JobAccepted()
                | JobFailed()
                | AttemptStarted()
                | AttemptFinished()
                | AttemptCopied()
                | BackgroundFailed()
                | DeliveryCancelled()
            ):
                pass  # their delivery tells of them
            case RequestAnswered():
                asked = fact.request
                others.append(
                    f"answered at {words(fact.at)}  audio of {len(asked.text)} characters,"
                    f" {asked.voice.name}, {asked.sound.content_type}  request {fact.request_id}"
                )
            case AnswerFailed():
                others.append(
                    f"failed at {words(fact.at)}  as was ordered: {fact.failure}"
                    f"  request {fact.request_id}"
                )
            case ClockFailed():
                others.append(f"clock at {words(fact.at)}  {fact.reason}")
            case TokenGranted() | ClockMoved():
                pass  # they led to nothing that has to be waited for
            case _:
                assert_never(fact)
    if ahead > 0:
        others.append(
            f"frozen time is {words(ahead)} ahead of this clock: clock.sync() follows it there"
        )
    told = courses(deliveries, rules=rules, remarks=remarks)
    stories = [each for lines in streams.values() for each in lines]
    return "\n".join(map(in_one_line, [*told, *stories, *others]))


def described(rejection: Rejection) -> str:
    """What the service said to a request that it refused, and our advice."""
    advice = f" ({rejection.hint})" if rejection.hint else ""
    return in_one_line(f"{rejection.status} {rejection.code}: {rejection.message}{advice}")


def _of_stream(fact: StreamFlushed | StreamWarned | StreamClosed) -> str:
    """What happened in a stream, in words."""
    match fact:
        case StreamFlushed():
            return f"flushed {len(fact.text)} characters"
        case StreamWarned():
            return f"warned {fact.code}"
        case StreamClosed():
            reason = f" {fact.reason}" if fact.reason else ""
            return f"closed {fact.code}{reason}" + (f" ({fact.hint})" if fact.hint else "")
        case _:
            assert_never(fact)


def _offset(moment: int) -> str:
    return words(moment - moment % _MILLISECOND)
