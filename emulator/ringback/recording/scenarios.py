"""What happened as scenario files: one for each submission, or one for all.

One request whose receiver is told of by a list of replies becomes a file of version 1, and whatever
is more than that a story in steps, of version 2.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ringback.core.base.masking import MASK, in_one_line
from ringback.core.delivery.delivery import SETTLED, State
from ringback.core.facts import (
    AttemptFinished,
    AttemptStarted,
    DeliveryCancelled,
    JobAccepted,
    JobFailed,
    RequestAnswered,
    RequestMisdirected,
    RequestRejected,
)
from ringback.core.stream.facts import StreamClosed, StreamHeard, StreamOpened
from ringback.errors import NotRecorded
from ringback.recording.asking import is_kept
from ringback.recording.changes import changed_settings
from ringback.recording.spelling import spelt
from ringback.recording.steps import Steps
from ringback.recording.told import Told, told
from ringback.scenario.model import PARAMETERS
from ringback.scenario.part import MAX_ENTRIES
from ringback.scenario.story.seeing import OPENED
from ringback.service.service import Service

_OF_VERSION_1 = frozenset({*PARAMETERS, "text", "content_type"})
_AT_ONCE = (JobAccepted, JobFailed, AttemptStarted, AttemptFinished, RequestRejected)
PENDING = "pending"
"""The outcome of a submission that is not over."""

_LONGEST = 200
"""Characters of a name."""


def scenario(service: Service, *, to_application: bool = False) -> str:
    """Everything that happened on *service* as one story.

    *to_application*: if one request and its faults say it all, the receiver is left out, so that
    `ringback play --to` sends it to an application. Raises `NotRecorded` where nothing did, and
    where it is longer than a file may be.
    """
    return text_of(told(service), to_application=to_application)


def scenarios(service: Service) -> dict[str, str]:
    """A story for each submission to *service*, by the name of its file."""
    made: dict[str, str] = {}
    for number, each in enumerate(told(service).apart().values(), 1):
        made[name_of(each, number)] = text_of(each)
    return made


def name_of(told: Told, number: int) -> str:
    """The name of the file that tells of one submission: its *number*, and how it ended."""
    return f"{number:03}-{outcome(told)}.ringback.yaml"


def text_of(told: Told, *, to_application: bool = False) -> str:
    """What is *told*, as one story. Raises `NotRecorded`."""
    steps = Steps(told)
    made = steps.made()
    if not any(isinstance(step, Mapping) and "expect" in step for step in made):
        raise NotRecorded("nothing has happened that a scenario could tell: no request arrived")
    if len(made) > MAX_ENTRIES:
        raise NotRecorded(
            f"all that happened takes {len(made)} steps, and a scenario has {MAX_ENTRIES} at most;"
            " record to a folder, where each submission has a file of its own"
        )
    document = _short(told, steps, made) or _long(told, made)
    if to_application and document["version"] == 1:
        document.pop("receiver", None)
    remarks = "".join(f"# {in_one_line(line)}\n" for line in _remarks(told, steps))
    return remarks + spelt(document)


def _remarks(told: Told, steps: Steps) -> Iterator[str]:
    yield "Recorded by Ringback. Secrets are replaced by ***."
    if told.even:
        yield "Its clock flowed: moments are those at which something was due."
    others = sorted(set(steps.receivers.others()))
    if others:
        yield f"A script can only say it otherwise: {', '.join(others)}."
    refused = {each.request_id for each in told.facts if isinstance(each, RequestRejected)}
    if not all(is_kept(told.requests[each]) for each in refused & told.requests.keys()):
        yield f"The body of a request that was refused was not kept: its text is {MASK} here."
    unsaid = sum(isinstance(each, StreamHeard) and each.frame is None for each in told.facts)
    if unsaid:
        yield f"Messages on streams that are left out, being binary or very long: {unsaid}."
    if told.lost:
        yield f"Deliveries and streams that are left out, their beginning not kept: {told.lost}."


def _short(told: Told, steps: Steps, made: Iterable[Any]) -> dict[str, Any] | None:
    """The story as a file of version 1, if that can say all of it."""
    verbs: dict[str, list[Any]] = {}
    for step in made:
        verb, said = (step, {}) if isinstance(step, str) else next(iter(step.items()))
        verbs.setdefault(verb, []).append(said)
    if not all(isinstance(fact, _AT_ONCE) for fact in told.facts):
        return None
    if not verbs.keys() <= {"receiver", "submit", "fail_job", "run_until_idle", "expect"}:
        return None
    if any(len(said) > 1 for said in verbs.values()) or not steps.is_over:
        return None
    submit, expect = dict(verbs["submit"][0]), dict(verbs["expect"][0])
    if not submit.keys() <= _OF_VERSION_1 or not {"text", "callback"} <= submit.keys():
        return None
    receiver = verbs.get("receiver", [None])[0]
    if receiver is None and "answer" not in expect:
        return None
    document = _head(1, told, expect) | {"submit": submit}
    if receiver is not None:
        document["receiver"] = receiver.get("replies", [200])
        if "faults" in receiver:
            document["faults"] = receiver["faults"]
    if "fail_job" in verbs:
        document["failed_job"] = verbs["fail_job"][0]
    return document | {"expect": expect}


def _long(told: Told, made: list[Any]) -> dict[str, Any]:
    expectations = [
        step["expect"] for step in made if isinstance(step, Mapping) and "expect" in step
    ]
    document = _head(2, told, *expectations)
    if any(each.get("state") == "pending" for each in expectations):
        document["allow"] = ["pending"]
    return document | {"steps": made}


def _head(version: int, told: Told, *expectations: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {"version": version, "name": _name(expectations)}
    if settings := changed_settings(told):
        document["settings"] = settings
    return document


def _name(expectations: tuple[Mapping[str, Any], ...]) -> str:
    """What happened, in one line."""
    if len(expectations) == 1:
        said = expectations[0]
        if said.get("answer") == {"status": OPENED}:
            return "A stream, and what was said on it"
        if "attempts" not in said:
            return f"A request that was answered {_status(said['answer'])}"
        got = ", ".join(str(each["got"]) for each in said["attempts"]) or "no attempt"
        name = f"A delivery: {got} = {said['state']}"
        return name if len(name) <= _LONGEST else f"A delivery of {len(said['attempts'])} attempts"
    deliveries = sum("attempts" in said for said in expectations)
    streams = sum(said.get("answer") == {"status": OPENED} for said in expectations)
    told = f"{len(expectations) - streams} requests, {deliveries} deliveries"
    return f"{told}, {streams} streams" if streams else told


def _status(answer: Any) -> str:
    return str(answer["status"] if isinstance(answer, Mapping) else answer)


def outcome(told: Told) -> str:
    """The last word of a submission: a state of a delivery, `answered`, or `refused-` and why."""
    for fact in reversed(told.facts):
        match fact:
            case AttemptFinished() if fact.state in SETTLED:
                return str(fact.state)
            case DeliveryCancelled():
                return str(State.CANCELLED)
            case RequestRejected() | RequestMisdirected():
                return f"refused-{fact.rejection.status}"
            case RequestAnswered():
                return "answered"
            case StreamClosed():
                return f"closed-{fact.code}"
            case AttemptFinished() | JobAccepted() | StreamOpened():
                return PENDING
            case _:
                pass
    return PENDING
