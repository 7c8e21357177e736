"""Connections, carried: what comes on one goes out on the other, and nobody looks inside."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from ringback.core.request.origin import SERVICE
from ringback.interception.destination import destination, leads_to_the_service

HEAD = 16_384
"""Bytes of a request to a proxy, at most."""

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSED = (
    f"HTTP/1.1 403 Ringback leads to {SERVICE} alone (past it by NO_PROXY)\r\n"
    "Connection: close\r\nContent-Length: 0\r\n\r\n"
).encode()
"""Of an answer to CONNECT, clients show the phrase and nothing else."""

Connections = set[asyncio.Transport]
"""Those that are open."""


class End(asyncio.Protocol):
    """One end of a connection that is carried. The other end is still to be had."""

    def __init__(self, live: Connections) -> None:
        """Be among those that are *live* while it lasts."""
        self._live = live
        self._transport: asyncio.Transport | None = None
        self.other: End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        self._live.add(self._transport)

    def data_received(self, data: bytes) -> None:
        """Pass *data* on."""
        if self.other is not None:
            self.other.write(data)

    def pause_writing(self) -> None:
        """This end is slow: the other one waits for it."""
        if self.other is not None:
            self.other.pause()

    def resume_writing(self) -> None:
        """This end has caught up."""
        if self.other is not None:
            self.other.resume()

    def connection_lost(self, error: Exception | None) -> None:
        """The other end ends the same way: by a reset, or once all is written."""
        if self._transport is not None:
            self._live.discard(self._transport)
        if self.other is not None:
            self.other.end(abruptly=error is not None)

    def write(self, data: bytes) -> None:
        """Send *data*."""
        if self._transport is not None:
            self._transport.write(data)

    def pause(self) -> None:
        """Receive nothing for the moment."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Receive again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def finish(self) -> None:
        """Send nothing more."""
        if self._transport is not None:
            self._transport.write_eof()

    def end(self, *, abruptly: bool = False) -> None:
        """Close: at once, or when all is written."""
        if self._transport is not None:
            (self._transport.abort if abruptly else self._transport.close)()


class Entrance(End):
    """A connection that came in, and leads to a port of loopback."""

    def __init__(self, live: Connections, host: str, port: int) -> None:
        """Lead to *port* of *host*."""
        super().__init__(live)
        self._way = (host, port)
        self._early = b""
        self._connecting: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        """Pass *data* on, once there is somebody to pass it on to."""
        if self.other is not None:
            super().data_received(data)
            return
        self._early += data
        if self._connecting is None:
            self.lead()

    def lead(self, first: bytes = b"") -> None:
        """Connect to where it leads; the caller is sent *first*, and waits for it."""
        self.pause()
        self._connecting = asyncio.get_running_loop().create_task(self._lead(first))

    async def _lead(self, first: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, other = await loop.create_connection(lambda: End(self._live), *self._way)
        except OSError:
            self.end(abruptly=True)
            return
        if self._transport is None or self._transport.is_closing():
            other.end()
            return
        other.other, self.other = self, other
        self.write(first)
        early, self._early = self._early, b""
        if early:
            other.write(early)
        self.resume()


class Caller(Entrance):
    """A connection to the proxy: its first lines say where it is to lead."""

    def __init__(
        self, live: Connections, host: str, port: int, refuse: Callable[[str], object]
    ) -> None:
        """Lead to *port* of *host* who asks for the service; *refuse* hears where others want."""
        super().__init__(live, host, port)
        self._refuse = refuse
        self._read = False

    def data_received(self, data: bytes) -> None:
        """Read where it is to lead; what comes from one who is refused is of no interest."""
        if self._connecting is not None or not self._read:
            super().data_received(data)

    def lead(self, first: bytes = b"") -> None:
        """Read what is asked for, once all of it is there."""
        head, end, rest = self._early.partition(b"\r\n\r\n")
        if not (end or len(head) > HEAD):
            return
        self._read = True
        if end and leads_to_the_service(head + end):
            self._early = rest
            super().lead(CONNECTED)
            return
        wanted = destination(head + end) if end else None
        if wanted is not None:
            self._refuse(wanted)
        self.write(REFUSED)
        # To close before all is read would be a reset, which can outrun the answer.
        self.finish()


class Doorway(asyncio.Protocol):
    """A connection on which the service is spoken to by TLS: within, it leads to a port."""

    def __init__(
        self,
        live: Connections,
        within: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext,
        distrust: Callable[[], object],
    ) -> None:
        """Speak as *context* says, and have *within* made of what is said; *distrust* hears of
        callers that break off when they see the certificate."""
        self._live = live
        self._within = within
        self._context = context
        self._distrust = distrust
        self._greeting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with the handshake."""
        self._live.add(cast(asyncio.Transport, transport))
        self._greeting = asyncio.get_running_loop().create_task(self._greet(transport))

    async def _greet(self, transport: asyncio.BaseTransport) -> None:
        loop, raw = asyncio.get_running_loop(), cast(asyncio.Transport, transport)
        within = self._within()
        try:
            secure = await loop.start_tls(raw, within, self._context, server_side=True)
        except ssl.SSLError:
            self._distrust()
        except OSError:
            pass
        else:
            if secure is not None:
                within.connection_made(secure)
        finally:
            self._live.discard(raw)


async def listening(host: str, make: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    """A server on a free port of *host*, for which *make* makes what answers a connection."""
    return await asyncio.get_running_loop().create_server(make, host, 0)


def port_of(server: asyncio.Server) -> int:
    """The port on which *server* listens."""
    port: int = server.sockets[0].getsockname()[1]
    return port
