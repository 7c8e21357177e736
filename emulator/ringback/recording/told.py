"""What a service can tell of: its facts in an order in which they can happen again.

On a clock that somebody moves, every attempt begins when it is due, and the facts are as they are.
On one that flowed, each may have begun some milliseconds late, and answers took real time. There
moments are made even: attempts begin when they are due, what took less than 50 ms took none, and on
a stream moments are tenths of a second since it was opened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import Attempt, Job
from ringback.core.delivery.outcome import TimedOut
from ringback.core.facts import (
    AnswerFailed,
    AttemptFinished,
    AttemptStarted,
    DeliveryCancelled,
    JobAccepted,
    JobFailed,
    RequestAnswered,
    RequestMisdirected,
    RequestRejected,
)
from ringback.core.stream.facts import StreamFact, StreamOpened
from ringback.service.received import ReceivedRequest
from ringback.service.service import Service
from ringback.settings.settings import Settings

Happened: TypeAlias = (
    JobAccepted
    | RequestAnswered
    | RequestRejected
    | RequestMisdirected
    | AnswerFailed
    | JobFailed
    | DeliveryCancelled
    | AttemptStarted
    | AttemptFinished
    | StreamFact
)
"""The facts that a scenario can tell again."""

_FIRST = (JobAccepted, RequestAnswered, RequestRejected, RequestMisdirected, StreamOpened)
"""Facts by which a request is told of."""

_TENTH, _MILLISECOND = SECOND // 10, SECOND // 1000


@dataclass(frozen=True, slots=True)
class Told:
    """*facts* in order until *now*; *requests* as they arrived, by id; all under *settings*.

    *jobs* are by position, *epoch* is the wall clock at the start if it is not the usual one.
    *even* says that moments were made even. *lost* counts deliveries and streams whose beginning is
    not kept.
    """

    facts: Sequence[Happened]
    now: int
    requests: Mapping[str, ReceivedRequest]
    jobs: Mapping[int, Job]
    settings: Settings
    epoch: str
    even: bool = False
    lost: int = 0

    def apart(self) -> dict[str, "Told"]:
        """What is about each request alone, by its id: its deliveries, or what it was answered."""
        jobs: dict[str, dict[int, Job]] = {}
        for position, job in self.jobs.items():
            jobs.setdefault(job.request_id, {})[position] = job
        facts: dict[str, list[Happened]] = {}
        for each in self.facts:
            if isinstance(each, AttemptStarted | AttemptFinished):
                request_id = self.jobs[each.position].request_id
            else:
                request_id = each.request_id
            facts.setdefault(request_id, []).append(each)
        return {
            request_id: replace(self, facts=own, jobs=jobs.get(request_id, {}), lost=0).from_zero()
            for request_id, own in facts.items()
            if any(isinstance(each, _FIRST) for each in own)
        }

    def from_zero(self) -> "Told":
        """The same, as if it had begun when the clock did."""
        begun = self.facts[0].at if self.facts else 0
        jobs = {
            position: replace(job, accepted_at=job.accepted_at - begun)
            for position, job in self.jobs.items()
        }
        facts = [_earlier(each, begun) for each in self.facts]
        return replace(self, facts=facts, jobs=jobs, now=max(self.now - begun, 0))


def told(service: Service) -> Told:
    """What *service* can tell at this moment."""
    with service.lock:
        facts = [each for each in service.journal.since(0) if isinstance(each, Happened)]
        requests = {each.request_id: each for each in service.requests}
        now = service.clock.now_ns
        latest = service.engine.dispatcher.latest
        facts = [
            replace(each, attempt=latest(each.position, each.attempt))
            if isinstance(each, AttemptFinished)
            else each
            for each in facts
        ]
        epoch = service.clock.at(0)
    settings = service.settings
    whole, lost = _whole(facts)
    # Of a clock that flows nobody knows beforehand whether it will be late.
    even = service.clock.rate > 0 or _was_late(whole)
    whole = _made_even(whole, settings) if even else whole
    jobs = {each.position: each.job for each in whole if isinstance(each, JobAccepted)}
    made = Told(
        whole,
        now,
        requests,
        jobs,
        settings,
        "" if epoch == Settings().epoch or even else epoch.isoformat().replace("+00:00", "Z"),
        even,
        lost,
    )
    return made.from_zero() if even else made


def _whole(facts: Iterable[Happened]) -> tuple[list[Happened], int]:
    """*facts* without those whose beginning is not kept, and of how many things they are."""
    begun: set[int | str] = set()
    lost: set[int | str] = set()
    whole: list[Happened] = []
    for each in facts:
        of: int | str | None = getattr(each, "position", None)
        match each:
            case JobAccepted():
                begun.add(each.position)
            case StreamOpened():
                begun.add(each.request_id)
            case _ if isinstance(each, StreamFact):
                of = each.request_id
            case _:
                pass
        if of is None or of in begun:
            whole.append(each)
        else:
            lost.add(of)
    return whole, len(lost)


def _earlier(fact: Happened, by: int) -> Happened:
    """*fact* as it would be if everything had happened earlier *by* so many nanoseconds."""
    at = fact.at - by
    match fact:
        case JobAccepted(job=job, due_at=due_at):
            job = replace(job, accepted_at=job.accepted_at - by)
            return replace(fact, at=at, job=job, due_at=due_at - by)
        case AttemptFinished(attempt=attempt, due_at=due):
            attempt = replace(
                attempt,
                started_at=attempt.started_at - by,
                finished_at=attempt.finished_at - by,
            )
            return replace(fact, at=at, attempt=attempt, due_at=None if due is None else due - by)
        case _:
            return replace(fact, at=at)


def _was_late(facts: Iterable[Happened]) -> bool:
    """Whether an attempt began at another moment than it was due."""
    due: dict[int, int | None] = {}
    for each in facts:
        match each:
            case JobAccepted() | AttemptFinished():
                due[each.position] = each.due_at
            case AttemptStarted() if due.get(each.position) != each.at:
                return True
            case _:
                pass
    return False


def _made_even(facts: Iterable[Happened], settings: Settings) -> list[Happened]:
    """*facts* with even moments, in the order of these."""
    due: dict[int, int] = {}
    last: dict[int, int] = {}
    opened: dict[str, tuple[int, int]] = {}
    delay = settings.retry_policy.delay
    made: list[Happened] = []
    for each in facts:
        match each:
            case JobAccepted():
                at = _even(each.at, _MILLISECOND)
                due[each.position] = last[each.position] = at + settings.processing
                job = replace(each.job, accepted_at=at)
                each = replace(each, at=at, job=job, due_at=due[each.position])
            case AttemptStarted():
                each = replace(each, at=max(due[each.position], last[each.position]))
                last[each.position] = each.at
            case AttemptFinished():
                attempt = _even_attempt(each.attempt, last[each.position], settings)
                last[each.position] = attempt.finished_at
                due_at = None if each.due_at is None else attempt.finished_at + delay
                due[each.position] = due_at or 0
                each = replace(each, at=attempt.finished_at, attempt=attempt, due_at=due_at)
            case JobFailed() | DeliveryCancelled():
                at = max(_even(each.at, _MILLISECOND), last[each.position])
                each = replace(each, at=at)
            case StreamOpened():
                opened[each.request_id] = each.at, _even(each.at, _MILLISECOND)
                each = replace(each, at=opened[each.request_id][1])
            case _ if isinstance(each, StreamFact):
                was, at = opened[each.request_id]
                each = replace(each, at=at + (each.at - was) // _TENTH * _TENTH)
            case _:
                each = replace(each, at=_even(each.at, _MILLISECOND))
        made.append(each)
    made.sort(key=lambda each: each.at)  # stable: what is of one moment keeps its order
    return made


def _even_attempt(attempt: Attempt, started_at: int, settings: Settings) -> Attempt:
    limit = settings.attempt_limit
    took = min(_even(attempt.finished_at - attempt.started_at, _TENTH), limit)
    if isinstance(attempt.outcome, TimedOut):
        took = limit
    return replace(attempt, started_at=started_at, finished_at=started_at + took)


def _even(moment: int, grain: int) -> int:
    return (moment + grain // 2) // grain * grain
