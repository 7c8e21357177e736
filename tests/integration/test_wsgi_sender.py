"""Callbacks straight into WSGI apps, and how an app's interface is told."""

import asyncio
import contextvars
import functools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
from fastapi import FastAPI
from flask import Flask, request
from starlette.applications import Starlette
from starlette.routing import Route

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered
from ringback.errors import SettingsError
from ringback.sending.interface import takes
from ringback.sending.sender import UNLIMITED, Limits
from ringback.sending.wsgi import Environ, WsgiSender
from tests.integration.messages import APP, AUDIO, endpoint_of, message_to, send

Start = Callable[..., Callable[[bytes], object]]


def answers(status: str, *parts: bytes) -> Callable[[Environ, Start], Iterable[bytes]]:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response(status, [("X-Job", "7")])
        return parts

    return app


@pytest.mark.asyncio
async def test_an_app_gets_what_a_socket_would_have_brought() -> None:
    seen: list[Environ] = []

    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        seen.append(environ)
        return answers("204 No Content")(environ, start_response)

    endpoint = endpoint_of("https://app.example:8443/a%20b/%C3%A4?q=%2F&x=1")
    message = message_to(endpoint, b"sound", "PUT")
    assert (await WsgiSender(app).send(message, endpoint, UNLIMITED)).word == "204"
    (environ,) = seen
    plain = {key: value for key, value in environ.items() if not key.startswith("wsgi.")}
    assert plain == {
        "REQUEST_METHOD": "PUT",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a b/Ã¤",  # bytes read as latin-1 (PEP 3333)
        "QUERY_STRING": "q=%2F&x=1",
        "REQUEST_URI": "/a%20b/%C3%A4?q=%2F&x=1",
        "SERVER_NAME": "app.example",
        "SERVER_PORT": "8443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "0",
        "CONTENT_TYPE": "audio/mpeg",
        "CONTENT_LENGTH": "5",
        "HTTP_HOST": "app.example:8443",
        "HTTP_DG_TOKEN": "0191-token",
    }
    assert environ["wsgi.url_scheme"] == "https"


@pytest.mark.asyncio
async def test_a_repeated_header_is_joined() -> None:
    seen: list[str] = []

    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        seen.append(environ["HTTP_X_TAG"])
        return answers("200 OK")(environ, start_response)

    endpoint = endpoint_of("http://app.example/")
    headers = Headers([("host", "app.example"), ("x-tag", "a"), ("X-Tag", "b")])
    message = CallbackMessage("POST", endpoint.url, headers, b"")
    await WsgiSender(app).send(message, endpoint, UNLIMITED)
    assert seen == ["a,b"]


@pytest.mark.asyncio
@pytest.mark.filterwarnings("default")
async def test_the_validator_of_the_standard_library_finds_no_fault() -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        assert environ["wsgi.input"].read(1 << 20) == AUDIO
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    outcome = await send(WsgiSender(validator(app)))
    assert outcome == Answered(200, Headers({"content-type": "text/plain"}), b"fine")


@pytest.mark.asyncio
async def test_an_answer_is_put_together_from_its_parts() -> None:
    outcome = await send(WsgiSender(answers("201 Created", b"one", b"", b"two")))
    assert outcome == Answered(201, Headers({"x-job": "7"}), b"onetwo")


@pytest.mark.asyncio
async def test_what_is_written_comes_before_what_is_returned() -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        write = start_response("200 OK", [])
        write(b"one")
        return [b"two"]

    assert await send(WsgiSender(app)) == Answered(200, body=b"onetwo")


@pytest.mark.asyncio
async def test_the_result_is_closed_even_when_it_fails() -> None:
    class Result:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            yield b"part"
            raise OSError("disk full")

        def close(self) -> None:
            Result.closed = True

    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [])
        return Result()

    outcome = await send(WsgiSender(app))
    assert outcome == Answered(200, body=b"part", note="the app raised OSError: disk full")
    assert Result.closed


@pytest.mark.asyncio
async def test_an_app_that_raises_answers_500_and_its_traceback_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [("X-Job", "7")])
        raise ValueError("no such job")

    outcome = await send(WsgiSender(app))
    assert outcome == Answered(500, note="the app raised ValueError: no such job")
    (record,) = caplog.records
    assert record.name == "ringback.receiver"
    assert record.exc_info
    assert isinstance(record.exc_info[1], ValueError)


@pytest.mark.asyncio
@pytest.mark.parametrize("end", [pytest.fail, sys.exit])
async def test_an_app_that_ends_the_test_or_the_process_only_fails_itself(
    end: Callable[[str], object],
) -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        end("enough")
        raise AssertionError

    outcome = await send(WsgiSender(app))
    assert isinstance(outcome, Answered)
    assert (outcome.status, "enough" in outcome.note) == (500, True)


@pytest.mark.asyncio
async def test_an_error_page_replaces_an_answer_that_has_not_begun() -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [])
        try:
            raise LookupError("no job")
        except LookupError as error:
            start_response("404 Not Found", [], (type(error), error, error.__traceback__))
        return [b"gone"]

    assert await send(WsgiSender(app)) == Answered(404, body=b"gone")


@pytest.mark.asyncio
async def test_an_error_page_after_the_answer_began_raises_the_error() -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [])(b"part")
        error = LookupError("no job")
        start_response("404 Not Found", [], (LookupError, error, None))
        return []

    outcome = await send(WsgiSender(app))
    assert outcome == Answered(200, body=b"part", note="the app raised LookupError: no job")


