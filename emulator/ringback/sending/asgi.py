"""Calls an ASGI app of this process as a receiver, without sockets and without copies.

The app runs in a task of its own, as under a server: an attempt ends with its answer, whatever the
app goes on doing, and a cancelled attempt is over, whatever the app makes of being cancelled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending.answers import BROKEN, Given, HungUp, described, turn
from ringback.sending.crashes import follows_from
from ringback.sending.sender import Crashed, Limits

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT = ("127.0.0.1", 0)
"""Who the app is told is calling: this machine, from no port."""

_PATIENCE = 10
"""How often an app is told at once that nobody listens; from then on the others go first."""

_DEAF = 100
"""How often an app is told that nobody listens, before it is left waiting for the rest of its time.
"""


class AsgiSender:
    """A `Sender` into an ASGI 3 *app*, on the loop that sends.

    *state* is what the app's lifespan has provided. Whoever sends keeps the limits, by cancelling.
    """

    def __init__(self, app: AsgiApp, *, state: Mapping[str, Any] | None = None) -> None:
        """Call *app* for each message."""
        self._app = app
        self._state = state

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Call the app with *message* and say what it answered."""
        scope = scope_of(message, endpoint)
        if self._state is not None:
            # Each request has a copy of the namespace of the lifespan (ASGI HTTP specification).
            scope["state"] = dict(self._state)
        loop = asyncio.get_running_loop()
        call = _Call(message.body, endpoint, loop.create_future(), limits.crashed, limits.line.cut)
        work = loop.create_task(call.run(self._app, scope))
        try:
            await call.heard
        except BaseException:
            call.hang_up()
            with suppress(RuntimeError):  # the loop has been closed, and nothing runs on it
                work.cancel()
            raise
        if isinstance(call.error, KeyboardInterrupt) and not call.answer.complete:
            raise call.error
        if not call.over or isinstance(call.error, KeyboardInterrupt):
            limits.watch(work)
        if limits.line.cut is not None:
            return BROKEN
        if not call.over or isinstance(call.error, KeyboardInterrupt):
            return call.answer.outcome()
        return call.answer.outcome(described(call.error) if call.error else "")


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
            for name, value in message.headers.on_the_wire
        ],
        "client": CLIENT,
        "server": (endpoint.host, endpoint.port),
        "extensions": {},
    }


class _Call:
    """One call of an app: hands it the body, and listens to its answer.

    *heard* is resolved when there is no more to hear: the answer is complete, or the app is *over*.
    """

    def __init__(
        self,
        body: bytes,
        endpoint: Endpoint,
        heard: asyncio.Future[None],
        crashed: Crashed,
        cut: int | None,
    ) -> None:
        self.answer = Given()
        self.heard = heard
        self.over = False
        self.error: BaseException | None = None
        self._request: bytes | None = body if cut is None else body[:cut]
        self._breaks = cut is not None
        self._endpoint = endpoint
        self._crashed = crashed
        self._ended = False
        self._hung_up = False
        self._gone: asyncio.Event | None = None
        self._events = 0
        self._told = 0

    async def run(self, app: AsgiApp, scope: Scope) -> BaseException | None:
        """Call *app*, to its end. Nothing is raised, which could end the loop: it is returned."""
        try:
            await app(scope, self.receive, self.send)
        except HungUp:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever a receiver does is an outcome
            if not self._is_stopped_by(error):
                self.error = error
                if not self._is_due_to_us(error):
                    self._crashed(self._endpoint, error)
        finally:
            self.over = True
            self._end()
        return self.error

    def hang_up(self) -> None:
        """Listen no more."""
        self._hung_up = True
        self._end()

    async def receive(self) -> Event:
        if self._request is not None:
            body, self._request = self._request, None
            return {"type": "http.request", "body": body, "more_body": self._breaks}
        if self._breaks:
            self.hang_up()
        # As over a socket, the other side stays until it has the whole answer.
        if not (self.answer.complete or self._hung_up):
            self._gone = self._gone or asyncio.Event()
            await self._gone.wait()
        await self._tell()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        if self._hung_up:
            await self._tell()
            raise HungUp
        self._events += 1
        if not self._events % _DEAF:
            await turn()  # an answer without an end must not keep the loop from all else
        kind = event["type"]
        if kind == "http.response.start":
            self._start(event)
        elif kind == "http.response.body":
            self._more(event)

    def _start(self, event: Event) -> None:
        if self.answer.status:
            raise RuntimeError("http.response.start was sent twice")
        status = event["status"]
        if not isinstance(status, int):
            raise TypeError(f"a status must be an int, not {status!r}")
        pairs = [(_text(name), _text(value)) for name, value in event.get("headers", ())]
        self.answer.begin(int(status), pairs)
        if self.answer.complete:
            self._end()

    def _more(self, event: Event) -> None:
        answer = self.answer
        if not answer.status or self._ended:
            raise RuntimeError("http.response.body was sent before the start or after the end")
        part, last = _octets(event.get("body", b"")), not event.get("more_body", False)
        if answer.room is not None and len(part) > answer.room:
            raise RuntimeError("the body is longer than its Content-Length")
        answer.add(part)
        if last:
            self._ended = True
            answer.end()
            if not answer.complete:
                raise RuntimeError("the body is shorter than its Content-Length")
        if answer.complete:
            # As much was kept as is wanted: whoever goes on meets a closed connection.
            self._hung_up = not last and answer.room != 0
            self._end()

    def _is_stopped_by(self, error: BaseException) -> bool:
        """Whether *error* came from outside; an app may well cancel itself, or what it awaits.

        Once it has answered, its own task is nobody's to cancel but ours, or the loop's at its end.
        """
        if isinstance(error, GeneratorExit):
            return self.heard.get_loop().is_closed()
        if not isinstance(error, asyncio.CancelledError):
            return False
        task = asyncio.current_task()
        ended = self.answer.complete and task is not None and task.cancelling() > 0
        return ended or self._hung_up or self.heard.cancelled()

    def _is_due_to_us(self, error: BaseException) -> bool:
        """Whether *error* is what the app makes of our having hung up, or of an interrupt."""
        if isinstance(error, KeyboardInterrupt):
            return True
        # What frameworks make of a request that breaks off has as many types as there are of them.
        return self._hung_up and (
            self._breaks or follows_from(error, HungUp, asyncio.CancelledError)
        )

    async def _tell(self) -> None:
        """Let the others go on before an app is told, again and again, that nobody listens.

        Not at once: an app may ask in a way that is over as soon as it would have to wait.
        """
        self._told += 1
        if self._told > _DEAF:
            await asyncio.Event().wait()
        if self._told > _PATIENCE:
            await turn()

    def _end(self) -> None:
        if self._gone is not None:
            self._gone.set()
        if not self.heard.done():
            with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
                self.heard.set_result(None)


def _text(header: object) -> str:
    return _octets(header).decode("latin-1").strip(" \t")


def _octets(given: object) -> bytes:
    if isinstance(given, bytes):
        return given
    if isinstance(given, bytearray | memoryview):
        return bytes(given)
    raise TypeError(f"headers and bodies are made of bytes, not {type(given).__name__}")
