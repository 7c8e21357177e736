"""Plays a scenario on an emulator, and holds what was seen against what its file expects."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ringback.core.duration import nanoseconds
from ringback.core.message import CallbackMessage
from ringback.errors import Refused, RingbackError
from ringback.scenario.comparing import Check, Seen, SeenAnswer, SeenAttempt, compare
from ringback.scenario.reading import ScenarioFile
from ringback.scenario.report import Report
from ringback.scenario.staging import Over, Stage, Wire, check_settings, connect, set_up
from ringback.scenario.submitting import JSON, Submitted, submit_over_http
from ringback.settings import Settings

if TYPE_CHECKING:
    from ringback.emulator import AsyncEmulator, Emulator
    from ringback.views import Attempt, Delivery

MakeEmulator: TypeAlias = "Callable[[Settings], AbstractContextManager[Emulator]]"


def play(
    file: ScenarioFile, make_emulator: MakeEmulator, *, over: Over = "process", to: Any = None
) -> Report:
    """Play *file* on an emulator of its own, with the settings that it names.

    *over* `sockets`, the request and every callback travel over HTTP, and the scripted receiver is
    a real one on a loopback port. *to* is a base URL or an application that stands in for the
    receiver of a scenario without a script. What keeps the scenario from being played is not
    raised: it is the report's trouble.
    """
    try:
        with ExitStack() as stack:
            stage = set_up(file.scenario, over, to, stack)
            emulator = stack.enter_context(make_emulator(stage.settings))
            performance = Performance(emulator, file, stage)
            emulator.run_until_idle()
            return performance.report()
    except (RingbackError, OSError) as error:
        scenario = file.scenario
        return Report(file.name, scenario.name, scenario.why, over, trouble=str(error))


class Performance:
    """One scenario on one emulator: submitted when it is made; `report` when the clock has run.

    Between the two its owner runs the emulator until it is idle, blocking or awaiting.
    """

    def __init__(
        self, emulator: "Emulator | AsyncEmulator", file: ScenarioFile, stage: Stage | None = None
    ) -> None:
        """Connect the receiver and submit the request.

        Without a *stage*, an emulator whose receiver is connected already plays the scenario.
        Raises `SettingsError` where its settings are not those that the scenario names.
        """
        scenario = file.scenario
        check_settings(emulator.settings, scenario)
        self._emulator = emulator
        self._file = file
        self._stage = stage or Stage(emulator.settings)
        self._earlier = len(emulator.deliveries)
        endpoint = scenario.submit.endpoint
        if endpoint is not None:
            connect(emulator, scenario, self._stage, endpoint)
        self._submitted = self._submit()
        if scenario.failed_job is not None and (deliveries := self._deliveries()):
            emulator.fail_job(deliveries[-1], **scenario.failed_job.model_dump())

    def report(self) -> Report:
        """Hold what has been seen so far against what the file expects."""
        scenario = self._file.scenario
        deliveries = self._deliveries()
        seen = self._seen(deliveries)
        checks = [*compare(scenario.expect, seen), *self._wire_checks(seen)]
        return Report(
            file=self._file.name,
            name=scenario.name,
            why=scenario.why,
            over=self._stage.over,
            checks=tuple(replace(each, line=self._file.line(each.path)) for each in checks),
            timeline=tuple(_line(each) for delivery in deliveries for each in delivery.attempts),
            end=seen.state or str(seen.answer),
        )

    def _submit(self) -> Submitted:
        submit, emulator = self._file.scenario.submit, self._emulator
        if self._stage.over == "sockets":
            return submit_over_http(emulator.url, emulator.api_key, submit)
        try:
            content_type = submit.content_type or JSON
            delivery = emulator.submit(submit.text, content_type=content_type, **submit.parameters)
        except Refused as error:
            answer = SeenAnswer(
                error.status, error.payload["err_code"], error.payload["err_msg"], error.hint
            )
            return Submitted(answer)
        return Submitted(SeenAnswer(200), delivery.request_id)

    def _deliveries(self) -> "list[Delivery]":
        """Those of the request that was submitted: the application may have submitted others."""
        request_id = self._submitted.request_id
        later = self._emulator.deliveries[self._earlier :]
        return [each for each in later if each.request_id == request_id]

    def _seen(self, deliveries: "Sequence[Delivery]") -> Seen:
        attempts = [attempt for delivery in deliveries for attempt in delivery.attempts]
        requests = _requests(attempts, self._stage.wire)
        known = {"$key_id": self._emulator.key_id, "$request_id": self._submitted.request_id}
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


def _requests(attempts: "Sequence[Attempt]", wire: Wire | None) -> Iterator[CallbackMessage]:
    """What each attempt sent: as the receiver saw it where there is a real one."""
    arrived = iter(wire.receiver.requests if wire else ())
    for attempt in attempts:
        times = wire.script.arrivals(attempt.number) if wire else 0
        copies = [next(arrived, attempt.request) for _ in range(times)]
        yield copies[0] if copies else attempt.request


def _line(attempt: "Attempt") -> str:
    return str(attempt) if attempt.copy is None else f"{attempt}  copy: {attempt.copy}"


def _seen_attempt(attempt: "Attempt", request: CallbackMessage) -> SeenAttempt:
    return SeenAttempt(
        nanoseconds(attempt.offset),
        attempt.word,
        request.method,
        request.url,
        request.headers,
        request.body,
    )
