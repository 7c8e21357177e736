"""Two copies of an attempt at the same time, at every kind of receiver."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Reply, State, Stuck, play_scenario
from ringback import read_scenario as read
from ringback.core.delivery.outcome import Aborted, Answered, TimedOut
from ringback.scenario.staging import Over

APP = "https://app.example"
HOOK = "https://app.example/hook"
ELSEWHERE = "https://elsewhere.example"
FAULTS = ["two at once"]
LIMIT = 20
"""Real seconds after which two that should have met never will."""

Make = Callable[..., Emulator]


class Meets:
    """An application that answers when two are inside, and what each of them is to answer."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.inside = 0
        self.both = asyncio.Event()
        self.barrier = threading.Barrier(2, timeout=LIMIT)

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        status = self.statuses[self.inside]
        self.inside += 1
        if self.inside == 2:
            self.both.set()
        await self.both.wait()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        self.barrier.wait()
        start_response(f"{self.statuses[0]} Whatever", [])
        return []

    @contextmanager
    def listening(self) -> Iterator[str]:
        """The URL at which it listens, with a thread for each connection."""
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                app.barrier.wait()
                self.send_response(app.statuses[0])
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("way", ["asgi", "wsgi", "socket"])
def test_a_receiver_has_both_copies_at_the_same_time(
    make_ringback: Make, way: str, follow: bool
) -> None:
    ringback = make_ringback(follow_redirects=follow)
    app = Meets(204, 204)
    with app.listening() as url:
        ringback.connect(APP, url if way == "socket" else getattr(app, way), FAULTS)
        delivery = ringback.submit("Hello", callback=HOOK)
        (attempt,) = ringback.run_until_idle()
    assert isinstance(attempt.copy, Answered)
    assert (attempt.fault, attempt.copy.status) == ("two at once", 204)
    assert delivery.timeline == ["+0s POST 204"]


@pytest.mark.asyncio
async def test_an_application_on_the_tests_own_loop_has_them_too() -> None:
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, Meets(204, 409).asgi, FAULTS)
        delivery = ringback.submit("Hello", callback=HOOK)
        (attempt,) = await ringback.run_until_idle()
    assert (attempt.status, attempt.copy) == (204, Answered(409))
    assert delivery.state is State.DELIVERED


def test_the_first_copy_is_heard_whichever_is_answered_first(ringback: Emulator) -> None:
    async def backwards(scope: Any, receive: Any, send: Any) -> None:
        status = statuses.pop(0)
        if status == 503:
            await second.wait()
        second.set()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body"})

    second, statuses = asyncio.Event(), [503, 204, 204]
    ringback.connect(APP, backwards, FAULTS)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+30s POST 204"]
    assert delivery.attempts[0].copy == Answered(204)


@pytest.mark.parametrize("follow", [True, False])
def test_a_scripted_receiver_answers_both(make_ringback: Make, follow: bool) -> None:
    ringback = make_ringback(follow_redirects=follow)
    receiver = ringback.receiver(APP, [Reply(503, after=2), 409, 204], faults=FAULTS)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+32s POST 204"]
    assert delivery.attempts[0].copy == Answered(409)
    assert len(receiver.requests) == 3


# -- what goes wrong -------------------------------------------------------------------------------


def failing_at_second(then: Callable[[], object]) -> Any:
    """An application of which the second of two copies does *then*."""
    calls = iter(range(9))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if next(calls) == 1:
            done = then()
            if asyncio.iscoroutine(done):
                await done
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    return app


def fail() -> None:
    raise KeyError("seen before")


async def for_ever() -> None:
    await asyncio.Event().wait()


@pytest.mark.ringback(allow_crashes=True)
def test_an_app_that_fails_with_one_of_them_is_found_out(ringback: Emulator) -> None:
    ringback.connect(APP, failing_at_second(fail), FAULTS)
    ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert attempt.status == 204
    assert "copy: answered 500 (the app raised KeyError" in ringback.timeline


def test_one_that_hangs_leaves_its_delivery_as_the_first_was_heard(make_ringback: Make) -> None:
    ringback = make_ringback(guard=0.2)
    ringback.connect(APP, failing_at_second(for_ever), FAULTS)
    delivery = ringback.submit("Hello", callback=HOOK)
    with pytest.raises(Stuck):
        ringback.settle()
    assert (delivery.statuses, delivery.state) == ([204], State.DELIVERED)
    assert isinstance(delivery.attempts[0].copy, Aborted)


def test_a_real_limit_that_passes_over_one_leaves_the_first(make_ringback: Make) -> None:
    ringback = make_ringback(clock="real", attempt_timeout=0.2)
    ringback.connect(APP, failing_at_second(for_ever), FAULTS)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert (delivery.statuses, delivery.state) == ([204], State.DELIVERED)
    assert delivery.attempts[0].copy == TimedOut(0.2)


@pytest.mark.ringback(strict=False)
def test_an_interrupt_in_one_of_them_reaches_the_test(ringback: Emulator) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    ringback.connect(APP, failing_at_second(interrupt), FAULTS)
    ringback.submit("Hello", callback=HOOK)
    with pytest.raises(KeyboardInterrupt):
        ringback.settle()


def test_where_the_second_is_redirected_nobody_follows(make_ringback: Make) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"location", f"{ELSEWHERE}/hook".encode())]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body"})

    ringback = make_ringback(follow_redirects=True)
    ringback.connect(APP, app, FAULTS)
    elsewhere = ringback.receiver(ELSEWHERE, [204])
    ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert str(attempt.outcome) == f"answered 204 (redirected to {ELSEWHERE}/hook)"
    assert str(attempt.copy) == "answered 307 (the redirect is not followed)"
    assert len(elsewhere.requests) == 1


def test_where_nobody_listens_neither_waits_for_the_other(ringback: Emulator) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_address[1]
    ringback.connect(APP, f"http://127.0.0.1:{port}", FAULTS)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert delivery.statuses == ["refused"]
    ringback.cancel(delivery, "nobody listens")


@pytest.mark.ringback(allow_crashes=True)
def test_what_fails_behind_the_second_answer_is_not_told_of_the_first(
    ringback: Emulator,
) -> None:
    calls = iter(range(9))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        call = next(calls)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        await asyncio.sleep(0)
        if call == 1:
            raise KeyError("after the answer")

    ringback.connect(APP, app, FAULTS)
    ringback.submit("Hello", callback=HOOK)
    (attempt,) = ringback.run_until_idle()
    assert "KeyError" not in str(attempt.outcome)


# -- scenarios -------------------------------------------------------------------------------------


def story(folder: Path, replies: str) -> Path:
    path = folder / "twice.ringback.yaml"
    path.write_text(
        "version: 1\nname: Two at once\n"
        f"submit: {{text: Hello, callback: {HOOK!r}}}\n"
        f"receiver: {replies}\nfaults: [two at once]\n"
        "expect: {attempts: [+0s], state: delivered}\n"
    )
    return path


@pytest.mark.parametrize("over", ["process", "sockets"])
def test_a_scenario_tells_of_both(over: Over, tmp_path: Path) -> None:
    report = play_scenario(read(story(tmp_path, "[204]")), over=over)
    assert report.failures == []
    assert report.timeline[0].startswith("+0s POST 204  copy: answered 204")


def test_two_different_answers_are_for_a_scripted_receiver_alone(tmp_path: Path) -> None:
    file = read(story(tmp_path, "[204, 500]"))
    assert play_scenario(file).failures == []
    assert "may answer either first" in str(play_scenario(file, over="sockets"))
