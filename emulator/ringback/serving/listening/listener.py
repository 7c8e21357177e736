"""One socket of loopback, and uvicorn behind it, on a thread of its own."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ringback.clock.forks import lineage
from ringback.clock.real import LoopThread
from ringback.clock.turns import call_on, drained
from ringback.core.base.forbidden import ALLOWED, is_forbidden
from ringback.errors import AnswerCut, ServerError
from ringback.serving.listening.connection import Connection, Watch
from ringback.serving.listening.cycle import transport_of

BACKLOG = 2048
"""Connections that wait at the system's door."""

_AT_ONCE = 16
"""Connections that are accepted in a turn of the loop: each of them fails in vain, and is told of,
once there is no descriptor left."""

_RESERVE = 64
"""Descriptors that are not for connections."""

_log = logging.getLogger("ringback.serving.server")


class Listener:
    """Starting takes a few milliseconds and stopping no longer, for uvicorn's own main loop, which
    looks ten times a second whether it should end, is not used."""

    def __init__(self, host: str, port: int, app: ASGIApp, patience: float) -> None:
        """Take the port; 0 picks a free one. Raises `ServerError` when it cannot be had.

        A request of which nothing comes for *patience* real seconds is answered with 408.
        """
        self._name = host
        self._app = app
        self._patience = patience
        self._socket = _bound(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        self._config = uvicorn.Config(
            self._application,
            interface="asgi3",
            proxy_headers=False,
            http=Connection,  # on h11: httptools drops the body of requests that offer an upgrade
            ws=cast(type[asyncio.Protocol], _web_socket),
            ws_per_message_deflate=False,  # a few bytes could inflate to all memory
            ws_ping_interval=None,  # a client that a debugger holds is not gone
            loop="none",
            backlog=_AT_ONCE,
            limit_concurrency=_most(),
            lifespan="off",
            access_log=False,
            log_config=None,
            date_header=False,  # the emulator's clock dates its answers
            server_header=False,
        )
        self._uvicorn = uvicorn.Server(self._config)
        self._thread: LoopThread | None = None
        self._watch: Watch | None = None
        self._exhausted = False
        self._stopping = False
        self._lineage = lineage()

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:49152`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def listen(self) -> None:
        """Begin to serve, unless it does already. Raises `ServerError` when it cannot listen."""
        if self._thread is not None:
            return
        with _told(self._name, self.port):
            self._socket.listen(BACKLOG)
        self._thread = LoopThread("ringback server")
        self._thread.submit(self._start()).result()
        self._socket.listen(BACKLOG)  # asyncio has taken it for as many as it accepts at once

    def stop(self) -> None:
        """Stop listening, cut what is connected, and end the thread."""
        thread, self._thread = self._thread, None
        # A fork has a copy of the socket, and nothing else.
        if thread is not None and self._lineage == lineage():
            thread.submit(self._stop()).result(5)
            thread.stop()
        self._socket.close()

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call *callback* on the loop, from any thread; never, where it does not run."""
        if self._thread is not None:
            call_on(self._thread.loop, callback)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application; a connection on which an answer is cut off is closed."""
        self._exhausted = False
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._stopping:  # uvicorn would log it as a failure of the application
                raise
        except AnswerCut:
            if (transport := transport_of(send)) is not None:
                transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass

    async def _start(self) -> None:
        self._config.load()
        self._uvicorn.lifespan = self._config.lifespan_class(self._config)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._complain)
        await self._uvicorn.startup(sockets=[self._socket])
        self._watch = Watch(self._uvicorn.server_state.connections, self._patience)

    def _complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Say once that there is no descriptor left. asyncio tries again in a second."""
        if "out of system resource" not in context.get("message", ""):
            loop.default_exception_handler(context)
        elif not self._exhausted:
            self._exhausted = True
            _log.warning(
                "%s: no descriptor is left, so that nobody can connect for the moment; it goes on"
                " once there are some",
                self.url,
            )

    async def _stop(self) -> None:
        self._stopping = True
        if self._watch is not None:
            self._watch.stop()
        await drained()  # streams of emulators that have ended say so
        for server in self._uvicorn.servers:
            server.close()
        connections: list[Any] = list(self._uvicorn.server_state.connections)
        for connection in connections:
            connection.transport.abort()
        await drained()


def _web_socket(**connection: Any) -> asyncio.Protocol:
    """One connection that has become a WebSocket. The first one imports what that takes."""
    from ringback.serving.listening.websocket import WebSocket

    return WebSocket(**connection)


def _most() -> int:
    """How many connections may be served at once; one more is answered with 503."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return BACKLOG
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return BACKLOG if soft == resource.RLIM_INFINITY else max(soft - _RESERVE, _AT_ONCE)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it Nagle's algorithm and
    # delayed acknowledgements cost 40 ms a request.
    with _told(host, port):
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        with _told(host, port):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except ServerError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


@contextmanager
def _told(host: str, port: int) -> Iterator[None]:
    """Say what a system, or a plugin of the test's, that gives no port means."""
    try:
        yield
    except RuntimeError as error:
        if is_forbidden(error):
            raise ServerError(
                f"sockets are forbidden to this test, and `url` needs one on {host}; {ALLOWED}"
            ) from None
        raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"port {port} on {host} is in use; choose another, or 0 to have one picked"
            ) from None
        raise ServerError(f"cannot listen on {host} port {port}: {error.strerror}") from None
