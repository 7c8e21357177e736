"""Attempts that arrive twice: the dispatcher hears the first copy, and a test sees both."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringback import Emulator, Reply, State, Stuck
from ringback.core.delivery.outcome import Aborted, Answered, TimedOut
from ringback.core.facts import AttemptFinished
from ringback.faces.playing import play_scenario
from ringback.scenario.reading import read_scenario
from ringback.scenario.staging import Over
from ringback.service.telling import line
from tests.integration.conftest import Rude
from tests.integration.rude_receiver import answers

APP = "https://app.example"
HOOK = "https://app.example/hook"
ELSEWHERE = "https://elsewhere.example"

Make = Callable[..., Emulator]

pytestmark = pytest.mark.rule("one-success")


class Forgetful:
    """An application that takes a callback once, and does *then* with whatever comes later."""

    def __init__(self, then: Callable[[], object], status: int = 204) -> None:
        self.status = status
        self.then = then
        self.calls = 0

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        self.calls += 1
        if self.calls > 1:
            done = self.then()
            if asyncio.iscoroutine(done):
                await done
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read()
        self.calls += 1
        if self.calls > 1:
            self.then()
        start_response(f"{self.status} Whatever", [])
        return []


def fail() -> None:
    raise KeyError("seen before")


# -- what is seen of the copy ----------------------------------------------------------------------


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
@pytest.mark.ringback(allow_crashes=True)
def test_an_app_that_fails_at_the_second_copy_is_found_out(
    make_ringback: Make, interface: str, follow: bool
) -> None:
    ringback = make_ringback(follow_redirects=follow)
    ringback.connect(APP, getattr(Forgetful(fail), interface), ["duplicate"])
    delivery = ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert (attempt.status, delivery.state) == (204, State.DELIVERED)
    assert isinstance(attempt.copy, Answered)
    assert attempt.copy.status == 500
    assert delivery.attempts[0].copy == attempt.copy
    copied = "copy: answered 500 (the app raised KeyError"
    assert copied in ringback.timeline
    assert delivery.timeline == ["+0s POST 204"]
    (finished,) = [fact for fact in ringback.journal if isinstance(fact, AttemptFinished)]
    assert finished.attempt.copy == attempt.copy
    assert f"; {copied}" in line(finished)


def test_what_arrives_once_has_no_copy(ringback: Emulator) -> None:
    ringback.receiver(APP, [503, 204], faults=["answer lost", None])
    ringback.submit("Hello", callback=HOOK)
    assert [attempt.copy for attempt in ringback.run_until_idle()] == [None, None]
    assert "copy" not in ringback.timeline


def test_a_real_receiver_that_fails_at_the_second_copy_is_found_out(
    ringback: Emulator, rude: Rude
) -> None:
    visits = iter([b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 500 Oh\r\n\r\n"])
    receiver = rude(lambda *given: answers(next(visits))(*given))
    ringback.connect(APP, f"http://127.0.0.1:{receiver.port}", ["duplicate"])
    ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert (attempt.status, attempt.copy) == (204, Answered(500))


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize(
    ("second", "copy"),
    [
        (Reply(409, after=3), "answered 409"),
        (Reply(409, after=10), "answered 409"),
        (Reply(409, after=11), "timed out: no answer within 10 s"),
        ("timeout", "timed out: no answer within 10 s"),
        ("refused", "could not connect (refused): scripted"),
        ("reset", "connection reset while waiting"),
        (Reply(503, {"retry-after": "5"}), "answered 503 (Retry-After is ignored)"),
    ],
)
def test_a_scripted_copy_is_heard_under_the_attempt_limit_and_changes_no_time(
    make_ringback: Make, second: Any, copy: str, follow: bool
) -> None:
    ringback = make_ringback(follow_redirects=follow)
    ringback.receiver(APP, [Reply(503, after=2), second, 204], faults=["duplicate"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+32s POST 204"]
    assert [str(attempt.copy) for attempt in delivery.attempts] == [copy, "None"]
    assert delivery.attempts[0].finished_at == 2


def test_where_the_second_copy_is_redirected_nobody_follows(make_ringback: Make) -> None:
    ringback = make_ringback(follow_redirects=True)
    there = {"location": f"{ELSEWHERE}/hook"}
    ringback.receiver(APP, [Reply(307, there), Reply(308, there)], faults=["duplicate"])
    elsewhere = ringback.receiver(ELSEWHERE, [204])
    ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert str(attempt.outcome) == f"answered 204 (redirected to {ELSEWHERE}/hook)"
    assert str(attempt.copy) == "answered 308 (the redirect is not followed)"
    assert len(elsewhere.requests) == 1


# -- what has been heard stands --------------------------------------------------------------------


async def for_ever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize(("status", "state"), [(204, State.DELIVERED), (503, State.SCHEDULED)])
@pytest.mark.ringback(allow_pending=True)
def test_a_copy_that_hangs_leaves_its_delivery_as_the_first_was_heard(
    make_ringback: Make, status: int, state: State, follow: bool
) -> None:
    ringback = make_ringback(guard=0.2, follow_redirects=follow)
    ringback.connect(APP, Forgetful(for_ever, status).asgi, ["duplicate"])
    delivery = ringback.submit("Hello", callback=HOOK)
    with pytest.raises(Stuck):
        ringback.settle()
    assert (delivery.statuses, delivery.state) == ([status], state)
    assert isinstance(delivery.attempts[0].copy, Aborted)


def test_a_first_copy_that_is_redirected_to_one_that_hangs_was_not_heard(
    make_ringback: Make,
) -> None:
    ringback = make_ringback(guard=0.2, follow_redirects=True)
    there = {"location": f"{ELSEWHERE}/hook"}
    ringback.receiver(APP, [Reply(307, there), 204], faults=["duplicate"])
    hanging = Forgetful(for_ever)
    hanging.calls = 1
    ringback.connect(ELSEWHERE, hanging.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    with pytest.raises(Stuck):
        ringback.settle()
    assert delivery.state is State.CANCELLED
    assert delivery.statuses == ["aborted"]


def test_a_real_limit_that_passes_over_the_copy_leaves_the_first(make_ringback: Make) -> None:
    ringback = make_ringback(clock="real", attempt_timeout=0.2)
    ringback.connect(APP, Forgetful(for_ever).asgi, ["duplicate"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert (delivery.statuses, delivery.state) == ([204], State.DELIVERED)
    assert delivery.attempts[0].copy == TimedOut(0.2)


# -- scenarios -------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", ["process", "sockets"])
def test_a_scenario_tells_of_the_copy_wherever_it_tells_of_the_attempt(
    over: Over, tmp_path: Path
) -> None:
    path = tmp_path / "twice.ringback.yaml"
    path.write_text(
        "version: 1\nname: Twice\n"
        f"submit: {{text: Hello, callback: {HOOK!r}}}\n"
        "receiver: [204, 500]\nfaults: [duplicate]\n"
        "expect: {attempts: [+0s], state: exhausted}\n"
    )
    report = play_scenario(read_scenario(path), over=over)
    (line,) = report.timeline
    assert line.startswith("+0s POST 204  copy: answered 500")
    assert line in str(report)
    assert line in json.dumps(report.as_json())
