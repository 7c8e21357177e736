"""A clock that drives itself: what it does, what holds it back, and what it says."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI

from ringback import (
    AsyncEmulator,
    ClockBusy,
    ClockError,
    Delivery,
    Emulator,
    RequestFailure,
    Runaway,
    Settings,
    Stuck,
)
from ringback.clock.turns import drained
from ringback.core.facts import Fact
from ringback.serving import speaking
from tests.integration.conftest import FakeAlarm

APP = "https://app.example"
HOOK = "https://app.example/hook"
PATIENCE = 30
ELEVEN = list(range(0, 301, 30))


class Idle:
    """Set whenever something has happened, and no delivery of *emulator* is pending any more."""

    def __init__(self, emulator: Emulator | AsyncEmulator) -> None:
        self._emulator = emulator
        self._idle = threading.Event()
        emulator.journal.on_append = self._hear

    def wait(self) -> None:
        assert self._idle.wait(PATIENCE), self._emulator.timeline

    def _hear(self, fact: Fact) -> None:
        if self._emulator.pending:
            self._idle.clear()
        else:
            self._idle.set()


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator(Settings(clock="auto")) as emulator:
        yield emulator


def submit(ringback: Emulator | AsyncEmulator, url: str = HOOK) -> Delivery:
    return ringback.submit("Hello", callback=url)


def settled_turns(ringback: Emulator) -> None:
    """Have the clock look as often as it likes."""
    for _ in range(3):
        ringback._service.loop.submit(drained()).result(PATIENCE)


async def answer(send: Any, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body"})


# -- what it does ---------------------------------------------------------------------------------


def test_eleven_attempts_come_by_themselves_at_exactly_their_moments(ringback: Emulator) -> None:
    idle = Idle(ringback)
    ringback.receiver(APP, [500])
    delivery = submit(ringback)
    idle.wait()
    assert delivery.offsets == ELEVEN
    assert ringback.clock.elapsed == 300


def test_they_do_on_the_loop_of_a_coroutine_too() -> None:
    async def story() -> None:
        async with AsyncEmulator(Settings(clock="auto")) as ringback:
            calls: list[float] = []
            over = asyncio.Event()

            async def app(scope: Any, receive: Any, send: Any) -> None:
                calls.append(ringback.clock.elapsed)
                await answer(send, 500)
                if len(calls) == 11:
                    over.set()

            ringback.connect(APP, app)
            submit(ringback)
            await asyncio.wait_for(over.wait(), PATIENCE)
            assert calls == ELEVEN

    asyncio.run(story())


def test_what_a_receiver_causes_before_it_answers_comes_before_any_later_moment(
    ringback: Emulator,
) -> None:
    idle = Idle(ringback)
    called: list[tuple[float, str]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        called.append((ringback.clock.elapsed, scope["path"]))
        if len(called) == 2:
            async with httpx.AsyncClient() as client:
                headers = {"authorization": f"Token {ringback.api_key}"}
                asked = {"callback": "https://app.example/caused"}
                url = f"{ringback.url}/v1/speak"
                await client.post(url, params=asked, json={"text": "Hello"}, headers=headers)
        await answer(send, 500 if len(called) < 4 else 200)

    ringback.connect(APP, app)
    submit(ringback)
    idle.wait()
    assert called == [
        (0, "/hook"),
        (30, "/hook"),
        (30, "/caused"),
        (60, "/hook"),
        (60, "/caused"),
    ]


def test_it_begins_again_with_a_reset(ringback: Emulator) -> None:
    for _ in range(2):
        idle = Idle(ringback)
        ringback.receiver(APP, [500])
        delivery = submit(ringback)
        idle.wait()
        assert delivery.offsets == ELEVEN
        ringback.reset()
    assert ringback.clock.elapsed == 0


def test_a_late_answer_is_late_on_the_clock_alone(ringback: Emulator) -> None:
    ringback.fail_requests(RequestFailure(503, delay=20))
    with httpx.Client(headers={"authorization": f"Token {ringback.api_key}"}) as client:
        said = client.post(f"{ringback.url}/v1/speak", json={"text": "Hello"}, timeout=PATIENCE)
    assert said.status_code == 503
    assert ringback.clock.elapsed == 20


def test_verbs_go_on_from_where_it_came_to_rest(ringback: Emulator) -> None:
    ringback.receiver(APP, [500, 200])
    delivery = submit(ringback)
    ringback.run_until_idle()
    assert delivery.offsets == [0, 30]
    assert ringback.advance(90) == []
    assert ringback.clock.elapsed == 120
    ringback.advance_to(200)
    assert submit(ringback).accepted_at == 200


@pytest.mark.parametrize("verb", ["step", "advance_to_next"])
def test_a_step_is_refused_with_what_to_do_instead(ringback: Emulator, verb: str) -> None:
    with pytest.raises(ClockError, match=rf"^{verb}\(\): a clock that is 'auto' takes every step"):
        getattr(ringback, verb)()


# -- what holds it back ---------------------------------------------------------------------------


def test_what_is_submitted_in_a_hold_is_pending_until_its_end(ringback: Emulator) -> None:
    idle = Idle(ringback)
    ringback.receiver(APP)
    with ringback.hold("a look"):
        delivery = submit(ringback)
        settled_turns(ringback)
        assert (delivery.state, delivery.due_at, len(ringback.pending)) == ("scheduled", 0, 1)
    idle.wait()
    assert delivery.state == "delivered"


def test_a_request_of_which_half_has_arrived_holds_it_back(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "_HALF_SENT", 0)
    idle = Idle(ringback)
    ringback.receiver(APP)
    host, port = ringback._served()._bound().host, ringback._served().port
    with (
        ringback.hold("half a request is sent"),
        closing(socket.create_connection((host, port))) as peer,
    ):
        delivery = submit(ringback)
        head = f"POST /v1/speak HTTP/1.1\r\nHost: x\r\nAuthorization: Token {ringback.api_key}\r\n"
        peer.sendall(f"{head}Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nHe".encode())
        clock = ringback._service.clock
        while "a request to /v1/speak" not in clock.busy:
            settled_turns(ringback)
        clock.stir()
        thread = ringback._served()._bound()._thread
        assert thread is not None
        for _ in range(3):
            thread.submit(drained()).result(PATIENCE)
        half = clock.busy
        peer.sendall(b"llo")
        assert peer.recv(100).startswith(b"HTTP/1.1 200")
    assert half == ["hold: half a request is sent", "a request to /v1/speak"]
    idle.wait()
    assert delivery.state == "delivered"


def test_what_an_application_goes_on_with_after_its_answer_holds_it_back(
    ringback: Emulator,
) -> None:
    idle = Idle(ringback)
    order: list[str] = []
    app = FastAPI()

    async def go_on() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        order.append("went on")

    @app.post("/hook", status_code=503)
    async def hook(background: BackgroundTasks) -> None:
        order.append("answered")
        background.add_task(go_on)

    ringback.connect(APP, app)
    submit(ringback)
    idle.wait()
    ringback.run_until_idle()
    assert order == ["answered", "went on"] * 11


def test_a_receiver_may_not_move_it(ringback: Emulator) -> None:
    idle = Idle(ringback)
    errors: list[BaseException] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        try:
            ringback.advance(30)
        except ClockBusy as error:
            errors.append(error)
        start_response("200 OK", [])
        return []

    ringback.connect(APP, app)
    submit(ringback)
    idle.wait()
    assert len(errors) == 1


# -- what goes wrong ------------------------------------------------------------------------------


def test_a_chain_without_end_is_told_and_leaves_the_machine_in_peace(ringback: Emulator) -> None:
    halted = threading.Event()

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        submit(ringback, "https://echo.example")
        await answer(send)

    def hear(fact: Fact) -> None:
        if fact.name == "clock.failed":
            halted.set()

    ringback.journal.on_append = hear
    ringback.connect("https://echo.example", echo)
    submit(ringback, "https://echo.example")
    assert halted.wait(PATIENCE)
    before = len(ringback.deliveries)
    settled_turns(ringback)
    assert len(ringback.deliveries) == before
    (told,) = ringback.leftovers()["errors"]
    assert "callbacks keep causing callbacks" in told
    assert "clock at +0s  has halted until a verb moves it" in ringback.timeline
    with pytest.raises(Runaway):
        ringback.settle()


def test_a_receiver_that_never_answers_is_given_up_and_others_are_served(
    monkeypatch: pytest.MonkeyPatch, alarm: FakeAlarm
) -> None:
    monkeypatch.setattr("ringback.clock.jumps.set_alarm", alarm)
    with Emulator(Settings(clock="auto")) as ringback:
        came = threading.Event()
        idle = Idle(ringback)

        async def hung(scope: Any, receive: Any, send: Any) -> None:
            came.set()
            await asyncio.Event().wait()

        ringback.connect("https://hung.example", hung)
        ringback.receiver(APP)
        with ringback.hold("both are submitted"):
            first, second = submit(ringback, "https://hung.example"), submit(ringback)
        assert came.wait(PATIENCE)
        settled_turns(ringback)
        assert second.state == "scheduled"
        for _ in range(2):  # the first was set when something else was in flight
            alarm.ring(10)
            settled_turns(ringback)
        idle.wait()
        assert (first.state, first.statuses, second.state) == (
            "cancelled",
            ["aborted"],
            "delivered",
        )
        assert "nothing moved for 10 real seconds" in ringback.leftovers()["errors"][0]
        with pytest.raises(Stuck, match="hung"):
            ringback.settle()
        ringback.settle()


def test_what_a_receiver_raises_is_found_at_the_end(ringback: Emulator) -> None:
    idle = Idle(ringback)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not ringback.crashes:
            raise ZeroDivisionError
        await answer(send)

    ringback.connect(APP, app)
    submit(ringback)
    idle.wait()
    assert "ZeroDivisionError" in ringback.leftovers()["crashes"][0]


def test_it_ends_in_the_middle_of_an_attempt() -> None:
    came = threading.Event()

    async def hung(scope: Any, receive: Any, send: Any) -> None:
        came.set()
        await asyncio.Event().wait()

    before = set(threading.enumerate())
    with Emulator(Settings(clock="auto")) as ringback:
        ringback.connect(APP, hung)
        delivery = submit(ringback)
        assert came.wait(PATIENCE)
    assert delivery.state == "cancelled"
    for thread in set(threading.enumerate()) - before:
        if thread.name == "ringback engine":
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.mark.parametrize("face", [Emulator, AsyncEmulator])
def test_many_jobs_at_once_make_one_history(face: Callable[..., Any]) -> None:
    """Submitted from as many threads, beside the clock that delivers them."""

    async def story() -> None:
        async with AsyncEmulator(Settings(clock="auto", retries=2)) as ringback:
            await asyncio.gather(*(asyncio.to_thread(submit, ringback) for _ in range(30)))
            await ringback.run_until_idle()
            check(ringback)

    def check(ringback: Emulator | AsyncEmulator) -> None:
        assert {tuple(each.offsets) for each in ringback.deliveries} == {(0, 30, 60)}
        moments = [fact.at for fact in ringback.journal if fact.name == "attempt.started"]
        assert moments == sorted(moments)

    if face is AsyncEmulator:
        asyncio.run(story())
        return
    with Emulator(Settings(clock="auto", retries=2)) as ringback:
        ringback.receiver(APP, [500])
        threads = [threading.Thread(target=submit, args=(ringback,)) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ringback.run_until_idle()
        check(ringback)
