"""Callbacks straight into ASGI apps: bare functions, Starlette and FastAPI."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ringback.core.base.headers import Headers
from ringback.core.delivery.outcome import Answered
from ringback.errors import SettingsError
from ringback.sending.asgi import AsgiApp, AsgiSender, Event, Receive, Scope, Send
from ringback.sending.lifespan import Lifespan
from ringback.sending.sender import UNLIMITED
from tests.integration.messages import APP, AUDIO, endpoint_of, message_to, send, some_turns


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> Event:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(part: bytes = b"", *, more: bool = False) -> Event:
    return {"type": "http.response.body", "body": part, "more_body": more}


def says(*events: Event) -> AsgiApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            await send(event)

    return app


@pytest.mark.asyncio
async def test_an_app_gets_what_a_socket_would_have_brought() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await says(start(204), body())(scope, receive, send)

    endpoint = endpoint_of("https://app.example:8443/a%20b/%C3%A4?q=%2F&x=1")
    message = message_to(endpoint, b"sound", "PUT")
    assert await AsgiSender(app).send(message, endpoint, UNLIMITED) == Answered(204)
    assert seen == [
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "PUT",
            "scheme": "https",
            "path": "/a b/ä",
            "raw_path": b"/a%20b/%C3%A4",
            "query_string": b"q=%2F&x=1",
            "root_path": "",
            "headers": [
                (b"host", b"app.example:8443"),
                (b"content-type", b"audio/mpeg"),
                (b"content-length", b"5"),
                (b"dg-token", b"0191-token"),
            ],
            "client": ("127.0.0.1", 0),
            "server": ("app.example", 8443),
            "extensions": {},
        }
    ]


@pytest.mark.asyncio
async def test_the_body_comes_in_one_piece_and_is_the_very_same_object() -> None:
    events: list[Event] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        events.append(await receive())
        await says(start(), body())(scope, receive, send)
        events.append(await receive())
        events.append(await receive())

    await send(AsgiSender(app))
    request, *rest = events
    assert request == {"type": "http.request", "body": AUDIO, "more_body": False}
    assert request["body"] is AUDIO
    assert rest == [{"type": "http.disconnect"}] * 2


@pytest.mark.asyncio
async def test_the_dispatcher_stays_until_it_has_the_whole_answer() -> None:
    order: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def listen() -> None:
            await receive()
            order.append("left")

        await receive()
        listener = asyncio.ensure_future(listen())
        await send(start())
        await send(body(b"part", more=True))
        await some_turns()
        order.append("answered")
        await send(body())
        await listener

    await send(AsgiSender(app))
    assert order == ["answered", "left"]


@pytest.mark.asyncio
async def test_an_app_that_waits_for_the_dispatcher_to_leave_can_be_cancelled() -> None:
    waiting = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        waiting.set()
        await receive()

    attempt = asyncio.create_task(send(AsgiSender(app)))
    await waiting.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt


@pytest.mark.asyncio
async def test_an_app_that_does_not_hear_that_nobody_listens_is_left_waiting() -> None:
    calls = 0

    async def sends_on(send: Send) -> None:
        nonlocal calls
        while True:
            with contextlib.suppress(OSError):
                await send(body(more=True) if calls else start())
            calls += 1

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await sends_on(send)
        await sends_on(send)

    attempt = asyncio.create_task(send(AsgiSender(app)))
    await some_turns()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    for _ in range(500):
        await asyncio.sleep(0)
    before = calls
    for _ in range(500):
        await asyncio.sleep(0)
    assert calls == before > 100


@pytest.mark.asyncio
async def test_an_app_whose_answer_was_complete_learns_that_nobody_listens() -> None:
    errors: list[OSError] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        try:
            while True:
                await send(body(b"part", more=True))
        except OSError as error:
            errors.append(error)
            raise

    outcome = await send(AsgiSender(app))
    assert outcome == Answered(
        200, body=(b"part" * 20_000)[:65_536], note="body cut at 65536 bytes"
    )
    await some_turns()
    assert [str(error) for error in errors] == ["the dispatcher has hung up"]


@pytest.mark.asyncio
async def test_whether_the_dispatcher_has_left_can_be_asked_without_waiting() -> None:
    """As Starlette asks, in a cancelled scope: whoever has to wait there learns nothing."""
    seen: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await Response()(scope, receive, send)
        seen.extend([await StarletteRequest(scope, receive).is_disconnected() for _ in range(5)])

    await send(AsgiSender(app))
    assert seen == [True] * 5


@pytest.mark.asyncio
async def test_an_answer_is_put_together_from_its_parts() -> None:
    app = says(start(201, (b"X-Job", b"7")), body(b"one", more=True), body(b"two"))
    assert await send(AsgiSender(app)) == Answered(201, Headers({"x-job": "7"}), b"onetwo")


@pytest.mark.asyncio
async def test_an_answer_that_is_never_finished_is_still_an_answer() -> None:
    outcome = await send(AsgiSender(says(start(200), body(b"part", more=True))))
    assert outcome == Answered(200, body=b"part", note="truncated body")


@pytest.mark.asyncio
async def test_of_a_huge_answer_the_beginning_is_kept() -> None:
    app = says(start(200), body(b"a" * 65_000, more=True), body(b"b" * 65_000))
    outcome = await send(AsgiSender(app))
    assert isinstance(outcome, Answered)
    assert outcome.body == b"a" * 65_000 + b"b" * 536
    assert outcome.note == "body cut at 65536 bytes"


@pytest.mark.asyncio
async def test_an_app_that_returns_without_answering_is_answered_for_as_by_its_server() -> None:
    assert await send(AsgiSender(says())) == Answered(
        500, note="the app returned without an answer"
    )


@pytest.mark.asyncio
async def test_an_app_that_raises_answers_500_and_its_traceback_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("no such job")

    assert await send(AsgiSender(app)) == Answered(
        500, note="the app raised ValueError: no such job"
    )
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("ringback.receiver", logging.ERROR)
    assert record.exc_info
    assert isinstance(record.exc_info[1], ValueError)


@pytest.mark.asyncio
@pytest.mark.parametrize("end", [pytest.fail, sys.exit])
async def test_an_app_that_ends_the_test_or_the_process_only_fails_itself(
    end: Callable[[str], object],
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        end("enough")
        raise AssertionError

    outcome = await send(AsgiSender(app))
    assert isinstance(outcome, Answered)
    assert (outcome.status, "enough" in outcome.note) == (500, True)


@pytest.mark.asyncio
async def test_an_app_that_raises_after_its_answer_began_has_answered() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start(202))
        raise KeyError

    assert await send(AsgiSender(app)) == Answered(202, note="the app raised KeyError")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "events",
    [[body(b"early")], [start(), start()], [start(), body(), body()]],
    ids=["body first", "two starts", "more after the end"],
)
async def test_events_out_of_order_are_the_apps_fault(events: list[Event]) -> None:
    outcome = await send(AsgiSender(says(*events)))
    assert isinstance(outcome, Answered)
    assert "the app raised RuntimeError: http.response." in outcome.note


@pytest.mark.asyncio
async def test_events_of_extensions_are_passed_over() -> None:
    app = says({"type": "http.response.debug", "info": {}}, start(), body())
    assert await send(AsgiSender(app)) == Answered(200)


@pytest.mark.asyncio
async def test_a_task_cancelled_inside_the_app_does_not_cancel_the_attempt() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        inner = asyncio.ensure_future(asyncio.Event().wait())
        asyncio.get_running_loop().call_soon(inner.cancel)
        await inner

    assert await send(AsgiSender(app)) == Answered(500, note="the app raised CancelledError")


@pytest.mark.asyncio
async def test_what_is_done_before_anybody_else_has_a_turn_is_done_with_the_answer() -> None:
    done: list[str] = []

    async def later() -> None:
        done.append("later")

    async def handler(request: StarletteRequest) -> Response:
        done.append(f"{len(await request.body())} bytes")
        return Response(status_code=202, background=BackgroundTask(later))

    app = Starlette(routes=[Route("/done", handler, methods=["POST"])])
    outcome = await send(AsgiSender(app))
    assert (outcome.word, done) == ("202", ["20480 bytes", "later"])


@pytest.mark.asyncio
async def test_a_streamed_answer_does_not_hang() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async def handler(request: StarletteRequest) -> Response:
        return StreamingResponse(parts())

    outcome = await send(AsgiSender(Starlette(routes=[Route("/done", handler, methods=["POST"])])))
    assert isinstance(outcome, Answered)
    assert outcome.body == b"onetwo"


@pytest.mark.asyncio
async def test_a_handler_that_fails_is_answered_as_its_framework_does() -> None:
    app = FastAPI()

    @app.post("/done")
    async def done(request: Request) -> None:
        raise LookupError("no job")

    outcome = await send(AsgiSender(app))
    assert isinstance(outcome, Answered)
    assert (outcome.status, outcome.body) == (500, b"Internal Server Error")
    assert outcome.note == "the app raised LookupError: no job"


# -- lifespan --------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def counts(app: object) -> AsyncIterator[dict[str, Any]]:
    log: list[str] = ["started"]
    try:
        yield {"log": log}
    finally:
        log.append("stopped")


@pytest.mark.asyncio
async def test_an_apps_state_comes_from_its_lifespan() -> None:
    async def handler(request: StarletteRequest) -> Response:
        request.state.log.append("called")
        request.state.only_here = True
        return Response()

    app = Starlette(routes=[Route("/done", handler, methods=["POST"])], lifespan=counts)
    async with Lifespan(app) as lifespan:
        sender = AsgiSender(app, state=lifespan.state)
        assert (await send(sender)).word == "200"
        assert (await send(sender)).word == "200"
        assert list(lifespan.state) == ["log"]
    assert lifespan.state["log"] == ["started", "called", "called", "stopped"]


@pytest.mark.asyncio
async def test_without_a_lifespan_there_is_no_state() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert "state" not in scope
        await says(start(), body())(scope, receive, send)

    assert await send(AsgiSender(app)) == Answered(200)


@pytest.mark.asyncio
async def test_a_startup_that_fails_is_raised_where_it_was_asked_for() -> None:
    @contextlib.asynccontextmanager
    async def fails(app: Starlette) -> AsyncIterator[None]:
        if app.routes == []:
            raise RuntimeError("no database")
        yield

    with pytest.raises(SettingsError, match=r"(?s)failed at startup; .*no database"):
        await Lifespan(Starlette(lifespan=fails)).__aenter__()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.asyncio
async def test_a_shutdown_that_fails_is_raised_too() -> None:
    @contextlib.asynccontextmanager
    async def fails(app: object) -> AsyncIterator[None]:
        yield
        raise RuntimeError("no goodbye")

    lifespan = await Lifespan(Starlette(lifespan=fails)).__aenter__()
    with pytest.raises(SettingsError, match=r"(?s)failed at shutdown; .*no goodbye"):
        await lifespan.__aexit__(None, None, None)


@pytest.mark.asyncio
async def test_an_app_that_speaks_no_lifespan_is_told_apart() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http", "only http here"

    with pytest.raises(SettingsError, match=r"lifespan=True.*only http here"):
        await Lifespan(app).__aenter__()


@pytest.mark.asyncio
async def test_an_app_that_returns_from_its_lifespan_is_told_apart() -> None:
    with pytest.raises(SettingsError, match=r"it returned too early"):
        await Lifespan(says()).__aenter__()


@pytest.mark.asyncio
async def test_leaving_waits_until_the_app_has_returned() -> None:
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for phase in ("startup", "shutdown"):
            assert await receive() == {"type": f"lifespan.{phase}"}
            await send({"type": f"lifespan.{phase}.complete"})
        await some_turns()
        log.append("returned")

    async with Lifespan(app):
        pass
    assert log == ["returned"]


@pytest.mark.asyncio
async def test_cancelling_a_startup_ends_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.Event().wait()

    entering = asyncio.create_task(Lifespan(app).__aenter__())
    await some_turns()
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.asyncio
async def test_a_message_can_be_sent_again() -> None:
    sender, message = AsgiSender(says(start(503), body())), message_to(APP)
    outcomes = [await sender.send(message, APP, UNLIMITED) for _ in range(2)]
    assert [outcome.word for outcome in outcomes] == ["503", "503"]
