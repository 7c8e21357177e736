"""What an application goes on doing after its answer: its attempt is over, and time waits."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from flask import Flask

from ringback import Attempt, ClockBusy, Emulator, Settings
from ringback.core.facts import AttemptFinished, AttemptStarted, BackgroundFailed, Fact
from ringback.errors import Stuck
from tests.integration.both_faces import APP, HOOK, Awaiting, Blocking
from tests.integration.conftest import FakeAlarm

PATIENCE = 20


@pytest.fixture(params=[Blocking, Awaiting])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Both faces, one after the other."""
    made: list[Any] = []

    def begin(**settings: Any) -> Any:
        made.append(request.param(**settings))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def asgi(after: Callable[[], Any]) -> FastAPI:
    """An application that awaits *after* in its background."""
    app = FastAPI()

    @app.post("/hook", status_code=202)
    async def done(background: BackgroundTasks) -> None:
        background.add_task(after)

    return app


def wsgi(after: Callable[[], Any]) -> Flask:
    """An application that calls *after* when its answer is closed."""
    app = Flask("receiver")

    @app.post("/hook")
    def done() -> Any:
        response = app.make_response(("", 202))
        response.call_on_close(after)
        return response

    return app


def said(made: list[Attempt]) -> list[str]:
    return [str(attempt.outcome) for attempt in made]


def impatient_once_answered(emulator: Any) -> None:
    """From the end of the first attempt on the guard is short; before, it never rings."""

    def look(fact: Fact) -> None:
        if isinstance(fact, AttemptFinished):
            emulator.clock._guard = 0.05

    emulator.journal.on_append = look


async def for_ever() -> None:
    await asyncio.Event().wait()


def test_an_answer_stands_whose_background_outlives_the_guard(make: Callable[..., Any]) -> None:
    face = make(guard=60)
    impatient_once_answered(face.emulator)
    face.emulator.connect(APP, asgi(for_ever))
    delivery = face.emulator.submit("Hello", callback=HOOK)
    with pytest.raises(Stuck) as stuck:
        face.call("run_until_idle")
    work = f"background work after attempt 1 of {delivery.request_id} to {HOOK}"
    assert f"still in flight: {work}. The callback was answered" in str(stuck.value)
    assert "hangs" not in str(stuck.value)
    assert (delivery.state, delivery.statuses) == ("delivered", [202])
    assert face.call("run_until_idle") == []
    assert face.emulator.clock._virtual.busy == []


def test_the_same_for_an_answer_that_is_not_closed(make: Callable[..., Any]) -> None:
    may_end = threading.Event()
    face = make(guard=60)
    impatient_once_answered(face.emulator)
    face.emulator.connect(APP, wsgi(lambda: may_end.wait(PATIENCE)))
    delivery = face.emulator.submit("Hello", callback=HOOK)
    with pytest.raises(Stuck, match="in flight: background work after attempt 1 of"):
        face.call("run_until_idle")
    assert (delivery.state, delivery.statuses) == ("delivered", [202])
    assert face.call("run_until_idle") == []
    may_end.set()


def test_a_test_sees_what_the_background_has_done_and_no_time_has_passed(
    make: Callable[..., Any],
) -> None:
    face = make()
    seen: list[object] = []

    def looks() -> None:
        (delivery,) = face.emulator.deliveries
        seen.append((delivery.state, delivery.statuses, face.emulator.clock.elapsed))

    async def much_later() -> None:
        for _ in range(50):
            await asyncio.to_thread(bool)
        looks()

    face.emulator.connect(APP, asgi(much_later))
    face.emulator.submit("Hello", callback=HOOK)
    face.call("advance", 90)
    assert seen == [("delivered", [202], 0)]
    assert face.emulator.clock.elapsed == 90


def test_what_is_done_when_an_answer_is_closed_is_seen_as_well(make: Callable[..., Any]) -> None:
    face = make()
    seen: list[object] = []
    face.emulator.connect(APP, wsgi(lambda: seen.append(face.emulator.clock.elapsed)))
    face.emulator.submit("Hello", callback=HOOK)
    face.call("advance", 90)
    assert seen == [0]


