"""Calls a WSGI app of this process as a receiver, in a worker thread (PEP 3333)."""

import asyncio
import contextvars
import io
import re
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Aborted, Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending.answers import BROKEN, Given, HungUp, described, turn
from ringback.sending.asgi import CLIENT
from ringback.sending.crashes import follows_from
from ringback.sending.sender import Crashed, Limits, Meeting, Work
from ringback.sending.swallowed import hear
from ringback.sending.torn import torn

Environ = dict[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Write = Callable[[bytes], object]
WsgiApp = Callable[[Environ, Callable[..., Write]], Iterable[bytes]]

_STATUS = re.compile(r"[2-9][0-9]{2}(?: [^\x00-\x08\x0a-\x1f\x7f]*)?")
_TURNS = 3
"""Turns of the loop in which an app that has answered may come to its end unwatched."""


class WsgiSender:
    """A `Sender` into a WSGI *app*. Whoever sends keeps the limits, by cancelling.

    A thread cannot be stopped: an app whose attempt is cancelled runs on until it has something to
    say, and nobody hears it.
    """

    def __init__(self, app: WsgiApp) -> None:
        """Call *app* for each message."""
        self._app = app

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Call the app with *message* and say what it answered."""
        call = _Call(endpoint, asyncio.get_running_loop(), limits.crashed)
        try:
            environ = environ_of(message, endpoint)
            if limits.line.cut is not None:
                environ["wsgi.input"] = torn(message.body[: limits.line.cut])
            call.start(self._app, environ, limits.line.meeting)
        except RuntimeError as error:
            return Aborted(f"this process has no room for a thread ({error})")
        try:
            await call.heard
        except BaseException:
            call.gone = True
            raise
        # Most apps have nothing left to do, and need a moment to see it.
        for _ in range(_TURNS):
            if not call.over:
                await turn()
        if isinstance(call.error, KeyboardInterrupt) and not call.complete:
            raise call.error
        call.noted = call.told  # what is told of from here on is noted when the app has ended
        outcome = call.outcome(None if call.watched_by(limits.watch) else call.error)
        return outcome if limits.line.cut is None else BROKEN


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
        "wsgi.input_terminated": True,  # as servers say that reading to the end ends
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in message.headers.on_the_wire:
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        # Repeated headers are one, with commas between (RFC 9110, 5.3).
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


class _Call:
    """One call of an app, in a thread of its own and in the context of who makes it.

    The loop's own executor would do, but the interpreter waits for its threads when it ends, and
    an app that never answers would keep it from ending.

    *heard* is resolved when there is no more to hear: the answer is complete, or the app is *over*.
    """

    def __init__(
        self, endpoint: Endpoint, loop: asyncio.AbstractEventLoop, crashed: Crashed
    ) -> None:
        self.answer = Given()
        self.heard: asyncio.Future[None] = loop.create_future()
        self.error: BaseException | None = None
        self.over = False
        self.gone = False
        self._endpoint = endpoint
        self._crashed = crashed
        self.told: BaseException | None = None
        self.noted: BaseException | None = None
        self._loop = loop
        self._work: Work | None = None
        self._lock = threading.Lock()
        self._announced = self._sent = False

    @property
    def complete(self) -> bool:
        """Whether the whole answer has gone out. Its head does so with the first of its body."""
        return self._sent and self.answer.complete

    def start(self, app: WsgiApp, environ: Environ, meeting: Meeting | None) -> None:
        """Call *app*. Raises `RuntimeError` if there can be no further thread."""
        run = partial(contextvars.copy_context().run, self._run, app, environ, meeting)
        threading.Thread(target=run, name="ringback wsgi receiver", daemon=True).start()

    def watched_by(self, watch: Callable[[Work], object]) -> bool:
        """Have *watch* told of what the app goes on doing; False when that is nothing."""
        with self._lock:
            if self.over and not isinstance(self.error, KeyboardInterrupt):
                return False
            self._work = work = self._loop.create_future()
            work.add_done_callback(self._leave)
            if self.over:
                work.set_result(self.error)
        watch(work)
        return True

    def outcome(self, error: BaseException | None) -> Outcome:
        """What the dispatcher makes of it, and of an *error* in which it ended."""
        if error is None:
            return self.answer.outcome(described(self.noted) if self.noted else "")
        # What was not sent yet is replaced by the error page of a server.
        return (self.answer if self._sent else Given()).outcome(described(error))

    def _run(self, app: WsgiApp, environ: Environ, meeting: Meeting | None) -> None:
        hear(self._tell)
        if meeting is not None:
            meeting.wait_here()
        close: Callable[[], object] | None = None
        try:
            try:
                result = app(environ, self._start_response)
                close = getattr(result, "close", None)
                for part in result:
                    self._write(part)
                self._finish()
            except BaseException as error:  # noqa: BLE001 - whatever a receiver does is an outcome
                self._failed(error)
            if close is not None:
                if self.complete:
                    self._announce()
                close()
        except BaseException as error:  # noqa: BLE001 - the same
            self._failed(error)
        finally:
            self._end()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, HungUp):
            self.error = self.error or error
            if not (isinstance(error, KeyboardInterrupt) or follows_from(error, HungUp)):
                self._tell(error)

    def _tell(self, error: BaseException) -> None:
        """Tell of *error* once: a framework may tell of it first, and raise it then."""
        if error is not self.told:
            self.told = error
            self._crashed(self._endpoint, error)

    def _start_response(
        self, status: object, headers: Iterable[Any], exc_info: ExcInfo | None = None
    ) -> Write:
        # "if exc_info is provided, and the HTTP headers have already been sent, start_response must
        # raise an error, and should re-raise using the exc_info tuple" (PEP 3333).
        if exc_info is not None and exc_info[1] is not None and self._sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self.answer.status:
            raise RuntimeError("start_response() was called twice without exc_info")
        if not (isinstance(status, str) and _STATUS.fullmatch(status)):
            raise ValueError(f"a status must be a str such as '200 OK', not {status!r}")
        pairs = [(_text(name), _text(value)) for name, value in headers]
        self.answer.begin(int(status[:3]), pairs)
        return self._write

    def _write(self, part: object) -> None:
        answer = self.answer
        if self.gone or (self.complete and answer.room is None):
            raise HungUp
        if not isinstance(part, bytes):
            raise TypeError(f"a body is made of bytes, not {type(part).__name__}")
        if not answer.status:
            raise RuntimeError("the app sent a body before it called start_response()")
        if part and not self.complete:
            self._sent = True
            # A client does the same: what is beyond the Content-Length is nobody's.
            answer.add(part if answer.room is None else part[: answer.room])
            if answer.complete:
                self._announce()

    def _finish(self) -> None:
        if self.answer.status:
            self._sent = True
            self.answer.end()

    def _announce(self) -> None:
        if not self._announced:
            self._announced = True
            self._on_loop(self._resolve)

    def _end(self) -> None:
        with self._lock:
            self.over = True
        if self._work is not None:
            self._on_loop(self._resolve)
        self._announce()

    def _resolve(self) -> None:
        if not self.heard.done():
            self.heard.set_result(None)
        if self.over and self._work is not None and not self._work.done():
            self._work.set_result(None if self.error is self.noted else self.error)

    def _leave(self, work: Work) -> None:
        self.gone = self.gone or work.cancelled()

    def _on_loop(self, callback: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            self._loop.call_soon_threadsafe(callback)


def _text(header: object) -> str:
    if not isinstance(header, str):
        raise TypeError(f"headers are made of str, not {type(header).__name__}")
    header.encode("latin-1")  # raises what a server raises
    return header.strip(" \t")
