"""Calls an ASGI app of this process as a receiver, without sockets and without copies."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

from ringback.core.callback import Endpoint
from ringback.core.headers import NO_HEADERS, Headers
from ringback.core.message import CallbackMessage
from ringback.core.outcome import Answered, Dropped, Outcome
from ringback.sending.answers import Body, answered
from ringback.sending.sender import Limits

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT = ("127.0.0.1", 0)
"""Who the app is told is calling: this machine, from no port."""

_log = logging.getLogger("ringback.receiver")


class AsgiSender:
    """A `Sender` into an ASGI 3 *app*, on the loop that sends.

    An attempt lasts until the app's callable returns, so its background tasks are part of it.
    *state* is what the app's lifespan has provided. Whoever sends keeps the limits, by cancelling.
    """

    def __init__(self, app: AsgiApp, *, state: Mapping[str, Any] | None = None) -> None:
        """Call nothing yet."""
        self._app = app
        self._state = state

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Call the app with *message* and say what it answered."""
        scope = scope_of(message, endpoint)
        if self._state is not None:
            scope["state"] = dict(self._state)
        call = _Call(message.body)
        try:
            await self._app(scope, call.receive, call.send)
        except BaseException as error:
            if _ends_the_attempt(error):
                raise
            _log.exception("%s: the receiver failed", endpoint)
            return call.raised(error)
        return call.outcome()


def scope_of(message: CallbackMessage, endpoint: Endpoint) -> Scope:
    """The HTTP connection scope of *message* (ASGI 3.0, HTTP specification 2.4)."""
    path, _, query = endpoint.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": message.method,
        "scheme": endpoint.scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in message.headers.items_as_sent
        ],
        "client": CLIENT,
        "server": (endpoint.host, endpoint.port),
        "extensions": {},
    }


class _Call:
    """One call of an app: hands it the body, and listens to its answer."""

    __slots__ = ("_answer", "_complete", "_gone", "_headers", "_request", "_status")

    def __init__(self, body: bytes) -> None:
        self._request: bytes | None = body
        self._status = 0
        self._headers = NO_HEADERS
        self._answer = Body()
        self._complete = False
        self._gone: asyncio.Event | None = None

    async def receive(self) -> Event:
        if self._request is not None:
            body, self._request = self._request, None
            return {"type": "http.request", "body": body, "more_body": False}
        # As over a socket, the other side stays until it has the whole answer.
        if not self._complete:
            self._gone = self._gone or asyncio.Event()
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        kind = event["type"]
        if kind == "http.response.start":
            self._start(event)
        elif kind == "http.response.body":
            self._more(event)

    def _start(self, event: Event) -> None:
        if self._status:
            raise RuntimeError("http.response.start was sent twice")
        self._status = int(event["status"])
        self._headers = Headers(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in event.get("headers", ())
        )

    def _more(self, event: Event) -> None:
        if not self._status or self._complete:
            raise RuntimeError("http.response.body was sent before the start or after the end")
        self._answer.add(event.get("body", b""))
        if not event.get("more_body", False):
            self._complete = True
            if self._gone is not None:
                self._gone.set()

    def outcome(self) -> Outcome:
        if not self._status:
            return Dropped("closed", "waiting")
        return self._answered("" if self._complete else "truncated body")

    def raised(self, error: BaseException) -> Outcome:
        self._status = self._status or 500
        return self._answered(described(error))

    def _answered(self, odd: str) -> Answered:
        return answered(self._status, self._headers, self._answer, odd)


def described(error: BaseException) -> str:
    """A note on what an app raised."""
    text = str(error)
    return f"the app raised {type(error).__name__}{': ' if text else ''}{text}"


def _ends_the_attempt(error: BaseException) -> bool:
    """Whether *error* is meant for whoever sends, and is not the app's own affair.

    An app may well have a task of its own cancelled, or call `pytest.fail`.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt | GeneratorExit)
