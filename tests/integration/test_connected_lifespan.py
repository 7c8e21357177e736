"""`connect(…, lifespan=True)` starts an application before its first callback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringback import AsyncEmulator, Emulator, Settings, SettingsError, Stuck

CALLBACK = "https://app.example/done"


def an_app(story: list[str], trouble: str = "") -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, str]]:
        if trouble:
            raise OSError(trouble)
        story.append("started")
        yield {"stock": "full"}
        story.append("shut down")

    async def done(request: Request) -> Response:
        story.append(f"called with a {request.state.stock} stock")
        return Response(status_code=500)

    return Starlette(routes=[Route("/done", done, methods=["POST"])], lifespan=lifespan)


def test_an_app_is_started_once_before_its_callbacks_and_shut_down_at_the_end() -> None:
    story: list[str] = []
    with Emulator() as ringback:
        ringback.connect("https://app.example", an_app(story), lifespan=True)
        assert story == []
        ringback.submit("Hello", callback=CALLBACK)
        ringback.advance(30)
    called = "called with a full stock"
    assert story == ["started", called, called, "shut down"]


@pytest.mark.asyncio
async def test_the_awaitable_face_does_the_same_on_the_running_loop() -> None:
    story: list[str] = []
    async with AsyncEmulator() as ringback:
        ringback.connect("https://app.example", an_app(story), lifespan=True)
        ringback.submit("Hello", callback=CALLBACK)
        await ringback.settle()
    assert story == ["started", "called with a full stock", "shut down"]


def test_an_app_is_not_started_unless_it_is_asked_for() -> None:
    story: list[str] = []
    with Emulator() as ringback:
        ringback.connect("https://app.example", an_app(story))
        delivery = ringback.submit("Hello", callback=CALLBACK)
        ringback.settle()
    assert delivery.statuses == [500]
    assert story == []


def test_an_app_that_cannot_start_stops_the_test_and_names_its_reason() -> None:
    with Emulator() as ringback:
        ringback.connect("https://app.example", an_app([], "no database"), lifespan=True)
        delivery = ringback.submit("Hello", callback=CALLBACK)
        with pytest.raises(SettingsError, match=r"(?s)failed at startup.*no database"):
            ringback.settle()
    assert delivery.statuses == ["aborted"]


async def exits(scope: Any, receive: Any, send: Any) -> None:
    raise SystemExit(3)


async def says_nothing_that_is_known(scope: Any, receive: Any, send: Any) -> None:
    await send({})


async def says_what_is_no_event(scope: Any, receive: Any, send: Any) -> None:
    await send("lifespan.startup.complete")


async def cancels_itself(scope: Any, receive: Any, send: Any) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        (exits, "the app raised SystemExit: 3"),
        (says_nothing_that_is_known, "it gave no reason"),
        (says_what_is_no_event, "the app raised TypeError: an event is a dict, not str"),
        (cancels_itself, "the app raised CancelledError"),
    ],
)
def test_whatever_a_startup_does_the_test_is_told_and_the_attempt_recorded(
    app: Any, reason: str
) -> None:
    with Emulator() as ringback:
        ringback.connect("https://app.example", app, lifespan=True)
        delivery = ringback.submit("Hello", callback=CALLBACK)
        with pytest.raises(SettingsError, match=reason):
            ringback.settle()
        assert delivery.statuses == ["aborted"]
        assert ringback.settle() == []


def test_an_interrupt_in_a_startup_interrupts_the_verb() -> None:
    async def interrupted(scope: Any, receive: Any, send: Any) -> None:
        raise KeyboardInterrupt

    with Emulator() as ringback:
        ringback.connect("https://app.example", interrupted, lifespan=True)
        delivery = ringback.submit("Hello", callback=CALLBACK)
        with pytest.raises(KeyboardInterrupt):
            ringback.settle()
        assert delivery.statuses == ["aborted"]
        assert ringback.settle() == []


def test_a_startup_that_is_deaf_to_its_cancellation_keeps_no_other_attempt_waiting() -> None:
    async def deaf(scope: Any, receive: Any, send: Any) -> None:
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            if scope["type"] == "http":
                break

    with Emulator(Settings(guard=0.1)) as ringback:
        ringback.connect("https://app.example", deaf, lifespan=True)
        for _ in range(2):
            delivery = ringback.submit("Hello", callback=CALLBACK)
            with pytest.raises(Stuck, match="in flight: attempt 1 of"):
                ringback.settle()
            assert delivery.statuses == ["aborted"]
