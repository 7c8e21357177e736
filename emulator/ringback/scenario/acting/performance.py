"""Plays a story on a service: its steps, one after the other, and what each expects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ringback.clock import verbs, waiting
from ringback.clock.steps import Steps
from ringback.clock.virtual import VirtualClock
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.message import CallbackMessage
from ringback.errors import RingbackError
from ringback.scenario.acting.client import Client, advised
from ringback.scenario.acting.ending import Arranged, end_checks, endings, timeline
from ringback.scenario.acting.looking import Look, all_checks, received_checks
from ringback.scenario.acting.scene import Scene
from ringback.scenario.acting.streams import Streams
from ringback.scenario.acting.subjects import Subject, Subjects
from ringback.scenario.comparing import Check, shown
from ringback.scenario.masking import sayable
from ringback.scenario.phrasing import for_files
from ringback.scenario.playing import Walk
from ringback.scenario.reading import ScenarioFile
from ringback.scenario.report import Report
from ringback.scenario.source import DocumentPath
from ringback.scenario.staging import NotPlayable, check_settings
from ringback.scenario.story.asking import Ask
from ringback.scenario.story.references import DELIVERY, REQUEST
from ringback.scenario.story.seeing import PENDING, Sight
from ringback.scenario.story.steps import Step
from ringback.scenario.story.story import Story
from ringback.service.service import Service
from ringback.service.views import Delivery

_WALKS: Mapping[str, Walk] = {
    "settle": verbs.settle,
    "advance_to_next": verbs.advance_to_next,
    "step": verbs.step,
    "run_until_idle": verbs.run_until_idle,
}


class StoryPerformance:
    """One story on one service.

    Whoever made it carries out the `walks`, blocking or awaiting, and asks for the `report`.
    """

    def __init__(
        self, service: Service, file: ScenarioFile, scene: Scene, url: Callable[[], str]
    ) -> None:
        """Begin. *url* is that of the emulator, for requests that go over HTTP.

        Raises `SettingsError` where the service's settings are not those that the story names.
        """
        if not isinstance(file.scenario, Story):
            raise TypeError(f"{file.name} tells no story in steps")
        self._story = file.scenario
        check_settings(service.settings, self._story)
        self._service = service
        self._file = file
        self._scene = scene
        self._subjects = Subjects()
        self._client = Client(service, url, over_http=scene.over == "sockets")
        self._streams = Streams(service, scene, self._subjects, url)
        self._arranged = Arranged()
        self._checks: list[Check] = []
        self._broken = False
        self._before = {
            "deliveries": len(service.deliveries),
            "requests": len(service.requests),
        }

    def walks(self) -> Iterator[Walk]:
        """What has to be carried out, step by step. A step that fails ends the story."""
        for index, step in enumerate(self._story.steps):
            where: DocumentPath = ("steps", index, step.verb)
            try:
                for walk in self._does(step, where):
                    yield partial(self._watched, walk, where)
                    if self._broken:
                        return
            except (RingbackError, OSError) as error:
                self._break(where, error)
                return

    def report(self) -> Report:
        """What came of it. Raises `NotPlayable` where it could not be played on sockets."""
        if self._scene.wires.unplayable:
            raise NotPlayable(f"{self._scene.wires.unplayable}; play the scenario in process")
        checks = list(self._checks)
        if not self._broken:
            checks += end_checks(self._service, self._story, self._subjects, self._arranged)
        deliveries = self._deliveries()
        return Report(
            file=self._file.name,
            name=self._file.title,
            why=self._story.why,
            over=self._scene.over,
            case=self._file.case,
            tags=self._story.tags,
            xfail=self._story.xfail,
            checks=tuple(self._placed(shown(each)) for each in checks),
            timeline=tuple(timeline(deliveries, self._subjects)),
            end=sayable(endings(deliveries, self._subjects)),
        )

    def passed_report(self) -> Report:
        """The same, of a performance that passed. Raises `AssertionError` with what is wrong."""
        report = self.report()
        if report.failed:
            raise AssertionError(str(report))
        return report

    def _placed(self, check: Check) -> Check:
        place = self._file.place(check.path)
        return replace(check, line=place.line, column=place.column)

    def _watched(self, walk: Walk, where: DocumentPath, clock: VirtualClock) -> Steps[verbs.Made]:
        """*walk*, whose error ends the story where it stands."""
        try:
            return (yield from walk(clock))
        except RingbackError as error:
            self._break(where, error)
            return []

    def _break(self, where: DocumentPath, error: Exception) -> None:
        self._broken = True
        said = for_files(str(error)) or type(error).__name__
        self._checks.append(Check(str(where[-1]), where, "to be done", said, passed=False))

    def _deliveries(self) -> list[Delivery]:
        return list(self._service.deliveries[self._before["deliveries"] :])

    # -- the steps -------------------------------------------------------------------------------

    def _does(self, step: Step, where: DocumentPath) -> Iterator[Walk]:
        said: Any = step.said
        if step.verb in _WALKS:
            yield _WALKS[step.verb]
            return
        match step.verb:
            case "advance" if said.to is not None:
                yield lambda clock: verbs.advance_to(clock, said.to)
            case "advance":
                yield lambda clock: verbs.advance(clock, said.by)
            case "submit":
                yield from self._submit(step, where)
            case "receiver":
                lines = self._scene.receive(self._service, said)
                self._arranged.receivers.append((where, lines))
                self._arranged.note_route(where, self._service, said.at, said.scripted_faults)
            case "connect":
                self._scene.connect(self._service, said)
                self._arranged.note_route(where, self._service, said.at, said.scripted_faults)
            case "fail_requests":
                when = None if said.when is None else said.when.fits
                self._service.fail_requests(said.ordered, when)
                self._arranged.failures.append(where)
            case "fail_job":
                rejection = Rejection(said.status, said.err_code, said.err_msg)
                self._service.fail_job(self._delivery_of(said.of, REQUEST, DELIVERY), rejection)
            case "cancel":
                self._service.cancel(self._delivery_of(said.of, REQUEST, DELIVERY), said.reason)
            case "redeliver":
                old = self._delivery_of(said.of, REQUEST, DELIVERY)
                subject = self._subjects.add(DELIVERY, said.label, where)
                subject.delivery = self._service.redeliver(old)
                subject.request_id = old.request_id
            case "wait":
                yield from self._wait(said, where)
            case "expect":
                self._expect(said, where)
            case "open":
                self._streams.open(said, where)
            case "send":
                self._streams.send(said)
            case "ping":
                self._streams.ping(said)
            case "close":
                self._streams.close(said)
                yield waiting.quiet
            case "expect_frames":
                yield waiting.quiet
                long = (*where, "frames")
                place = long if long in self._file.tree.places else where
                self._checks += self._streams.checks(said, place)
            case unknown:
                raise AssertionError(f"no step is known by the verb {unknown!r}")

    def _submit(self, step: Step, where: DocumentPath) -> Iterator[Walk]:
        listed = isinstance(step.submit, tuple)
        for index, ask in enumerate(step.asks):
            if ask.at is not None:
                yield partial(_to, ask.at)
            self._ask(ask, (*where, index) if listed else where)

    def _ask(self, ask: Ask, where: DocumentPath) -> None:
        subject = self._subjects.add(REQUEST, ask.label, where)
        subject.exchange = exchange = self._client.ask(ask)
        subject.request_id = exchange.request_id
        for delivery in reversed(self._deliveries()):
            if delivery.request_id == exchange.request_id:
                subject.delivery = delivery
                break

    def _delivery_of(self, name: str | None, *kinds: str) -> Delivery:
        subject = self._subjects.find(name, *kinds)
        if subject.delivery is None:
            raise RingbackError(
                f"{subject.label} has no delivery: it was refused, or named no callback"
            )
        return subject.delivery

    def _wait(self, wait: Any, where: DocumentPath) -> Iterator[Walk]:
        subject = None if wait.of is None else self._subjects.find(wait.of)
        count = partial(self._count, wait.what, subject)
        wanted = 0 if wait.what == "idle" else wait.count

        def enough() -> bool:
            return count() == 0 if wait.what == "idle" else count() >= wanted

        yield lambda clock: waiting.until(clock, enough, wait.within)
        if not enough():
            what = f"{wait.what} within {wait.within:g} s"
            self._checks.append(Check(what, where, str(wanted), str(count()), passed=False))

    def _count(self, what: str, subject: Subject | None) -> int:
        """How many there are of what is waited for."""
        if what == "idle":
            return len(self._service.pending)
        if what == "request":
            return len(self._service.requests) - self._before["requests"]
        deliveries = self._deliveries()
        if what == "delivery":
            return len(deliveries)
        if subject is not None:
            deliveries = [] if subject.delivery is None else [subject.delivery]
        return sum(len(each.attempts) for each in deliveries)

    def _expect(self, sight: Sight, where: DocumentPath) -> None:
        if sight.about_one:
            subject = self._subjects.find(sight.of)
            subject.pending_seen = sight.state == PENDING
            self._checks += self._look(subject, where).checks(sight)
        self._checks += all_checks(self._service, where, sight, self._before)
        self._checks += received_checks(where, sight.received or {}, self._scene.seen)

    def _look(self, subject: Subject, where: DocumentPath) -> Look:
        answer = None if subject.talk is None else subject.talk.answer
        if subject.exchange is not None:
            answer = subject.exchange.heard(self._service.clock.now_ns)
        if answer is not None:
            answer = advised(answer, self._service, subject.request_id)
        several = len(self._subjects.all) > 1
        return Look(
            self._service,
            where,
            label=subject.label if several else "",
            request_id=subject.request_id,
            answer=answer,
            delivery=subject.delivery,
            sent=[] if subject.delivery is None else list(self._sent(subject.delivery)),
        )

    def _sent(self, delivery: Delivery) -> Iterator[CallbackMessage]:
        """What each attempt sent: as the receiver saw it where there is a real one."""
        wires = self._scene.wires.all
        for attempt in delivery.attempts:
            seen = (wire.sent(delivery.position, attempt.number) for wire in wires)
            yield next(filter(None, seen), attempt.request)


def _to(moment: Any, clock: VirtualClock) -> Steps[verbs.Made]:
    return verbs.advance_to(clock, moment)
