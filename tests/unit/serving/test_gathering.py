"""What is written in one go leaves in one go."""

import asyncio
import socket
from collections.abc import Sequence

import pytest

from ringback.clock.turns import drained, restless
from ringback.serving.gathering import MOST, Gathering


class Transport:
    """Remembers what is done with it, in order."""

    def __init__(self) -> None:
        """Nothing was."""
        self.done: list[bytes | str] = []
        self.name = "the transport's own"

    def write(self, data: bytes) -> None:
        """Be written to."""
        self.done.append(data)

    def writelines(self, pieces: Sequence[bytes]) -> None:
        """Be written to, with many pieces at once."""
        self.done.append(b"|".join(pieces))

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return "closed" in self.done

    def close(self) -> None:
        """Close."""
        self.done.append("closed")

    def abort(self) -> None:
        """Close at once."""
        self.done.append("aborted")


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
def gathering(transport: Transport) -> Gathering:
    return Gathering(transport)  # type: ignore[arg-type]  # it has what is needed


def test_what_is_written_inside_leaves_at_the_end(
    transport: Transport, gathering: Gathering
) -> None:
    with gathering.at_once():
        gathering.write(b"one")
        gathering.write(b"two")
        assert not transport.done
    gathering.write(b"three")
    assert transport.done == [b"one|two", b"three"]


def test_no_more_is_gathered_than_a_socket_takes(
    transport: Transport, gathering: Gathering
) -> None:
    with gathering.at_once():
        gathering.write(bytes(MOST))
        assert not transport.done
        gathering.write(b"more")
        assert transport.done == [bytes(MOST) + b"|more"]
        gathering.write(bytes(MOST))
        assert len(transport.done) == 1
    assert transport.done[1:] == [bytes(MOST)]


def test_what_was_gathered_leaves_before_the_connection_closes(
    transport: Transport, gathering: Gathering
) -> None:
    with gathering.at_once():
        gathering.write(b"last")
        gathering.close()
        assert gathering.is_closing()
    assert transport.done == [b"last", "closed"]


def test_what_was_gathered_leaves_whatever_is_raised(
    transport: Transport, gathering: Gathering
) -> None:
    def fail() -> None:
        with gathering.at_once():
            gathering.write(b"begun")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    gathering.write(b"more")
    assert transport.done == [b"begun", b"more"]


def test_all_else_is_the_transports_own(transport: Transport, gathering: Gathering) -> None:
    assert gathering.name == "the transport's own"
    gathering.abort()
    assert transport.done == ["aborted"]


def test_lines_stand_first_among_the_headers(transport: Transport, gathering: Gathering) -> None:
    with gathering.at_once():
        gathering.add_lines(b"a: 1\r\n")  # nothing is there: the caller has gone
        gathering.write(b"HTTP/1.1 200 OK\r\nlength: 3\r\n\r\n")
        gathering.add_lines(b"b: 2\r\n")
    assert transport.done == [b"HTTP/1.1 200 OK\r\nb: 2\r\nlength: 3\r\n\r\n"]


def test_nothing_is_written_once_the_connection_is_lost(
    transport: Transport, gathering: Gathering
) -> None:
    with gathering.at_once():
        gathering.write(b"one")
        transport.close()
    with gathering.at_once():
        gathering.write(b"two")
    assert transport.done == ["closed"]


@pytest.mark.asyncio
async def test_the_loop_is_at_rest_once_all_is_written() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        transport, _ = await asyncio.get_running_loop().create_connection(
            asyncio.Protocol, sock=ours
        )
        gathering = Gathering(transport)
        with gathering.at_once():
            gathering.write(b"all of it")
            gathering.write(b"")  # as h11 ends an answer
        await drained()
        assert not restless()
        assert transport.get_write_buffer_size() == 0
        gathering.close()
        assert theirs.recv(100) == b"all of it"
