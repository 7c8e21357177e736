"""An emulator begins once, ends whatever its applications do, and is left alone by forks."""

import asyncio
import json
import os
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from ringback import (
    AsyncEmulator,
    ClockClosed,
    Emulator,
    NotRunning,
    Settings,
    SettingsError,
    Stuck,
)
from ringback.serving.server import Server

APPS = ("https://one.example", "https://two.example", "https://three.example")


def test_opening_it_twice_is_refused_and_changes_nothing() -> None:
    with Emulator() as ringback:
        delivery = ringback.submit("Hello", callback="https://app.example/hook")
        for again in (ringback.open, ringback.__enter__):
            with pytest.raises(NotRunning, match=r"is running already: close\(\) it before"):
                again()
        assert list(ringback.pending) == [delivery]
    with ringback:
        assert not ringback.pending


@pytest.mark.asyncio
async def test_the_awaitable_face_cannot_be_opened_twice_either() -> None:
    async with AsyncEmulator() as ringback:
        with pytest.raises(NotRunning, match="AsyncEmulator is running already"):
            ringback.open()


def test_a_url_that_four_threads_ask_for_first_is_that_of_one_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = []
    together = threading.Barrier(4)
    listen = Server.listen

    def slowly(server: Server) -> Server:
        started.append(server)
        time.sleep(0.05)  # so that the others are there, too
        return listen(server)

    monkeypatch.setattr(Server, "listen", slowly)
    with Emulator() as ringback, ThreadPoolExecutor(4) as pool:

        def url() -> str:
            together.wait(10)
            return ringback.url

        urls = {each.result(10) for each in [pool.submit(url) for _ in range(4)]}
    assert len(urls) == len(started) == 1


def an_app(story: list[str], name: str, trouble: str = "") -> Any:
    """An application whose shutdown is a story, and may have *trouble*."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        story.append(name)
        if trouble == "hangs":
            await asyncio.Event().wait()
        if trouble:
            raise OSError(trouble)
        await send({"type": "lifespan.shutdown.complete"})

    return app


def arrange(ringback: Any, story: list[str], trouble: str) -> None:
    """Connect three applications, of which the second has *trouble*, and have them called."""
    for origin in APPS:
        app = an_app(story, origin, trouble if origin == APPS[1] else "")
        ringback.connect(origin, app, lifespan=True)
        ringback.submit("Hello", callback=f"{origin}/hook")


@pytest.mark.parametrize(
    ("trouble", "error", "text"),
    [("broken", SettingsError, "broken"), ("hangs", Stuck, "did not end within 0.1 real seconds")],
)
def test_a_shutdown_that_fails_keeps_no_other_and_nothing_alive(
    trouble: str, error: type[Exception], text: str
) -> None:
    story: list[str] = []
    before = threading.active_count()
    ringback = Emulator(Settings(guard=0.1)).open()
    url = ringback.url
    arrange(ringback, story, trouble)
    ringback.settle()
    with pytest.raises(error, match=text):
        ringback.close()
    assert story == list(APPS)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert threading.active_count() <= before + 1  # the alarms'
    ringback.close()
    with pytest.raises(ClockClosed):
        ringback.settle()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("trouble", "error", "text"),
    [("broken", SettingsError, "broken"), ("hangs", Stuck, "did not end within 0.1 real seconds")],
)
async def test_so_it_is_with_the_awaitable_face(
    trouble: str, error: type[Exception], text: str
) -> None:
    story: list[str] = []
    ringback = AsyncEmulator(Settings(guard=0.1)).open()
    url = ringback.url
    arrange(ringback, story, trouble)
    await ringback.settle()
    with pytest.raises(error, match=text):
        await ringback.__aexit__(None, None, None)
    assert story == list(APPS)
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
    with pytest.raises(ClockClosed):
        await ringback.settle()


async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
    raise OSError("broken")


def test_what_strictness_has_found_is_kept_by_a_reset_and_what_was_to_come_is_called_off() -> None:
    with Emulator() as ringback:
        ringback.receiver("https://app.example", replies=[503, 200])
        httpx.post(f"{ringback.url}/v1/speak", headers={"authorization": "Token wrong"})
        ringback.connect("https://broken.example", broken)
        for origin in ("https://near.example", "https://broken.example"):
            ringback.submit("Hello", callback=f"{origin}/hook")
        ringback.settle()
        ringback.fail_requests(503)
        found, crashes = ringback.leftovers(), ringback.crashes
        assert found["pending"]
        assert found["replies"]
        assert found["failures"]
        happened = ("unknown_keys", "unrouted", "crashes")
        assert all(len(found[kind]) == 1 for kind in happened)
        for _ in range(2):
            ringback.reset()
            kept = {kind: told for kind, told in ringback.leftovers().items() if told}
            assert kept == {kind: found[kind] for kind in happened}
            assert ringback.crashes == crashes


def in_a_fork(act: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What *act* returns in a fork of this process."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: that is the point
        child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(act()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        text = answers.read()
    os.waitpid(child, 0)
    told: dict[str, str] = json.loads(text)
    return told


def raised(call: Callable[[], object]) -> str:
    """What *call* raises, in words."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - it is what is looked at
        return f"{type(error).__name__}: {error}"
    return "nothing"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("mode", ["paused", "real", "auto"])
def test_in_a_fork_everything_that_acts_is_refused_and_the_url_leads_to_the_parent(
    mode: str,
) -> None:
    with Emulator(Settings(clock=mode)) as ringback:
        url = ringback.url
        delivery = ringback.submit("Hello", callback="https://app.example/hook")
        calls: dict[str, Callable[[], object]] = {
            "settle": ringback.settle,
            "advance": lambda: ringback.advance(1),
            "advance_to_next": ringback.advance_to_next,
            "step": ringback.step,
            "run_until_idle": ringback.run_until_idle,
            "clock.settle": ringback.clock.settle,
            "hold": lambda: ringback.hold("x").__enter__(),
            "submit": lambda: ringback.submit("Hello", callback="https://app.example/hook"),
            "connect": lambda: ringback.connect("https://app.example", "http://127.0.0.1:1"),
            "receiver": lambda: ringback.receiver("https://app.example"),
            "cancel": lambda: ringback.cancel(delivery, "x"),
            "reset": ringback.reset,
        }

        def act() -> dict[str, str]:
            told = {name: raised(call) for name, call in calls.items()}
            told["url"] = ringback.url
            told["answer"] = str(httpx.get(f"{ringback.url}/v1/models").status_code)
            told["close"] = raised(ringback.close)
            told["again"] = raised(ringback.settle)
            with Emulator() as own:
                told["own"] = raised(own.settle)
            return told

        told = in_a_fork(act)
        assert told.pop("url") == url
        assert told.pop("answer") == "200"
        assert told.pop("close") == "nothing"
        assert told.pop("own") == "nothing"
        assert told.pop("again").startswith("NotRunning")
        assert told.keys() == calls.keys()
        for name, error in told.items():
            assert error.startswith("NotRunning: this emulator runs in another process"), name
        assert httpx.get(f"{url}/v1/models").status_code == 200
