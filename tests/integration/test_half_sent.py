"""Requests that are half sent: they hold no clock, and do not live for ever."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ringback import Emulator
from ringback.clock.virtual import VirtualClock
from ringback.serving import speaking
from ringback.serving.server import Server

HEAD = "POST /v1/speak HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {}\r\n"
BODY = "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nHe"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server whose patience ends when the test looks."""
    server = Server(patience=3600)
    yield server
    server.stop()


@pytest.fixture
def ringback(server: Server) -> Iterator[Emulator]:
    with Emulator(server=server) as emulator:
        yield emulator


def look(server: Server, times: int) -> None:
    """Have so much of the server's patience pass."""

    async def looked() -> None:
        watch = server._bound()._watch
        assert watch is not None
        for _ in range(times):
            watch._timer.cancel()
            watch.look()

    thread = server._bound()._thread
    assert thread is not None
    thread.submit(looked()).result(10)


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def all_of(peer: socket.socket) -> bytes:
    """What comes until the connection is closed."""
    pieces = []
    while piece := peer.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def arrived(server: Server, peer: socket.socket, text: str) -> None:
    """Send *text* on a connection that the server has heard on, and wait until it has heard it."""
    peer.sendall(text.encode())

    async def heard() -> bool:
        from ringback.clock.turns import drained

        await drained()
        return True

    thread = server._bound()._thread
    assert thread is not None
    for _ in range(3):
        assert thread.submit(heard()).result(10)


@pytest.mark.parametrize(
    "half",
    ["POST /v1/sp", HEAD.format("k"), HEAD.format("k") + BODY, HEAD.format("k") + "Expect: 1"],
)
def test_half_a_request_is_answered_408_once_nothing_more_comes(
    server: Server, ringback: Emulator, half: str
) -> None:
    with closing(connected(server)) as peer:
        arrived(server, peer, half)
        look(server, 4)
        arrived(server, peer, "e" if half.endswith("He") else "x")  # a byte, and all begins again
        look(server, 4)
        assert not ringback.requests
        look(server, 1)
        answer = all_of(peer)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"REQUEST_TIMEOUT" in answer
    assert not ringback.requests


def test_a_connection_on_which_nothing_ever_came_is_closed_without_a_word(server: Server) -> None:
    with closing(connected(server)) as peer:
        arrived(server, peer, "")
        look(server, 5)
        assert all_of(peer) == b""


def test_a_request_that_is_being_answered_is_not_given_up(
    server: Server, ringback: Emulator
) -> None:
    ringback.fail_requests("stalled")
    with closing(connected(server)) as peer:
        arrived(server, peer, HEAD.format(ringback.api_key) + BODY + "llo")
        look(server, 20)
        assert server._bound()._uvicorn.server_state.connections
        begun = peer.recv(65536)
    assert begun.startswith(b"HTTP/1.1 200")


def test_half_a_request_keeps_no_clock_and_its_other_half_is_answered(
    server: Server, ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[str] = []
    enter = VirtualClock.enter

    def watched(clock: VirtualClock, label: str) -> object:
        entered.append(label)
        return enter(clock, label)

    monkeypatch.setattr(VirtualClock, "enter", watched)
    monkeypatch.setattr(speaking, "_HALF_SENT", 0.01)
    with closing(connected(server)) as peer:
        arrived(server, peer, HEAD.format(ringback.api_key) + BODY)
        assert entered == ["a request to /v1/speak"]
        ringback.advance(3600)  # or else the guard rings: Stuck
        peer.sendall(b"llo")
        assert peer.recv(65536).startswith(b"HTTP/1.1 200")
    assert entered == ["a request to /v1/speak"] * 2
    assert [request.at for request in ringback.requests] == [3600]


def test_a_request_that_comes_whole_sets_no_timer(
    server: Server, ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "_HALF_SENT", None)  # which no timer can be set to
    with closing(connected(server)) as peer:
        arrived(server, peer, HEAD.format(ringback.api_key) + BODY + "llo")
        assert peer.recv(65536).startswith(b"HTTP/1.1 200")
