"""One connection over HTTP, and what is done about those on which nothing comes any more."""

import asyncio
from collections.abc import Iterable
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ringback.core.answer.answer import refusal
from ringback.core.base.ids import anonymous_id
from ringback.core.base.rejection import Rejection
from ringback.serving.gathering import Gathering

_LOOKS = 4
"""How often a connection is looked at within the limit."""

_TOO_LATE = Rejection(408, "REQUEST_TIMEOUT", "The request was not received in time.")


class Connection(H11Protocol):
    """uvicorn's, which knows whether something has come since the last look."""

    silent_for = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        super().connection_made(
            cast(asyncio.Transport, Gathering(cast(asyncio.Transport, transport)))
        )

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        self.silent_for = 0
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nothing hold what is gone: uvicorn leaves a timer after a reset."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def _get_upgrade(self) -> bytes | None:
        """Pass over an offer of HTTP/2, which Java's client makes: uvicorn warns of each."""
        upgrade = super()._get_upgrade()
        return upgrade if upgrade == b"websocket" else None

    @property
    def waits(self) -> bool:
        """Whether the peer has the word: it has begun nothing, or not come to an end."""
        if self.conn.their_state is h11.SEND_BODY:
            return True
        return self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None

    def give_up(self) -> None:
        """Answer half a request with 408, and close."""
        if not self.transport.is_closing():
            if self._has_begun and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                self.transport.write(_late())
            self.transport.close()

    @property
    def _has_begun(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY or bool(self.conn.trailing_data[0])


class Watch:
    """Gives up connections on which nothing has come for some real seconds."""

    def __init__(self, connections: Iterable[Any], limit: float) -> None:
        """Look at *connections*, which come and go. It is called on their loop."""
        self._connections = connections
        self._pause = limit / _LOOKS
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(self._pause, self.look)

    def look(self) -> None:
        """Look at each connection, and again later."""
        for connection in list(self._connections):
            if isinstance(connection, Connection) and connection.waits:
                connection.silent_for += 1
                if connection.silent_for > _LOOKS:
                    connection.give_up()
        self._timer = self._loop.call_later(self._pause, self.look)

    def stop(self) -> None:
        """Look no more."""
        self._timer.cancel()


def _late() -> bytes:
    answer = refusal(_TOO_LATE, anonymous_id())
    headers = [*answer.headers, ("content-length", str(len(answer.body))), ("connection", "close")]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 408 Request Timeout\r\n{lines}\r\n".encode("latin-1") + answer.body
