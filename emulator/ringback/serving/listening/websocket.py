"""A connection that has become a WebSocket: what uvicorn leaves unsaid on it.

It is imported by the first upgrade, for what it takes is more than the rest of a server.
"""

from collections.abc import Callable, Generator
from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection, Event, Ping, Pong, Request

from ringback.serving.listening.cycle import HANG_UP, SIGNS_OF_LIFE


class WebSocket(WSProtocol):
    """Says why it closes, and tells of pings and pongs, of which ASGI has no word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nobody who listens."""
        super().__init__(*args, **kwargs)
        self.conn = _Frames(self._hear)
        self._on_sign_of_life: Callable[[], None] = lambda: None

    def _tell(self, hear: Callable[[], None]) -> None:
        self._on_sign_of_life = hear

    def _hear(self) -> None:
        self._on_sign_of_life()

    def handle_connect(self, event: Request) -> None:
        """Let the application find this connection."""
        super().handle_connect(event)
        extensions: Any = self.scope["extensions"]
        extensions[SIGNS_OF_LIFE] = self._tell
        extensions[HANG_UP] = self.transport.abort

    def handle_close(self, event: CloseConnection) -> None:
        """Answer a close frame; or where the peer broke the protocol, send one that says so.

        A frame that cannot be read comes as an end that nobody has sent: 1002, 1007 or 1009
        (RFC 6455, 7.4.1).
        """
        if not self.close_sent and self.conn.state is ConnectionState.OPEN:
            self.transport.write(self.conn.send(event))
        super().handle_close(event)


class _Frames(WSConnection):
    """What comes on a connection. Pongs are told of here: not every uvicorn looks at them."""

    def __init__(self, hear: Callable[[], None]) -> None:
        super().__init__(ConnectionType.SERVER)
        self._hear = hear

    def events(self) -> Generator[Event, None, None]:
        for event in super().events():
            if isinstance(event, Ping | Pong):
                self._hear()
            yield event
