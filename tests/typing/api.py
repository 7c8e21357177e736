"""What a type checker knows of the public names. Checked by mypy, and never run.

Everything that the design promises stands here once, with the type under which users see it.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, assert_type

from starlette.types import ASGIApp

import ringback
from ringback import (
    AnswerLost,
    AsyncEmulator,
    Attempt,
    CallbackMessage,
    Deliveries,
    Delivery,
    Emulator,
    Endpoint,
    Fact,
    Fault,
    Headers,
    Identified,
    Journal,
    Outcome,
    ReceivedRequest,
    ReceivedRequests,
    Receiver,
    Reply,
    Report,
    Response,
    ScenarioFile,
    Server,
    Settings,
    SpeakRequest,
    State,
    play_scenario,
    read_scenario,
)


def an_emulator_is_a_context() -> None:
    with Emulator() as emulator:
        assert_type(emulator, Emulator)
    with Emulator(Settings(retries=3)) as emulator:
        assert_type(emulator, Emulator)
    opened = Emulator().open()
    assert_type(opened, Emulator)
    assert_type(opened.close(), None)
    assert_type(
        opened.__exit__,
        Callable[
            [type[BaseException] | None, BaseException | None, TracebackType | None],
            None,
        ],
    )


async def an_async_emulator_is_an_async_context() -> None:
    async with AsyncEmulator() as emulator:
        assert_type(emulator, AsyncEmulator)
    async with AsyncEmulator(Settings(seed=7)) as emulator:
        assert_type(emulator, AsyncEmulator)
    assert_type(AsyncEmulator().open(), AsyncEmulator)


def what_both_faces_share(emulator: Emulator | AsyncEmulator, app: ASGIApp) -> None:
    assert_type(emulator.url, str)
    assert_type(emulator.ws_url, str)
    assert_type(emulator.api_key, str)
    assert_type(emulator.key_id, str)
    assert_type(emulator.app, ASGIApp)
    assert_type(emulator.settings, Settings)
    assert_type(emulator.timeline, str)

    delivery = emulator.submit(
        "Hello",
        callback="https://app.example/hook",
        callback_method="put",
        tag=["a", "b"],
        sample_rate=24000,
    )
    assert_type(delivery, Delivery)
    assert_type(emulator.cancel(delivery, "seen enough"), None)
    assert_type(emulator.redeliver(delivery), Delivery)
    assert_type(emulator.fail_job(delivery, err_code="SLOW_UPLOAD", err_msg="Too slow."), None)
    assert_type(emulator.hold("a thread of ours"), AbstractContextManager[None])
    assert_type(emulator.reset(), None)

    assert_type(emulator.connect("https://app.example", app), None)
    assert_type(emulator.connect("https://app.example", app, lifespan=True), None)
    assert_type(emulator.connect("https://app.example", "http://127.0.0.1:49152"), None)
    assert_type(emulator.connect("https://app.example", app, faults=[None, "answer lost"]), None)
    receiver = emulator.receiver("https://app.example")
    assert_type(receiver, Receiver)
    replies: list[int | str | Reply] = [503, "timeout", Reply(204)]
    assert_type(emulator.receiver("https://app.example", replies=replies), Receiver)
    assert_type(emulator.receiver("https://app.example", faults=[503, None]), Receiver)
    plain = {"fault": "slow", "after": 3}
    emulator.fault_deliveries(Fault("body cut", at=100), plain, None, when=lambda it: bool(it.text))
    emulator.submit("Hello", callback="https://app.example", faults=["late copy", Reply(502)])
    assert_type(emulator.connect("https://other.example", receiver), None)

    assert_type(emulator.deliveries, Deliveries)
    assert_type(emulator.pending, Deliveries)
    assert_type(emulator.requests, ReceivedRequests)
    assert_type(emulator.requests[0], ReceivedRequest)
    assert_type(emulator.requests[1:], tuple[ReceivedRequest, ...])
    assert_type(emulator.journal, Journal)
    assert_type(emulator.identify(b"audio"), Identified | None)
    assert_type(emulator.identify(b"samples", sample_rate=16000), Identified | None)
    assert_type(emulator.leftovers(), dict[str, list[str]])


def what_arrived(request: ReceivedRequest) -> None:
    assert_type(request.at, int | float)
    assert_type(request.method, str)
    assert_type(request.path, str)
    assert_type(request.query, str)
    assert_type(request.headers, Headers)
    assert_type(request.content_type, str | None)
    assert_type(request.body, bytes)
    assert_type(request.size, int)
    assert_type(request.status, int)
    assert_type(request.request_id, str)


def what_was_asked(request: SpeakRequest, endpoint: Endpoint) -> None:
    assert_type(request.text, str)
    assert_type(request.speed, float)
    assert_type(request.callback, Endpoint | None)
    assert_type(request.method, str)
    assert_type(request.tags, tuple[str, ...])
    assert_type(endpoint.origin, str)
    assert_type(endpoint.url, str)


def an_outcome_is_one_of_these(outcome: Outcome) -> str:
    match outcome:
        case ringback.Answered():
            assert_type(outcome.status, int)
            assert_type(outcome.headers, Headers)
            assert_type(outcome.body, bytes)
            return outcome.note
        case AnswerLost():
            return str(outcome.answer.status)
        case ringback.TimedOut():
            assert_type(outcome.limit, float)
            return outcome.phase
        case ringback.Unreachable():
            return outcome.reason
        case ringback.Dropped():
            return outcome.phase
        case ringback.Garbled():
            return outcome.detail
        case ringback.Aborted():
            return outcome.reason


def emulators_share_a_server() -> None:
    server = Server(port=0)
    assert_type(server.url, str)
    assert_type(Emulator(server=server), Emulator)
    assert_type(server.stop(), None)


def a_scenario_is_read_once_and_played() -> None:
    file = read_scenario(Path("story.ringback.yaml"))
    assert_type(file, ScenarioFile)
    assert_type(play_scenario(file, over="sockets", to="http://127.0.0.1:5000"), Report)


def what_a_body_was_known_as(identified: Identified) -> None:
    assert_type(identified.request, SpeakRequest)
    assert_type(identified.request_ids, tuple[str, ...])
    assert_type(identified.complete, bool)
    assert_type(identified.how, Literal["bytes", "frames", "ear"])
    assert_type(identified.followed_by, tuple[SpeakRequest, ...])


def the_verbs_block(emulator: Emulator) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert_type(emulator.settle(), list[Attempt])
    assert_type(emulator.advance(90), list[Attempt])
    assert_type(emulator.advance(0.5), list[Attempt])
    assert_type(emulator.advance(timedelta(minutes=5)), list[Attempt])
    assert_type(emulator.advance_to(30), list[Attempt])
    assert_type(emulator.advance_to(moment), list[Attempt])
    assert_type(emulator.advance_to(timedelta(seconds=30)), list[Attempt])
    assert_type(emulator.advance_to_next(), list[Attempt])
    assert_type(emulator.step(), list[Attempt])
    assert_type(emulator.run_until_idle(), list[Attempt])
    assert_type(emulator.advance_until(lambda: emulator.pending, within=300), list[Attempt])
    assert_type(emulator.play("story.ringback.yaml"), Report)
    assert_type(emulator.play(Path("story.ringback.yaml")), Report)


def the_clock_has_the_same_verbs(emulator: Emulator) -> None:
    clock = emulator.clock
    assert_type(clock.now, datetime)
    assert_type(clock.elapsed, int | float)
    assert_type(clock.next_due, int | float | None)
    assert_type(clock.settle(), list[Attempt])
    assert_type(clock.advance(90), list[Attempt])
    assert_type(clock.advance_to(90), list[Attempt])
    assert_type(clock.advance_to_next(), list[Attempt])
    assert_type(clock.step(), list[Attempt])
    assert_type(clock.run_until_idle(), list[Attempt])
    assert_type(clock.advance_until(lambda: True, within=1), list[Attempt])
    assert_type(clock.hold("a reason"), AbstractContextManager[None])
    assert_type(clock.sync(), list[Attempt])


async def the_verbs_are_awaited(emulator: AsyncEmulator) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert_type(await emulator.settle(), list[Attempt])
    assert_type(await emulator.advance(90), list[Attempt])
    assert_type(await emulator.advance(timedelta(minutes=5)), list[Attempt])
    assert_type(await emulator.advance_to(30), list[Attempt])
    assert_type(await emulator.advance_to(moment), list[Attempt])
    assert_type(await emulator.advance_to_next(), list[Attempt])
    assert_type(await emulator.step(), list[Attempt])
    assert_type(await emulator.run_until_idle(), list[Attempt])
    assert_type(await emulator.advance_until(lambda: True, within=300), list[Attempt])
    assert_type(await emulator.play(Path("story.ringback.yaml")), Report)
    assert_type(await emulator.clock.settle(), list[Attempt])
    assert_type(await emulator.clock.advance(90), list[Attempt])
    assert_type(await emulator.clock.sync(), list[Attempt])
    assert_type(emulator.clock.now, datetime)


def deliveries_are_a_sequence(deliveries: Deliveries) -> None:
    sequence: Sequence[Delivery] = deliveries
    assert_type(len(sequence), int)
    assert_type(deliveries.only(), Delivery)
    assert_type(deliveries[0], Delivery)
    assert_type(deliveries[1:], Deliveries)
    assert_type(deliveries.for_request("01b0a7ea-…"), Delivery)
    assert_type(deliveries.to("https://app.example"), Deliveries)
    assert_type([each.request_id for each in deliveries], list[str])


def a_delivery(delivery: Delivery) -> None:
    assert_type(delivery.request_id, str)
    assert_type(delivery.key_id, str)
    assert_type(delivery.request, SpeakRequest)
    assert_type(delivery.endpoint, Endpoint)
    assert_type(delivery.state, State)
    assert_type(delivery.settled, bool)
    assert_type(delivery.reason, str)
    assert_type(delivery.due_at, int | float | None)
    assert_type(delivery.accepted_at, int | float)
    assert_type(delivery.attempts, list[Attempt])
    assert_type(delivery.timeline, list[str])
    assert_type(delivery.offsets, list[int | float])
    assert_type(delivery.statuses, list[int | str])
    assert_type(delivery.audio, bytes)


def a_state_is_a_word(state: State) -> None:
    word: str = state
    assert_type(word, str)
    assert_type(State("in flight"), State)
    assert_type(list(State), list[State])


def an_attempt(attempt: Attempt) -> None:
    assert_type(attempt.number, int)
    assert_type(attempt.request_id, str)
    assert_type(attempt.offset, int | float)
    assert_type(attempt.started_at, int | float)
    assert_type(attempt.finished_at, int | float)
    assert_type(attempt.outcome, Outcome)
    assert_type(attempt.copy, Outcome | None)
    assert_type(str(attempt.outcome), str)
    assert_type(attempt.word, str)
    assert_type(attempt.status, int | None)
    assert_type(attempt.fault, str | None)
    assert_type(attempt.request, CallbackMessage)
    assert_type(attempt.response, Response | None)


def what_was_sent_and_answered(message: CallbackMessage, response: Response) -> None:
    assert_type(message.method, str)
    assert_type(message.url, str)
    assert_type(message.headers, Headers)
    assert_type(message.headers["dg-token"], str)
    assert_type(message.headers.get("dg-token"), str | None)
    assert_type(message.body, bytes)
    assert_type(response.status, int)
    assert_type(response.headers, Headers)
    assert_type(response.body, bytes)


def a_receiver(receiver: Receiver) -> None:
    assert_type(receiver.url, str)
    assert_type(receiver.requests, Sequence[CallbackMessage])
    assert_type(receiver.unused, int)
    assert_type(receiver.replies(503, "timeout", Reply(204)), None)


def a_reply() -> None:
    assert_type(Reply(), Reply)
    assert_type(Reply(429, {"retry-after": "1"}, "later", timedelta(seconds=2)), Reply)
    reply = Reply(status=200, headers=Headers({"a": "b"}), body=b"ok", after=0.5)
    assert_type(reply.status, int)
    assert_type(reply.after, float | timedelta)


def settings() -> None:
    made = Settings(
        seed=7,
        epoch=datetime(2026, 1, 1, tzinfo=UTC),
        clock="x100",
        retries=10,
        retry_delay=30,
        connect_timeout=1.0,
        attempt_timeout=timedelta(seconds=10),
        processing_time=0,
        permitted_ports=(80, 443),
        dg_token=True,
        callback_metadata=True,
        mp3_sample_rate=22050,
        allow_hosts=("staging.example",),
        api_key="a key",
        ca_file="ca.pem",
        speech=False,
    )
    assert_type(made.changed(retries=3), Settings)
    assert_type(made.seed, int | None)
    assert_type(made.epoch, datetime)
    assert_type(made.clock, str)
    assert_type(made.retries, int)
    assert_type(made.retry_delay, float | timedelta)
    assert_type(made.permitted_ports, tuple[int, ...] | Literal["any"])
    assert_type(made.api_key, str | None)


def errors_are_one_family(error: ringback.RingbackError) -> None:
    clock: list[type[ringback.ClockError]] = [
        ringback.ClockBackwards,
        ringback.ClockBusy,
        ringback.ClockClosed,
        ringback.ClockLeap,
        ringback.NeverTrue,
        ringback.NothingDue,
        ringback.Runaway,
        ringback.Stuck,
        ringback.WrongFace,
    ]
    others: list[type[ringback.RingbackError]] = [
        ringback.AnswerCut,
        ringback.ClockError,
        ringback.ScenarioError,
        ringback.NotRunning,
        ringback.ServerError,
        ringback.SettingsError,
        ringback.SpeechError,
    ]
    family: Iterable[type[Exception]] = [*clock, *others]
    assert_type(next(iter(family)), type[Exception])
    if isinstance(error, ringback.Refused):
        assert_type(error.status, int)
        assert_type(error.payload, dict[str, str])
        assert_type(error.hint, str)
    if isinstance(error, ringback.ScenarioError):
        assert_type(error.problems, tuple[str, ...])


def a_journal(journal: Journal) -> None:
    assert_type(journal[0], Fact)
    assert_type(journal.since(3), list[Fact])
    assert_type([fact.name for fact in journal], list[str])


def a_report(report: Report) -> None:
    assert_type(report.passed, bool)
    assert_type(report.failures, list[str])
    assert_type(report.timeline, tuple[str, ...])
    assert_type(report.as_json(), dict[str, Any])


def a_test_of_the_users(
    ringback: Emulator,
    async_ringback: AsyncEmulator,
    make_ringback: Callable[..., Emulator],
    ringback_settings: Settings,
) -> None:
    """Fixtures, annotated as users do."""
    assert_type(make_ringback(retries=3), Emulator)
    assert_type(ringback_settings.changed(retries=3), Settings)
    assert_type(ringback.deliveries.only(), Delivery)
    assert_type(async_ringback.deliveries.only(), Delivery)


def a_client_has_the_names_of_an_emulator() -> None:
    with ringback.Client("http://127.0.0.1:8088", "key", token=None) as client:
        assert_type(client, ringback.Client)
        assert_type(client.receiver("https://app.example"), ringback.RemoteReceiver)
        delivery = client.submit("Hello", callback="https://app.example/done")
        assert_type(delivery, ringback.RemoteDelivery)
        assert_type(client.run_until_idle(), list[ringback.RemoteAttempt])
        assert_type(client.clock.now, datetime)
        assert_type(delivery.state, State)
        assert_type(delivery.attempts[0].request, ringback.RemoteMessage)
        assert_type(client.deliveries.only(), ringback.RemoteDelivery)
        assert_type(client.requests, list[ringback.RemoteRequest])
        assert_type(client.leftovers(), dict[str, list[str]])
