"""One socket, one thread, any number of emulated services behind it."""

import asyncio
import errno
import logging
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast

import uvicorn
from starlette.types import Receive, Scope, Send

from ringback.clock.forks import lineage
from ringback.clock.real import LoopThread
from ringback.clock.turns import drained
from ringback.core.base.duration import words
from ringback.core.request.grants import issuer_of
from ringback.core.request.keys import BEARER, Credential, identifier_of
from ringback.core.request.origin import Origins, is_loopback
from ringback.errors import AnswerCut, ServerError
from ringback.service.service import Service
from ringback.serving.app import Application
from ringback.serving.connection import Connection, Watch
from ringback.serving.exchange import asked
from ringback.serving.guard import Tell
from ringback.serving.mount import Mount, Surroundings

BACKLOG = 2048
"""Connections that wait at the system's door."""

_AT_ONCE = 16
"""Connections that are accepted in a turn of the loop: each of them fails in vain, and is told of,
once there is no descriptor left."""

_RESERVE = 64
"""Descriptors that are not for connections."""

_log = logging.getLogger("ringback.serving.server")


_STRANGERS = 1000
"""How many requests of strangers are told of one by one."""


class Server:
    """Listens on loopback and hands each request to the service of its API key.

    Starting takes a few milliseconds and stopping no longer, for uvicorn's own main loop, which
    looks ten times a second whether it should end, is not used.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tell: Tell | None = None,
        patience: float = 10,
        listening: bool = True,
        control_token: str | None = None,
    ) -> None:
        """Start. Port 0 picks a free one. Without *listening*, nobody is heard before `listen`.

        *tell* hears of each request of a web page that is not let in; without it the log does. A
        request of which nothing comes for *patience* real seconds is answered with 408.
        *control_token* has to be shown to the control API; on another address than loopback nobody
        is let in without. Raises `ServerError` when the port cannot be had.
        """
        self._services: dict[str, Service] = {}
        self._granting: dict[str, Service] = {}
        self._unknown_keys = 0
        self._strangers: deque[str] = deque(maxlen=_STRANGERS)
        self._socket = _bound(host, port)
        self._patience = patience
        self._name = host
        self._origins = Origins.of((), (host,))
        self._app = Application(self, lambda: self._origins, tell)
        self._host, self._port = self._socket.getsockname()[:2]
        self._control_token = control_token
        self._mounted: Mount | None = None
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
        if listening:
            self.listen()

    def __repr__(self) -> str:
        return f"<Server {self.url} [{len(self._services)} services]>"

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:49152`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self._port
        return port

    @property
    def unknown_keys(self) -> int:
        """How many requests came with a key that belongs to no live service."""
        return self._unknown_keys

    @property
    def strangers(self) -> Sequence[str]:
        """What the last of them asked, and when by the clocks of those who were served."""
        return tuple(self._strangers)

    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, as host and port: no callback may lead here."""
        return [(self._host, self._port)]

    def add(self, service: Service, control: Mount | None = None) -> None:
        """Serve *service* from now on. Raises `ServerError` when its key is served already.

        *control* makes what answers our own paths.
        """
        if service.key.secret in self._services:
            raise ServerError(
                "two live emulators share one api_key on this server; give each its own, or none"
            )
        self._services[service.key.secret] = service
        self._changed()
        if control is not self._mounted and control is not None:
            self._mounted = control
            is_local = is_loopback(self._host)
            self._app.mount(
                control, Surroundings(self, lambda: self._origins, is_local, self._control_token)
            )

    def remove(self, service: Service) -> None:
        """Serve *service* no more."""
        self._services.pop(service.key.secret, None)
        self._changed()

    def _changed(self) -> None:
        """Take note that other services are served: a page may talk to all if to one."""
        self._granting.clear()
        settings = [service.settings for service in list(self._services.values())]
        self._origins = Origins.of(
            (origin for each in settings for origin in each.allow_origins),
            (self._name, *(host for each in settings for host in each.allow_host_headers)),
        )

    def find(self, credential: Credential | None, scope: Scope) -> Service | None:
        """Whose a credential is. A single service is asked about every one, to refuse it itself."""
        service = None
        if credential is not None and credential.scheme == BEARER:
            service = self._granters().get(issuer_of(credential.secret) or "")
        elif credential is not None:
            service = self._services.get(credential.secret)
        if service is None:
            services = list(self._services.values())
            if len(services) == 1:
                return services[0]
            self._turn_away(asked(scope), services)
        return service

    def belonging(self, credential: Credential | None) -> Service | None:
        """Whose a credential is, for our own paths: the only service's, if there is none."""
        services = list(self._services.values())
        if credential is None:
            return services[0] if len(services) == 1 else None
        service = self._services.get(credential.secret)
        if service is None and len(services) == 1 and services[0].settings.any_key:
            return services[0]
        return service

    def names(self) -> list[str]:
        """The identifiers of the keys of those who are served."""
        return [service.key.identifier for service in list(self._services.values())]

    def _turn_away(self, what: str, services: list[Service]) -> None:
        """Take note of a stranger, and tell everyone whose it is not."""
        moments = dict.fromkeys(service.note_stranger(what) for service in services)
        when = f" at {' and '.join(map(words, moments))}" if moments else ""
        self._unknown_keys += 1
        self._strangers.append(f"{what}{when}")

    def _granters(self) -> dict[str, Service]:
        """The services by the name under which they grant tokens."""
        if not self._granting:
            self._granting = {
                identifier_of(secret): service for secret, service in list(self._services.items())
            }
        return self._granting

    def listen(self) -> Self:
        """Begin to serve, and return this. Raises `ServerError` when it cannot listen."""
        with _told(self._name, self._port):
            self._socket.listen(BACKLOG)
        self._thread = LoopThread("ringback server")
        self._thread.submit(self._start()).result()
        self._socket.listen(BACKLOG)  # asyncio has taken it for as many as it accepts at once
        return self

    def stop(self) -> None:
        """Stop listening, cut what is connected, and end the thread."""
        thread, self._thread = self._thread, None
        # A fork has a copy of the socket, and nothing else.
        if thread is not None and self._lineage == lineage():
            thread.submit(self._stop()).result(5)
            thread.stop()
        self._socket.close()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application; a connection on which an answer is cut off is closed."""
        self._exhausted = False
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._stopping:  # uvicorn would log it as a failure of the application
                raise
        except AnswerCut:
            sender: Any = send
            sender.__self__.transport.close()
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
    from ringback.serving.websocket import WebSocket

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
    """Say what a system that gives no port means."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"port {port} on {host} is in use; choose another, or 0 to have one picked"
            ) from None
        raise ServerError(f"cannot listen on {host} port {port}: {error.strerror}") from None
