"""How far an exchange has got, told by a transport that takes what the test lets it take."""

import asyncio
import socket
import ssl
from collections.abc import Iterator

import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Dropped, Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending.conversation import Conversation
from ringback.sending.exchange import PIECE, Exchange
from ringback.sending.tls import Tls, trusting_everyone

APP = Endpoint("http", "app.example", 80, "/done")
MESSAGE = CallbackMessage(
    "POST", APP.url, Headers({"host": "app.example", "content-length": "5"}), b"sound"
)


class SlowTransport(asyncio.Transport):
    """Keeps what is written; whoever made it says when it is full."""

    def __init__(self, exchange: Exchange, *, full_after: int) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.aborted = 0
        self._exchange = exchange
        self._full_after = full_after

    def abort(self) -> None:
        self.aborted += 1

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))
        if len(self.written) == self._full_after:
            self._exchange.pause_writing()


@pytest.fixture
def outcome() -> Iterator["asyncio.Future[Outcome]"]:
    loop = asyncio.new_event_loop()
    yield loop.create_future()
    loop.close()


def test_it_is_sending_until_the_last_piece_has_been_taken(
    outcome: "asyncio.Future[Outcome]",
) -> None:
    with socket.socket() as raw:
        exchange = Exchange(Conversation(), [b"head", b"body"], raw, outcome)
        phases = [exchange.phase]
        transport = SlowTransport(exchange, full_after=2)
        exchange.connection_made(transport)
        phases.append(exchange.phase)
        exchange.resume_writing()
        phases.append(exchange.phase)
    assert transport.written == [b"head", b"body"]
    assert phases == ["connecting", "sending", "waiting"]


def test_a_large_piece_is_handed_over_in_parts(outcome: "asyncio.Future[Outcome]") -> None:
    with socket.socket() as raw:
        exchange = Exchange(Conversation(), [b"h", bytes(150_000)], raw, outcome)
        transport = SlowTransport(exchange, full_after=3)
        exchange.connection_made(transport)
        assert list(map(len, transport.written)) == [1, 65_536, 65_536]
        exchange.resume_writing()
        assert list(map(len, transport.written)) == [1, 65_536, 65_536, 18_928]


def test_what_comes_after_the_answer_is_not_heard(outcome: "asyncio.Future[Outcome]") -> None:
    conversation = Conversation()
    request = conversation.say(MESSAGE, APP.target)
    with socket.socket() as raw:
        exchange = Exchange(conversation, request, raw, outcome)
        transport = SlowTransport(exchange, full_after=9)
        exchange.connection_made(transport)
        for answer in (b"HTTP/1.1 204\r\n\r\n", b"HTTP/1.1 500\r\n\r\n", b"more"):
            exchange.data_received(answer)
        exchange.eof_received()
        assert not outcome.done()  # before the connection has gone
        exchange.connection_lost(None)
    assert outcome.result() == Answered(204)
    assert transport.aborted == 1


def test_a_fault_of_our_own_is_not_taken_for_the_receivers(
    outcome: "asyncio.Future[Outcome]",
) -> None:
    with socket.socket() as raw:
        exchange = Exchange(Conversation(), [b"request"], raw, outcome)
        exchange.connection_made(SlowTransport(exchange, full_after=9))
        exchange.connection_lost(KeyError("a bug"))
    assert isinstance(outcome.exception(), KeyError)


class JammedTls(Tls):
    """Has shaken hands, and can seal nothing from the second piece on."""

    def __init__(self) -> None:
        super().__init__(trusting_everyone(), "app.example")
        self.sealed = 0

    def open(self, data: bytes = b"") -> Iterator[bytes]:
        self.established = True
        yield from ()

    def seal(self, text: memoryview) -> bytes:
        self.sealed += 1
        if self.sealed > 1:
            raise ssl.SSLError(1, "jammed")
        return b"sealed"


def test_what_can_no_longer_be_sealed_is_a_drop_and_ends_the_connection(
    outcome: "asyncio.Future[Outcome]",
) -> None:
    with socket.socket() as raw:
        exchange = Exchange(Conversation(), [b"head", b"body"], raw, outcome, JammedTls())
        transport = SlowTransport(exchange, full_after=1)
        exchange.connection_made(transport)
        exchange.resume_writing()
        assert transport.aborted == 1
        exchange.connection_lost(None)
    assert outcome.result() == Dropped("reset", "sending", "jammed")


@pytest.mark.asyncio
async def test_it_is_sending_while_the_transport_holds_anything_back() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least that the system has
        ours.setblocking(False)
        theirs.setblocking(False)
        body = bytes(PIECE - 1)  # one piece, so that nothing but the transport holds it back
        exchange = Exchange(Conversation(), [body], ours, loop.create_future())
        transport, _ = await loop.create_connection(lambda: exchange, sock=ours)
        assert transport.get_write_buffer_size() > 0
        assert exchange.phase == "sending"
        read = 0
        while read < len(body):
            read += len(await loop.sock_recv(theirs, PIECE))
        assert transport.get_write_buffer_size() == 0
        assert exchange.phase == "waiting"
        exchange.abandon()
        await exchange.outcome
