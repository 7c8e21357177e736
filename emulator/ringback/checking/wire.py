"""One callback to a receiver over a connection of its own, sent as a check wants it sent.

What a check asks for is what HTTP client libraries keep their users from: odd names, an answer that
nobody waits for, a body in pieces. So the request is written here, byte by byte.
"""

import contextlib
import http.client
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from ringback.clock.real import monotonic_ns
from ringback.core.delivery.message import CallbackMessage
from ringback.core.request.endpoint import Endpoint

Framing = Literal["content-length", "chunked", "expect", "1.0"]

CONTINUE_WITHIN = 1.0
"""Real seconds that a client waits for `100 Continue` before it goes on without (RFC 9110, 10.1.1:
it must not wait for ever)."""

PIECES = 5
"""Pieces in which a slow connection brings a body."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a callback: a *status*, or the *trouble* that there was instead of one."""

    status: int | None = None
    trouble: str = ""
    took: float = 0.0
    """Real seconds from the last byte of the request to the whole answer."""

    @property
    def accepted(self) -> bool:
        """Whether the dispatcher would take it for a success."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def refused(self) -> bool:
        """Whether the receiver has said that it does not know who is asking."""
        return self.status in (401, 403)

    def __str__(self) -> str:
        return self.trouble if self.status is None else f"answered {self.status}"


class Wire:
    """The way to one receiver."""

    def __init__(self, endpoint: Endpoint, limit: float, tls: ssl.SSLContext | None = None) -> None:
        """Connect to *endpoint*; wait for no answer longer than *limit* real seconds."""
        self._endpoint = endpoint
        self._limit = limit
        self._tls = tls

    def send(
        self,
        message: CallbackMessage,
        *,
        framing: Framing = "content-length",
        pause: float = 0.0,
        lost: bool = False,
    ) -> Seen:
        """Send *message*, and say what became of it.

        With a *pause* the body comes in pieces, so many real seconds apart. When its answer is
        *lost* the connection is reset as soon as that answer has begun.
        """
        body = message.body
        with self._connected() as connection:
            if isinstance(connection, Seen):
                return connection
            try:
                connection.sendall(_head(message, framing))
                if framing == "expect" and (early := self._continued(connection)) is not None:
                    return early
                for piece in _pieces(body, pause):
                    if pause:
                        threading.Event().wait(pause)  # which no freezer of time stops
                    connection.sendall(_framed(piece, framing))
                if framing == "chunked":
                    connection.sendall(b"0\r\n\r\n")
            except OSError as error:
                # It may have answered before it has read everything.
                return self._answer(connection, f"broke off while it was sent: {_words(error)}")
            if lost:
                return self._lose(connection)
            return self._answer(connection, "closed the connection without an answer")

    def send_together(self, message: CallbackMessage, copies: int = 2) -> list[Seen]:
        """Send *message* so many times at once: all of them lack their last byte, then none."""
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(self._connected()) for _ in range(copies)]
            open_ones = [each for each in connections if not isinstance(each, Seen)]
            head, body = _head(message, "content-length"), message.body
            try:
                for connection in open_ones:
                    connection.sendall(head + body[:-1])
                for connection in open_ones:
                    connection.sendall(body[-1:])
            except OSError as error:
                return [Seen(trouble=_words(error))]
            said = "closed the connection without an answer"
            return [
                each if isinstance(each, Seen) else self._answer(each, said) for each in connections
            ]

    @contextmanager
    def _connected(self) -> Iterator[socket.socket | Seen]:
        endpoint = self._endpoint
        try:
            plain = socket.create_connection((endpoint.host, endpoint.port), timeout=self._limit)
        except OSError as error:
            yield Seen(trouble=f"cannot be reached: {_words(error)}")
            return
        with plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                yield plain
                return
            try:
                secured = self._tls.wrap_socket(plain, server_hostname=endpoint.host)
            except OSError as error:
                yield Seen(trouble=f"cannot be reached: {_words(error)}")
                return
            with secured:
                yield secured

    def _continued(self, connection: socket.socket) -> Seen | None:
        """Wait for `100 Continue`, as long as a client may; or take a final answer."""
        connection.settimeout(CONTINUE_WITHIN)
        try:
            line = connection.recv(64, socket.MSG_PEEK) if self._tls is None else b""
        except TimeoutError:
            return None
        finally:
            connection.settimeout(self._limit)
        if line.startswith((b"HTTP/1.1 100", b"HTTP/1.0 100")) or not line:
            return None
        return self._answer(connection, "closed the connection without an answer")

    def _lose(self, connection: socket.socket) -> Seen:
        begun = monotonic_ns()
        try:
            first = connection.recv(1)
        except TimeoutError:
            return Seen(trouble=f"did not answer within {self._limit:g} s", took=self._limit)
        except OSError as error:
            return Seen(trouble=_words(error))
        took = (monotonic_ns() - begun) / 1e9
        # On, with no time to linger: what is closed is reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if not first:
            return Seen(trouble="closed the connection without an answer", took=took)
        return Seen(trouble="its answer was lost", took=took)

    def _answer(self, connection: socket.socket, otherwise: str) -> Seen:
        begun = monotonic_ns()
        response = http.client.HTTPResponse(connection)
        try:
            response.begin()
            response.read()
        except TimeoutError:
            return Seen(trouble=f"did not answer within {self._limit:g} s", took=self._limit)
        except http.client.RemoteDisconnected:
            return Seen(trouble=otherwise)
        except http.client.HTTPException as error:
            return Seen(trouble=f"answered what is no HTTP: {type(error).__name__}")
        except OSError as error:
            return Seen(trouble=f"{otherwise} ({_words(error)})")
        finally:
            response.close()
        return Seen(response.status, took=(monotonic_ns() - begun) / 1e9)


def _head(message: CallbackMessage, framing: Framing) -> bytes:
    target = message.url.split("/", 3)[-1] if message.url.count("/") > 2 else ""
    version = "1.0" if framing == "1.0" else "1.1"
    lines = [f"{message.method} /{target} HTTP/{version}"]
    for name, value in message.headers.on_the_wire:
        if framing == "chunked" and name.lower() == "content-length":
            lines.append("transfer-encoding: chunked")
        else:
            lines.append(f"{name}: {value}")
    if framing == "expect":
        lines.append("expect: 100-continue")
    if framing != "1.0":
        lines.append("connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _pieces(body: bytes, pause: float) -> list[bytes]:
    if not pause:
        return [body]
    size = max(1, len(body) // PIECES)
    return [body[start : start + size] for start in range(0, len(body), size)]


def _framed(piece: bytes, framing: Framing) -> bytes:
    if framing != "chunked":
        return piece
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    return (error.strerror or str(error) or type(error).__name__).lower()
