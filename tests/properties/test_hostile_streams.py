"""Whatever bytes come over a socket, the server outlives them, and whoever comes next is answered.

A failure names the seed and the index: `hostile_stream(SEED, index)` makes the bytes again.
"""

import logging
import socket
from collections.abc import Iterator
from contextlib import suppress

import h11
import pytest

from ringback import Emulator, Settings
from tests.budgets import budget
from tests.properties.hostile_requests import KEY
from tests.properties.hostile_streams import HEAD, JSON, TEXT, hostile_stream
from tests.properties.test_hostile_requests import Heard, assert_going_on, assert_sound, leaked

pytestmark = pytest.mark.deep

SEED = 20260101
COUNT = budget(300, 2000)
GUARD = 20
"""Real seconds after which a peer that says nothing is taken for hung."""

PLAIN = HEAD % (b"POST", b"/v1/speak") + JSON + b"content-length: %d\r\n" % len(TEXT)
PLAIN += b"connection: close\r\n\r\n" + TEXT

NO_HTTP = "Invalid HTTP request received."
"""What the server says to what is no HTTP, and logs, before the endpoint hears of it."""

GUARDS = "ringback.serving.guard"
"""The log of whoever is no page that may ask: it is tried by itself."""


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=GUARD)


def rest_of(peer: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    pieces = []
    with suppress(ConnectionError):  # it may close before it has read everything
        while piece := peer.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def answer_to(port: int, stream: bytes) -> bytes:
    """What comes back for *stream*, once a plain request that came later has been answered."""
    with connected(port) as hostile:
        with suppress(ConnectionError):  # it may have had enough
            hostile.sendall(stream)
        with connected(port) as plain:
            plain.sendall(PLAIN)
            assert rest_of(plain).startswith(b"HTTP/1.1 200 ")
        with suppress(OSError):  # it may have closed already
            hostile.shutdown(socket.SHUT_WR)
        return rest_of(hostile)


def answers_in(data: bytes) -> Iterator[Heard]:
    """The answers in *data*; one that breaks off at its end is left out."""
    while data:
        parser = h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method="POST", target="/", headers=[("host", "x")]))
        parser.send(h11.EndOfMessage())
        parser.receive_data(data)
        parser.receive_data(b"")
        heard = Heard()
        while True:
            match parser.next_event():
                case h11.InformationalResponse():
                    pass
                case h11.Response(status_code=status, headers=headers):
                    heard.status, heard.headers = status, [*headers]
                case h11.Data(data=piece):
                    heard.body += bytes(piece)
                case h11.EndOfMessage():
                    heard.ended = True
                    break
                case _:
                    break
        yield heard
        data = parser.trailing_data[0]


def test_the_server_outlives_every_stream(caplog: pytest.LogCaptureFixture) -> None:
    with Emulator(Settings(api_key=KEY, retries=0)) as ringback, caplog.at_level(logging.INFO):
        port = int(ringback.url.rpartition(":")[2])
        for index in range(COUNT):
            stream = hostile_stream(SEED, index)
            try:
                for heard in answers_in(answer_to(port, stream)):
                    if heard.body != NO_HTTP.encode():
                        assert_sound(heard)
                told = {each.getMessage() for each in caplog.records if each.name != GUARDS}
                assert told <= {NO_HTTP}
                assert not leaked(caplog.text)
                caplog.clear()
            except Exception as fault:
                fault.add_note(f"hostile_stream({SEED}, {index}) = {stream!r:.3000}")
                raise
        assert_going_on(ringback)