async def fails_later() -> None:
    for _ in range(50):
        await asyncio.to_thread(bool)
    raise LookupError("no mailbox")


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_an_error_in_the_background_is_noted_and_the_answer_stands(
    make: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    face = make()
    face.emulator.connect(APP, asgi(fails_later))
    delivery = face.emulator.submit("Hello", callback=HOOK)
    note = "the app raised LookupError: no mailbox"
    assert said(face.call("run_until_idle")) == [f"answered 202 ({note})"]
    assert said(delivery.attempts) == [f"answered 202 ({note})"]
    assert (delivery.state, delivery.statuses) == ("delivered", [202])
    kinds = (AttemptStarted, AttemptFinished, BackgroundFailed)
    facts = [each for each in face.emulator.journal if isinstance(each, kinds)]
    assert [type(each) for each in facts] == list(kinds)
    assert facts[-1] == BackgroundFailed(0, 0, 1, note)
    said_of_it = [each.getMessage() for each in caplog.records if each.name == "ringback.receiver"]
    assert said_of_it == ["https://app.example/hook: the receiver failed"]


def test_an_error_in_the_background_of_a_lost_answer_is_noted_with_it(
    make: Callable[..., Any],
) -> None:
    face = make()
    face.emulator.connect(APP, asgi(fails_later), faults=["answer lost"])
    delivery = face.emulator.submit("Hello", callback=HOOK)
    face.call("settle")
    (attempt,) = delivery.attempts
    assert attempt.word == "answer lost"
    assert "no mailbox" in attempt.outcome.answer.note


def test_a_copy_comes_while_the_first_one_is_still_worked_on(make: Callable[..., Any]) -> None:
    """As over a socket: what is deduplicated by then is a matter of the application's."""
    face = make()
    order: list[str] = []
    second = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if order:
            second.set()
        order.append("asked")
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})
        await second.wait()
        order.append("worked")

    face.emulator.connect(APP, app, faults=["duplicate"])
    face.emulator.submit("Hello", callback=HOOK)
    face.call("settle")
    assert order == ["asked", "asked", "worked", "worked"]


def test_the_background_cannot_move_the_time_that_waits_for_it(make: Callable[..., Any]) -> None:
    face = make()
    errors: list[ClockBusy] = []

    async def moves() -> None:
        await asyncio.to_thread(bool)
        try:
            moved = face.emulator.settle()
            if asyncio.iscoroutine(moved):
                await moved
        except ClockBusy as error:
            errors.append(error)

    face.emulator.connect(APP, asgi(moves))
    face.emulator.submit("Hello", callback=HOOK)
    face.call("settle")
    assert "inside a receiver" in str(errors)


def test_while_time_flows_an_answer_counts_at_once_and_a_verb_waits_for_the_rest() -> None:
    finished, may_end = threading.Event(), threading.Event()
    done: list[str] = []

    async def later() -> None:
        await asyncio.to_thread(may_end.wait, PATIENCE)
        done.append("later")

    with Emulator(Settings(clock="real", attempt_timeout=600)) as ringback:
        ringback.journal.on_append = lambda fact: (
            finished.set() if isinstance(fact, AttemptFinished) else None
        )
        ringback.connect(APP, asgi(later))
        delivery = ringback.submit("Hello", callback=HOOK)
        assert finished.wait(PATIENCE)
        assert (delivery.state, done) == ("delivered", [])
        (busy,) = ringback.clock._virtual.busy
        assert busy.startswith("background work after attempt 1 of")
        may_end.set()
        ringback.settle()
        assert done == ["later"]


def test_the_limit_of_an_attempt_is_none_of_its_backgrounds(
    alarm: FakeAlarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringback.engine.calls.set_alarm", alarm)
    finished, may_end = threading.Event(), threading.Event()
    done: list[str] = []

    async def later() -> None:
        await asyncio.to_thread(may_end.wait, PATIENCE)
        done.append("later")

    with Emulator(Settings(clock="real", attempt_timeout=7, retries=0)) as ringback:
        ringback.journal.on_append = lambda fact: (
            finished.set() if isinstance(fact, AttemptFinished) else None
        )
        ringback.connect(APP, asgi(later))
        delivery = ringback.submit("Hello", callback=HOOK)
        assert finished.wait(PATIENCE)
        alarm.ring(7)
        may_end.set()
        ringback.settle()
        assert (delivery.statuses, done, alarm.faults) == ([202], ["later"], [])


def test_an_error_in_the_background_of_a_copy_is_noted_with_the_copy(
    make: Callable[..., Any],
) -> None:
    face = make()
    asked: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append("once more")
        await send({"type": "http.response.start", "status": 200 + len(asked)})
        await send({"type": "http.response.body"})
        if len(asked) == 2:
            await fails_later()

    face.emulator.connect(APP, app, faults=["duplicate"])
    delivery = face.emulator.submit("Hello", callback=HOOK)
    (attempt,) = face.call("settle")
    assert str(attempt.outcome) == "answered 201"
    assert str(attempt.copy) == "answered 202 (the app raised LookupError: no mailbox)"
    assert delivery.statuses == [201]


def test_an_emulator_ends_beside_background_work() -> None:
    stopped = threading.Event()

    async def works() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    with Emulator(Settings(clock="real")) as ringback:
        finished = threading.Event()
        ringback.journal.on_append = lambda fact: (
            finished.set() if isinstance(fact, AttemptFinished) else None
        )
        ringback.connect(APP, asgi(works))
        ringback.submit("Hello", callback=HOOK)
        assert finished.wait(PATIENCE)
    assert stopped.wait(PATIENCE)
