"""Calls a WSGI app of this process as a receiver, in a worker thread (PEP 3333)."""

import asyncio
import contextvars
import inspect
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from ringback.core.callback import Endpoint
from ringback.core.headers import NO_HEADERS, Headers
from ringback.core.message import CallbackMessage
from ringback.core.outcome import Answered, Dropped, Outcome
from ringback.errors import SettingsError
from ringback.sending.answers import Body, answered
from ringback.sending.asgi import CLIENT, described
from ringback.sending.sender import Limits

Environ = dict[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Write = Callable[[bytes], object]
WsgiApp = Callable[[Environ, Callable[..., Write]], Iterable[bytes]]

_log = logging.getLogger("ringback.receiver")


class WsgiSender:
    """A `Sender` into a WSGI *app*. Whoever sends keeps the limits, by cancelling.

    A thread cannot be stopped: an app whose attempt is cancelled runs on, and nobody hears its
    answer.
    """

    def __init__(self, app: WsgiApp) -> None:
        """Call nothing yet."""
        self._app = app

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Call the app with *message* and say what it answered."""
        return await in_thread(partial(self._call, message, endpoint))

    def _call(self, message: CallbackMessage, endpoint: Endpoint) -> Outcome:
        call = _Call()
        try:
            call.run(self._app, environ_of(message, endpoint))
        except BaseException as error:  # noqa: BLE001 - whatever a receiver does is an outcome
            _log.exception("%s: the receiver failed", endpoint)
            return call.raised(error)
        return call.outcome()


async def in_thread(work: Callable[[], Outcome]) -> Outcome:
    """Run *work* in a thread of its own, in this context.

    The loop's own executor would do, but the interpreter waits for its threads when it ends, and
    an app that never answers would keep it from ending.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Outcome] = loop.create_future()
    context = contextvars.copy_context()

    def resolve(outcome: Outcome) -> None:
        if not done.done():
            done.set_result(outcome)

    def run() -> None:
        outcome = context.run(work)
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(resolve, outcome)

    threading.Thread(target=run, name="ringback wsgi receiver", daemon=True).start()
    return await done


def environ_of(message: CallbackMessage, endpoint: Endpoint) -> Environ:
    """The environment of *message*."""
    path, _, query = endpoint.target.partition("?")
    environ: Environ = {
        "REQUEST_METHOD": message.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": endpoint.target,
        "SERVER_NAME": endpoint.host,
        "SERVER_PORT": str(endpoint.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": CLIENT[0],
        "REMOTE_PORT": str(CLIENT[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": endpoint.scheme,
        "wsgi.input": io.BytesIO(message.body),  # shares the bytes until somebody writes
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in message.headers.items_as_sent:
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


class _Call:
    """One call of an app: what it has said so far."""

    def __init__(self) -> None:
        self._status = 0
        self._headers = NO_HEADERS
        self._answer = Body()
        self._sent = False

    def run(self, app: WsgiApp, environ: Environ) -> None:
        result = app(environ, self._start_response)
        try:
            for part in result:
                self._write(part)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Write:
        if exc_info is not None and exc_info[1] is not None and self._sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._status:
            raise RuntimeError("start_response() was called twice without exc_info")
        self._status = int(status.split(" ", 1)[0])
        self._headers = Headers(headers)
        return self._write

    def _write(self, part: bytes) -> None:
        if not self._status:
            raise RuntimeError("the app sent a body before it called start_response()")
        if part:
            self._sent = True
            self._answer.add(part)

    def outcome(self) -> Outcome:
        if not self._status:
            return Dropped("closed", "waiting")
        return self._answered("")

    def raised(self, error: BaseException) -> Outcome:
        # What was not sent yet is replaced by the error page of a server.
        if not self._sent:
            self._status, self._headers = 500, NO_HEADERS
        return self._answered(described(error))

    def _answered(self, odd: str) -> Answered:
        return answered(self._status, self._headers, self._answer, odd)


def takes(app: object) -> Literal["asgi", "wsgi"]:
    """Which interface *app* speaks, by its signature. Raises `SettingsError` if nobody can tell."""
    if callable(app):
        asynchronous = any(map(inspect.iscoroutinefunction, (app, app.__call__)))
        required, open_to_three = _positional(app)
        if required == 3 or (asynchronous and open_to_three):
            return "asgi"
        if required == 2 and not asynchronous:
            return "wsgi"
    raise SettingsError(
        f"cannot tell what {app!r} is: pass a base URL as 'http://127.0.0.1:8000', an ASGI app"
        " (scope, receive, send) or a WSGI app (environ, start_response)"
    )


def _positional(app: Callable[..., object]) -> tuple[int, bool]:
    """How many arguments *app* needs, and whether it can be called with three."""
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):  # some callables written in C have none
        return 0, False
    try:
        signature.bind(1, 2, 3)
    except TypeError:
        open_to_three = False
    else:
        open_to_three = True
    required = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    return len(required), open_to_three
