"""One socket, one thread, any number of emulated services behind it."""

import asyncio
import errno
import socket
from typing import Any, cast

import uvicorn
from starlette.types import Receive, Scope, Send

from ringback.clock.real import LoopThread
from ringback.clock.turns import drained
from ringback.core.request.grants import issuer_of
from ringback.core.request.keys import BEARER, Credential, identifier_of
from ringback.core.request.origin import Origins
from ringback.errors import AnswerCut, ServerError
from ringback.service.service import Service
from ringback.serving.app import Application
from ringback.serving.guard import Tell


class Server:
    """Listens on loopback and hands each request to the service of its API key.

    Starting takes a few milliseconds and stopping no longer, for uvicorn's own main loop, which
    looks ten times a second whether it should end, is not used.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, tell: Tell | None = None) -> None:
        """Start. Port 0 picks a free one. Raises `ServerError` when it cannot listen.

        *tell* hears of each request of a web page that is not let in; without it the log does.
        """
        self._services: dict[str, Service] = {}
        self._granting: dict[str, Service] = {}
        self._unknown_keys = 0
        self._socket = _listen(host, port)
        self._name = host
        self._origins = Origins.of((), (host,))
        self._app = Application(self, lambda: self._origins, tell)
        self._host, self._port = self._socket.getsockname()[:2]
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            proxy_headers=False,
            http="h11",  # httptools drops the body of requests that offer an upgrade
            ws=cast(type[asyncio.Protocol], _web_socket),
            ws_per_message_deflate=False,  # a few bytes could inflate to all memory
            ws_ping_interval=None,  # a client that a debugger holds is not gone
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            date_header=False,  # the emulator's clock dates its answers
            server_header=False,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = LoopThread("ringback server")
        self._thread.submit(self._start(config)).result()

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

    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, as host and port: no callback may lead here."""
        return [(self._host, self._port)]

    def add(self, service: Service) -> None:
        """Serve *service* from now on. Raises `ServerError` when its key is served already."""
        if service.key.secret in self._services:
            raise ServerError(
                "two live emulators share one api_key on this server; give each its own, or none"
            )
        self._services[service.key.secret] = service
        self._changed()

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

    def find(self, credential: Credential | None) -> Service | None:
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
            self._unknown_keys += 1
        return service

    def _granters(self) -> dict[str, Service]:
        """The services by the name under which they grant tokens."""
        if not self._granting:
            self._granting = {
                identifier_of(secret): service for secret, service in list(self._services.items())
            }
        return self._granting

    def stop(self) -> None:
        """Stop listening, cut what is connected, and end the thread."""
        self._thread.submit(self._stop()).result(5)
        self._thread.stop()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application; a connection on which an answer is cut off is closed."""
        try:
            await self._app(scope, receive, send)
        except AnswerCut:
            sender: Any = send
            sender.__self__.transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass

    async def _start(self, config: uvicorn.Config) -> None:
        config.load()
        self._uvicorn.lifespan = config.lifespan_class(config)
        await self._uvicorn.startup(sockets=[self._socket])

    async def _stop(self) -> None:
        await drained()  # streams of emulators that have ended say so
        for server in self._uvicorn.servers:
            server.close()
        connections: list[Any] = list(self._uvicorn.server_state.connections)
        for connection in connections:
            connection.transport.abort()
        await drained()
        self._socket.close()


def _web_socket(**connection: Any) -> asyncio.Protocol:
    """One connection that has become a WebSocket. The first one imports what that takes."""
    from ringback.serving.websocket import WebSocket

    return WebSocket(**connection)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it Nagle's algorithm and
    # delayed acknowledgements cost 40 ms a request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"port {port} on {host} is in use; choose another, or 0 to have one picked"
            ) from None
        raise ServerError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    listener.setblocking(False)
    return listener
