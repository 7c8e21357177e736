"""Plays a scenario on a service, and holds what was seen against what its file expects."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from ringback.clock import verbs
from ringback.clock.steps import Steps
from ringback.clock.virtual import VirtualClock
from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import nanoseconds
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.message import CallbackMessage
from ringback.core.facts import RequestRejected
from ringback.scenario.comparing import Check, Seen, SeenAttempt, compare
from ringback.scenario.masking import sayable
from ringback.scenario.model import Scenario
from ringback.scenario.phrasing import for_files
from ringback.scenario.reading import ScenarioFile
from ringback.scenario.report import Report
from ringback.scenario.script import arrivals
from ringback.scenario.staging import (
    Asked,
    NotPlayable,
    Stage,
    Wire,
    check_settings,
    connect,
)
from ringback.scenario.submitting import Submitted, submit_in_process, submit_over_http
from ringback.scenario.values import VERSION
from ringback.service.service import Service
from ringback.service.views import Attempt, Delivery

Walk: TypeAlias = Callable[[VirtualClock], Steps[verbs.Made]]
"""A walk that whoever plays has to carry out, blocking or awaiting."""

SOON = 0.001
"""Real seconds between two looks at whether an answer has come."""


class Front(NamedTuple):
    """What requests over HTTP need of an emulator: its *url*, and that its clock goes on."""

    url: str
    run_until_idle: Callable[[], object]


class Performance:
    """One scenario on one service: submitted when it is made; `report` when the clock has run.

    Between the two whoever made it runs the clock until it is idle, blocking or awaiting.
    """

    def __init__(
        self,
        service: Service,
        file: ScenarioFile,
        stage: Stage | None = None,
        front: Front | None = None,
    ) -> None:
        """Connect the receiver and submit the request: by the *front*, or to *service* itself.

        Without a *stage*, a service whose receiver is connected already plays the scenario.
        Raises `SettingsError` where its settings are not those that the scenario names.
        """
        scenario = file.scenario
        if not isinstance(scenario, Scenario):
            raise TypeError(f"{file.name} is no scenario of version {VERSION}")
        self._scenario = scenario
        check_settings(service.settings, scenario)
        self._service = service
        self._front = front
        self._file = file
        self._stage = stage or Stage(service.settings)
        self._earlier = len(service.deliveries)
        self._requests_before = len(service.requests)
        self._asked: Asked | None = None
        endpoint = scenario.submit.endpoint
        if endpoint is not None:
            self._asked = connect(service, scenario, self._stage, endpoint)
        self._submitted = self._submit()

    def walks(self) -> Iterator[Walk]:
        """What has to be carried out before the `report`."""
        yield verbs.run_until_idle

    def report(self) -> Report:
        """Hold what has been seen so far against what the file expects.

        Raises `NotPlayable` where it came to an attempt that a real receiver cannot take.
        """
        scenario, wire = self._scenario, self._stage.wire
        deliveries = self._deliveries()
        seen = self._seen(deliveries)
        if wire is not None and 0 < wire.script.end <= len(seen.attempts):
            raise NotPlayable(f"{wire.script.reason}; play the scenario in process")
        checks = [*compare(scenario.expect, seen), *self._wire_checks(seen), *self._unused(seen)]
        return Report(
            file=self._file.name,
            name=scenario.name,
            why=scenario.why,
            over=self._stage.over,
            checks=tuple(self._placed(each) for each in checks),
            timeline=tuple(_line(each) for delivery in deliveries for each in delivery.attempts),
            end=seen.state or sayable(str(seen.answer)),
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

    def _submit(self) -> Submitted:
        submit, service, front = self._scenario.submit, self._service, self._front
        failure = service.settings.every_failure
        if front is None:
            submitted = submit_in_process(service, submit)
        elif failure is not None and failure.delay:
            return self._told(self._submit_while_time_goes_on(front, failure))
        else:
            submitted = submit_over_http(front.url, service.key.secret, submit, failure)
        submitted = self._told(submitted)
        self._fail_job(submitted.request_id)
        return submitted

    def _submit_while_time_goes_on(self, front: Front, failure: RequestFailure) -> Submitted:
        """Submit over HTTP where the answer is late: it comes while the clock runs."""
        submit, secret = self._scenario.submit, self._service.key.secret
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(submit_over_http, front.url, secret, submit, failure)
            while not self._first_request_id and not answer.done():
                wait([answer], timeout=SOON)
            self._fail_job(self._first_request_id)
            while not answer.done():
                front.run_until_idle()
                wait([answer], timeout=SOON)
            return answer.result()

    @property
    def _first_request_id(self) -> str:
        """The id of the first request since this began: whoever receives may make others."""
        later = self._service.requests[self._requests_before :]
        return later[0].request_id if later else ""

    def _told(self, submitted: Submitted) -> Submitted:
        """*submitted* with what no wire has carried: the hint, and the id if no header came."""
        answer, request_id = submitted
        request_id = request_id or self._first_request_id
        if not answer.hint:
            for fact in self._service.journal:
                if isinstance(fact, RequestRejected) and fact.request_id == request_id:
                    answer = replace(answer, hint=fact.rejection.hint)
        return Submitted(replace(answer, hint=for_files(answer.hint)), request_id)

    def _fail_job(self, request_id: str) -> None:
        failed = self._scenario.failed_job
        deliveries = self._deliveries_of(request_id)
        if failed is not None and deliveries:
            rejection = Rejection(failed.status, failed.err_code, failed.err_msg)
            self._service.fail_job(deliveries[-1], rejection)

    def _deliveries(self) -> list[Delivery]:
        """Those of the request that was submitted: the application may have submitted others."""
        return self._deliveries_of(self._submitted.request_id)

    def _deliveries_of(self, request_id: str) -> list[Delivery]:
        later = self._service.deliveries[self._earlier :]
        return [each for each in later if each.request_id == request_id]

    def _seen(self, deliveries: Sequence[Delivery]) -> Seen:
        attempts = [attempt for delivery in deliveries for attempt in delivery.attempts]
        requests = _requests(attempts, self._stage.wire)
        known = {"$key_id": self._service.key.identifier, "$request_id": self._submitted.request_id}
        return Seen(
            self._submitted.answer,
            tuple(map(_seen_attempt, attempts, requests)),
            str(deliveries[-1].state) if deliveries else "",
            deliveries[-1].audio if deliveries else b"",
            known,
        )

    def _wire_checks(self, seen: Seen) -> Iterator[Check]:
        """Whether every attempt that was to reach the real receiver did, and no other."""
        wire = self._stage.wire
        if wire is None:
            return
        sent = sum(wire.script.arrivals(number + 1) for number in range(len(seen.attempts)))
        got = len(wire.receiver.requests)
        yield Check("requests on the wire", ("expect",), str(sent), str(got), sent == got)

    def _unused(self, seen: Seen) -> Iterator[Check]:
        """Whether all that was scripted was met, as the fixtures look at it."""
        scenario = self._scenario
        if seen.refused and not scenario.expect.refused:
            return
        replies, faults = len(scenario.replies or ()), scenario.scripted_faults
        if replies > 1:  # a single one answers whatever comes
            met = min(self._times_asked(seen), replies)
            where = ("receiver", min(met, replies - 1))
            yield Check("answers given", where, str(replies), str(met), met == replies)
        for number, fault in enumerate(faults, 1):
            if fault is not None and number > len(seen.attempts):
                where = ("faults", number - 1)
                yield Check(f"fault {number}", where, "to be met", "no such attempt", passed=False)

    def _times_asked(self, seen: Seen) -> int:
        if self._asked is not None:
            return self._asked.count
        faults = self._scenario.scripted_faults[: len(seen.attempts)]
        return sum(map(arrivals, faults)) + len(seen.attempts) - len(faults)


def _requests(attempts: Sequence[Attempt], wire: Wire | None) -> Iterator[CallbackMessage]:
    """What each attempt sent: as the receiver saw it where there is a real one."""
    arrived = iter(wire.receiver.requests if wire else ())
    for attempt in attempts:
        times = wire.script.arrivals(attempt.number) if wire else 0
        copies = [next(arrived, attempt.request) for _ in range(times)]
        yield copies[0] if copies else attempt.request


def _line(attempt: Attempt) -> str:
    return str(attempt) if attempt.copy is None else f"{attempt}  copy: {attempt.copy}"


def _seen_attempt(attempt: Attempt, request: CallbackMessage) -> SeenAttempt:
    return SeenAttempt(
        nanoseconds(attempt.offset),
        attempt.word,
        request.method,
        request.url,
        request.headers,
        request.body,
    )
