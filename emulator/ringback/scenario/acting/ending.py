"""The end of a story: what it has left behind, and what happened, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ringback.core.delivery.fault import FaultLike
from ringback.scenario.acting.receivers import Lines
from ringback.scenario.acting.subjects import Subject, Subjects
from ringback.scenario.comparing import Check
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.story import Story
from ringback.sending.routes import Route
from ringback.service.service import Service
from ringback.service.views import Attempt, Delivery


@dataclass(slots=True)
class Arranged:
    """What a story has arranged, each with its step."""

    receivers: list[tuple[DocumentPath, Lines]] = field(default_factory=list)
    faults: list[tuple[DocumentPath, Sequence[FaultLike], Route]] = field(default_factory=list)
    failures: list[DocumentPath] = field(default_factory=list)

    def note_route(
        self, where: DocumentPath, service: Service, origin: str, faults: Sequence[FaultLike]
    ) -> None:
        """Note the route that leads to *origin* from now on, if it has *faults*."""
        if faults:
            self.faults.append((where, faults, service.arranging.routes.at(origin)))


def end_checks(
    service: Service, story: Story, subjects: Subjects, arranged: Arranged
) -> Iterator[Check]:
    """What a story leaves behind without having said that it does."""
    allowed = story.allow
    if "pending" not in allowed:
        yield from _pending(subjects.all)
    if "replies" not in allowed:
        yield from _replies(arranged)
    if "faults" not in allowed:
        yield from _faults(arranged)
    if "failures" not in allowed and arranged.failures and service.failures.unmet:
        where, unmet = arranged.failures[-1], service.failures.unmet
        yield Check("ordered failures left", where, "0", str(unmet), passed=False)


def _pending(subjects: Sequence[Subject]) -> Iterator[Check]:
    for subject in subjects:
        delivery = subject.delivery
        if delivery is not None and not delivery.settled and not subject.pending_seen:
            got = "pending: end with `run_until_idle`, or expect `state: pending`"
            what = f"{subject.label} at the end"
            yield Check(what, subject.where, "to be settled", got, passed=False)


def _replies(arranged: Arranged) -> Iterator[Check]:
    for where, lines in arranged.receivers:
        count = len(lines.script.replies)
        if count > 1 and lines.given < count:  # a single one answers whatever comes
            place = (*where, "replies", lines.given)
            yield Check("answers given", place, str(count), str(lines.given), passed=False)


def _faults(arranged: Arranged) -> Iterator[Check]:
    for where, faults, route in arranged.faults:
        reached = route.reached
        for number, fault in enumerate(faults, 1):
            if fault is not None and number > reached:
                place = (*where, "faults", number - 1)
                what = f"fault {number}"
                yield Check(what, place, "to be met", "no such attempt", passed=False)


def timeline(deliveries: Sequence[Delivery], subjects: Subjects) -> Iterator[str]:
    """One line for each attempt, in the order in which they began."""
    attempts: list[tuple[float, str, Attempt]] = []
    several = len(deliveries) > 1
    for number, delivery in enumerate(deliveries, 1):
        label = f"{_label(delivery, number, subjects)}: " if several else ""
        attempts += [(attempt.started_at, label, attempt) for attempt in delivery.attempts]
    for _, label, attempt in sorted(attempts, key=lambda each: each[0]):
        copy = "" if attempt.copy is None else f"  copy: {attempt.copy}"
        yield f"{label}{attempt}{copy}"


def endings(deliveries: Sequence[Delivery], subjects: Subjects) -> str:
    """What became of every delivery, in words; without any, what each request was answered."""
    several = len(deliveries) > 1
    ends = [
        f"{_label(delivery, number, subjects)} {delivery.state}" if several else str(delivery.state)
        for number, delivery in enumerate(deliveries, 1)
    ]
    return ", ".join(ends or map(_answered, subjects.all)) or "no request"


def _answered(subject: Subject) -> str:
    answer = None if subject.talk is None else subject.talk.answer
    if subject.exchange is not None and subject.exchange.answer.done():
        answer = subject.exchange.answer.result()
    said = "no answer" if answer is None else answer.breaks or str(answer.status)
    return f"{subject.label} {said}"


def _label(delivery: Delivery, number: int, subjects: Subjects) -> str:
    subject = subjects.of_delivery(delivery)
    return f"delivery {number}" if subject is None else subject.label
