"""A story's streams on a real socket: a small WebSocket client."""

import json
import socket
from collections import deque
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError

from ringback.core.base.headers import Headers
from ringback.scenario.acting.client import Heard
from ringback.scenario.acting.talks import (
    LEFT,
    End,
    Enough,
    Frame,
    Message,
    Refused,
    Sound,
    Talk,
    authorization,
    joined,
)
from ringback.scenario.story.seeing import OPENED
from ringback.scenario.story.streaming import Open
from ringback.scenario.submitting import PATIENCE
from ringback.service.service import Service

PIECE = 65_536

BETWEEN_PIECES = 0.05
"""Real seconds in which another piece of audio comes, if there is one."""


class TalkOnAWire:
    """A stream on a socket."""

    def __init__(self, url: str, open_: Open, said: str | None) -> None:
        """Open it. Raises `OSError` where nobody answers."""
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), PATIENCE)
        # What was said is to be there at once: Nagle's algorithm holds a second frame back.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = WSConnection(ConnectionType.CLIENT)
        self._frames: list[Frame] = []
        self._events: deque[Event] = deque()
        self._text = ""
        self._over = False
        query = open_.query_string.decode()
        target = f"{open_.path}?{query}" if query else open_.path
        headers = [] if said is None else [(b"authorization", said.encode())]
        self._say(Request(host=parts.netloc, target=target, extra_headers=headers))
        try:
            self.answer = self._answered()
        except BaseException:
            self._socket.close()
            raise
        self.request_id = self.answer.headers.get("dg-request-id", "")

    def send(self, frame: str) -> None:
        """Say something. Whether it is heard any more only the service knows."""
        if not self._over:
            self._say(TextMessage(frame))

    def ping(self) -> None:
        """Show that somebody is there."""
        if not self._over:
            self._say(Ping())

    def leave(self) -> None:
        """Close the stream."""
        if not self._over:
            self._say(CloseConnection(LEFT.code))
            self._over = True
        self._socket.close()

    def heard(self, enough: Enough) -> list[Frame]:
        """What has come: *enough*, and whatever else is there.

        Less comes back where no more has come for some time. No ping asks whether that is all: it
        would be a sign of life, on which a session lives longer.
        """
        try:
            while not (self._over or enough(joined(self._frames))):
                self._read()
            while not self._over and self._more:
                self._read()
        except TimeoutError:
            pass
        frames, self._frames = self._frames, []
        return joined(frames)

    @property
    def _more(self) -> bool:
        """Whether something is there to be read; audio may still be on its way, piece by piece."""
        sounds = bool(self._frames) and isinstance(self._frames[-1], Sound)
        patience = BETWEEN_PIECES if sounds else 0
        if self._events:
            return True
        with DefaultSelector() as selector:
            selector.register(self._socket, EVENT_READ)
            return bool(selector.select(patience))

    def _say(self, event: Event) -> None:
        # Where it was closed, that is still to be read.
        with suppress(ConnectionError, LocalProtocolError):
            self._socket.sendall(self._connection.send(event))

    def _answered(self) -> Heard:
        """What the upgrade is answered, with its body if it is refused."""
        answer: Heard | None = None
        body = b""
        while True:
            event = self._next()
            match event:
                case AcceptConnection():
                    return Heard(OPENED, _headers(event.extra_headers))
                case RejectConnection():
                    answer = Heard(event.status_code, _headers(event.headers))
                    self._over = True
                    if not event.has_body:
                        return answer
                case RejectData() if answer is not None:
                    body += event.data
                    if event.body_finished:
                        return Heard(answer.status, answer.headers, body)
                case CloseConnection():
                    raise ConnectionError("the emulator closed the connection at the upgrade")
                case _:
                    pass

    def _read(self) -> None:
        event = self._next()
        match event:
            case TextMessage():
                self._text += event.data
                if event.message_finished:
                    self._frames.append(Message(json.loads(self._text)))
                    self._text = ""
            case BytesMessage():
                self._frames.append(Sound(len(event.data)))
            case CloseConnection():
                self._frames.append(End(event.code, event.reason or ""))
                self._over = True
            case Ping():
                self._say(event.response())
            case _:
                pass

    def _next(self) -> Event:
        """The next thing that the server says: several may come in one piece."""
        while not self._events:
            try:
                data = self._socket.recv(PIECE)
            except ConnectionError:
                data = b""
            self._connection.receive_data(data or None)
            self._events.extend(self._connection.events())
            if not data and not self._events:
                return CloseConnection(1006, "")
        return self._events.popleft()


def open_on_a_wire(service: Service, url: str, open_: Open) -> Talk:
    """Open a stream at *url*, that of the emulator of *service*."""
    talk = TalkOnAWire(url, open_, authorization(service, open_))
    if talk.answer.status != OPENED:
        talk.leave()
        return Refused(talk.answer, talk.request_id)
    return talk


def _headers(pairs: object) -> Headers:
    listed = pairs if isinstance(pairs, list) else []
    return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in listed)