@pytest.mark.asyncio
async def test_starting_twice_is_the_apps_fault() -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response("200 OK", [])
        start_response("200 OK", [])
        return []

    outcome = await send(WsgiSender(app))
    assert isinstance(outcome, Answered)
    assert (outcome.status, "start_response() was called twice" in outcome.note) == (500, True)


@pytest.mark.asyncio
async def test_a_body_before_the_start_is_the_apps_fault() -> None:
    outcome = await send(WsgiSender(lambda environ, start_response: [b"early"]))
    assert isinstance(outcome, Answered)
    assert (outcome.status, "before it called start_response()" in outcome.note) == (500, True)


@pytest.mark.asyncio
async def test_an_app_that_returns_without_answering_is_answered_for_as_by_its_server() -> None:
    outcome = await send(WsgiSender(lambda environ, start_response: []))
    assert outcome == Answered(500, note="the app returned without an answer")


@pytest.mark.asyncio
async def test_of_a_huge_answer_the_beginning_is_kept() -> None:
    outcome = await send(WsgiSender(answers("200 OK", b"a" * 65_000, b"b" * 65_000)))
    assert isinstance(outcome, Answered)
    assert outcome.body == b"a" * 65_000 + b"b" * 536
    assert outcome.note == "body cut at 65536 bytes"


@pytest.mark.asyncio
async def test_an_app_runs_in_a_thread_and_sees_the_context_of_the_attempt() -> None:
    place = contextvars.ContextVar[str]("place")
    place.set("inside an attempt")
    seen: list[object] = []

    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        seen.extend([place.get(), threading.current_thread() is threading.main_thread()])
        return answers("200 OK")(environ, start_response)

    await send(WsgiSender(app))
    assert seen == ["inside an attempt", False]


@pytest.mark.asyncio
async def test_cancelling_does_not_wait_for_the_thread() -> None:
    began, may_end = threading.Event(), threading.Event()

    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        began.set()
        may_end.wait(20)
        return answers("200 OK")(environ, start_response)

    attempt = asyncio.create_task(send(WsgiSender(app)))
    await asyncio.to_thread(began.wait, 20)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    may_end.set()


@pytest.mark.asyncio
@pytest.mark.parametrize("announced", [[], [("Content-Length", "0")]], ids=["open", "complete"])
async def test_a_body_without_end_ends_with_its_next_part_once_nobody_listens(
    announced: list[tuple[str, str]],
) -> None:
    began, ended = threading.Event(), threading.Event()

    def app(environ: Environ, start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", announced)
        try:
            while True:
                yield b"" if not announced else b"more"
                began.set()
        finally:
            ended.set()

    works: list[asyncio.Future[Any]] = []
    sender = WsgiSender(app)
    sending = sender.send(message_to(APP), APP, Limits(watch=works.append))
    attempt = asyncio.create_task(sending)
    await asyncio.to_thread(began.wait, 20)
    if announced:
        assert await attempt == Answered(200, Headers({"content-length": "0"}))
        works[0].cancel()
    else:
        attempt.cancel()
    assert await asyncio.to_thread(ended.wait, 20)


@pytest.mark.asyncio
async def test_without_room_for_a_thread_there_is_no_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", full)
    outcome = await send(WsgiSender(answers("200 OK")))
    assert str(outcome) == (
        "aborted by the emulator: this process has no room for a thread (can't start new thread)"
    )


@pytest.mark.asyncio
async def test_flask_gets_the_audio() -> None:
    app = Flask("receiver")

    @app.post("/done")
    def done() -> tuple[str, int]:
        return f"{len(request.get_data())} {request.headers['dg-token']}", 202

    outcome = await send(WsgiSender(app))
    assert isinstance(outcome, Answered)
    assert (outcome.status, outcome.body) == (202, b"20480 0191-token")


# -- which interface -------------------------------------------------------------------------------


async def asgi(scope: object, receive: object, send: object) -> None: ...


async def asgi_passing_on(*arguments: object) -> None: ...


def wsgi(environ: object, start_response: object) -> None: ...


def wsgi_with_option(environ: object, start_response: object, debug: bool = False) -> None: ...


class AsgiObject:
    async def __call__(self, scope: object, receive: object, send: object) -> None: ...


class WsgiObject:
    def __call__(self, environ: object, start_response: object) -> None: ...


class WsgiClass:
    def __init__(self, environ: object, start_response: object) -> None: ...


@pytest.mark.parametrize(
    "app",
    [
        asgi,
        asgi_passing_on,
        AsgiObject(),
        AsgiObject().__call__,
        functools.partial(asgi),
        lambda scope, receive, send: None,
        Starlette(),
        FastAPI(),
        Route("/done", asgi).app,
    ],
)
def test_what_takes_scope_receive_and_send_is_asgi(app: object) -> None:
    assert takes(app) == "asgi"


@pytest.mark.parametrize(
    "app",
    [
        wsgi,
        wsgi_with_option,
        WsgiObject(),
        WsgiClass,
        functools.partial(wsgi),
        lambda environ, start_response: None,
        Flask("receiver"),
    ],
)
def test_what_takes_environ_and_start_response_is_wsgi(app: object) -> None:
    assert takes(app) == "wsgi"


async def handler(request: object) -> None: ...


async def two(one: object, other: object) -> None: ...


@pytest.mark.parametrize(
    "app", [handler, two, lambda *arguments: None, print, dict, None, 8080, object()]
)
def test_whoever_takes_something_else_is_told_what_to_pass(app: Any) -> None:
    with pytest.raises(SettingsError, match=r"cannot tell what .* is: pass a base URL"):
        takes(app)
