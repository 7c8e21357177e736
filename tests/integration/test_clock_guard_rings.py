"""What does not end: the guard rings, and says over what."""

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from ringback import Emulator, Settings, Stuck
from ringback.clock.guard import set_alarm
from ringback.clock.timer import Timer
from tests.integration.both_faces import (
    APP,
    GUARD,
    HOOK,
    Application,
    Face,
    Make,
    never_answers,
    submit,
    times,
    url_of,
    wait_until,
)
from tests.integration.conftest import Rude
from tests.integration.rude_receiver import hangs


def test_a_receiver_that_hangs_is_named_and_recorded_as_aborted(make: Make) -> None:
    """I17: a hung receiver ends in Stuck; nothing is simulated, and nothing is retried."""
    face = make(guard=GUARD)
    face.emulator.connect(APP, never_answers)
    delivery = submit(face, "/slow")
    with pytest.raises(Stuck) as stuck:
        face.call("advance", 30)
    assert "nothing moved for 0.05 real seconds" in str(stuck.value)
    assert f"attempt 1 of {delivery.request_id} to {HOOK}/slow" in str(stuck.value)
    assert delivery.statuses == ["aborted"]
    assert str(delivery.attempts[0].outcome).startswith(
        "aborted by the emulator: it kept the clock"
    )
    assert delivery.state == "cancelled"
    assert delivery.reason == "aborted: it kept the clock waiting for longer than Settings.guard"
    assert face.emulator.clock.elapsed == 0
    assert face.call("advance", 30) == []
    assert face.emulator.clock.elapsed == 30


def test_a_receiver_that_is_given_up_on_is_cancelled(make: Make) -> None:
    left = threading.Event()

    async def hangs_until_it_is_left(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    face = make(guard=GUARD)
    face.emulator.connect(APP, hangs_until_it_is_left)
    submit(face)
    with pytest.raises(Stuck):
        face.call("settle")
    face.call("settle")
    assert left.wait(60)


def test_a_stuck_attempt_takes_no_other_delivery_with_it(make: Make) -> None:
    face = make(guard=GUARD)
    face.emulator.connect(APP, never_answers)
    face.emulator.receiver("https://other.example")
    submit(face)
    other = face.emulator.submit("Hello", callback="https://other.example/")
    with pytest.raises(Stuck):
        face.call("settle")
    assert times(face.call("settle")) == [0]
    assert other.statuses == [200]


def test_a_hold_that_nobody_releases_is_named(make: Make) -> None:
    face = make(guard=GUARD)
    submit(face)
    with face.emulator.hold("the import runs"):
        with pytest.raises(Stuck, match=r"still in flight: hold: the import runs\. A real"):
            face.call("advance", 30)
        assert face.emulator.clock.elapsed == 0


def test_a_walk_waits_for_the_end_of_a_hold(
    face: Face, beside: Callable[..., "Future[Any]"]
) -> None:
    face.emulator.receiver(APP)
    begun, release = threading.Event(), threading.Event()

    def importing() -> None:
        with face.emulator.hold("the import runs"):
            begun.set()
            assert release.wait(60)
            submit(face)

    imported = beside(importing)
    assert begun.wait(60)
    threading.Timer(0.01, release.set).start()
    assert times(face.call("settle")) == [0]
    imported.result(10)


def test_a_receiver_that_blocks_the_engines_loop_is_stuck_for_blocking_tests() -> None:
    release = threading.Event()
    with Emulator(Settings(guard=GUARD)) as ringback:
        ringback.connect(APP, Application(lambda: release.wait(10)).asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        with pytest.raises(Stuck, match=f"attempt 1 of {delivery.request_id}"):
            ringback.settle()
        assert delivery.statuses == ["aborted"]

        ringback.submit("Hello", callback=HOOK)
        with pytest.raises(Stuck):
            ringback.settle()
        release.set()

        ringback.clock._guard = 60  # an answer may take longer on a busy machine
        ringback.connect(APP, Application().asgi)
        ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert [each.statuses for each in ringback.deliveries] == [["aborted"], ["aborted"], [200]]


def test_a_receiver_that_blocks_its_worker_thread_is_stuck(make: Make) -> None:
    release = threading.Event()
    face = make(guard=GUARD)
    face.emulator.connect(APP, Application(lambda: release.wait(10)).wsgi)
    delivery = submit(face)
    with pytest.raises(Stuck):
        face.call("settle")
    release.set()
    assert delivery.statuses == ["aborted"]


def test_a_receiver_on_a_socket_that_hangs_is_stuck(make: Make, rude: Rude) -> None:
    face = make(guard=GUARD)
    receiver = rude(hangs)
    face.emulator.connect(APP, url_of(receiver))
    delivery = submit(face)
    with pytest.raises(Stuck):
        face.call("settle")
    assert delivery.statuses == ["aborted"]


def test_a_request_that_never_ends_is_named(make: Make) -> None:
    face = make(guard=GUARD)
    port = int(face.emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST /v1/speak HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n"
            + f"authorization: Token {face.emulator.api_key}\r\n\r\n".encode()
        )
        wait_until(lambda: "1 in flight" in repr(face.emulator.clock))
        with pytest.raises(Stuck, match=r"still in flight: a request to /v1/speak"):
            face.call("settle")


@pytest.mark.parametrize("guard", [1e12, 4e9])
def test_a_guard_of_centuries_is_no_limit(make: Make, guard: float) -> None:
    face = make(guard=guard)
    face.emulator.connect(APP, Application().asgi)
    submit(face)
    assert times(face.call("settle")) == [0]


def test_nothing_is_left_of_an_effect_that_has_ended(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm would keep it in memory for as long as the guard is."""
    alarms: list[Timer] = []

    def noted(seconds: float, ring: Callable[[], None]) -> Timer:
        alarms.append(set_alarm(seconds, ring))
        return alarms[-1]

    monkeypatch.setattr("ringback.clock.guard.set_alarm", noted)
    monkeypatch.setattr("ringback.clock.guard.PATIENCE", 1e9)
    face.emulator.connect(APP, Application(status=503).asgi)
    submit(face)
    face.call("run_until_idle")
    assert [alarm.over for alarm in alarms] == [True] * len(alarms)
    assert face.emulator._service.clock._when_closed == {}


def test_an_error_of_the_effect_is_no_guard(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `TimeoutError` that is raised inside is raised as what it is."""

    async def carried_out(launch: object) -> None:
        raise TimeoutError("of our own")

    face.emulator.connect(APP, Application().asgi)
    submit(face)
    with monkeypatch.context() as patched:
        patched.setattr("ringback.clock.verbs._carried_out", carried_out)
        with pytest.raises(TimeoutError, match="of our own"):
            face.call("settle")


def test_what_ends_at_the_last_moment_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of a blocking verb rings, and the effect ends before anybody looks."""

    def result(self: "Future[object]", timeout: float | None = None) -> object:
        if timeout is not None:
            wait(self)
            raise TimeoutError
        return wait(self)

    wait = Future.result
    with Emulator() as ringback:
        ringback.connect(APP, Application().asgi)
        ringback.submit("Hello", callback=HOOK)
        with monkeypatch.context() as patched:
            patched.setattr(Future, "result", result)
            made = ringback.settle()
        assert times(made) == [0]
