"""A receiver without manners: raw sockets and threads, one behaviour for every connection."""

import queue
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

PATIENCE = 20.0
"""Real seconds after which a test that should have ended long ago is broken."""


class Visit:
    """One connection, as a behaviour sees it."""

    def __init__(self, connection: socket.socket, receiver: "RudeReceiver") -> None:
        self._connection = connection
        self._receiver = receiver

    def hear(self) -> bytes:
        """Read whatever comes next; empty when the other side has closed."""
        return self._connection.recv(1 << 16)

    def read_head(self) -> bytes:
        """Read up to the blank line, and leave the body unread."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self._connection.recv(1)
            if not byte:
                break
            head += byte
        return head

    def read_request(self) -> bytes:
        """Read a whole request, by its content length."""
        head = self.read_head()
        lengths = [
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        length = lengths[0] if lengths else 0
        body = b""
        while len(body) < length and (part := self._connection.recv(1 << 20)):
            body += part
        self._receiver.requests.put(head + body)
        return head + body

    def say(self, *parts: bytes) -> None:
        for part in parts:
            self._connection.sendall(part)

    def say_in_the_clear(self, part: bytes) -> None:
        """Say *part* past all encryption."""
        socket.socket.send(self._connection, part)

    def protocol(self) -> str | None:
        """Which protocol was chosen of those that the other side offered."""
        assert isinstance(self._connection, ssl.SSLSocket)
        return self._connection.selected_alpn_protocol()

    def reset(self) -> None:
        """Break the connection off, so that the other side gets a reset."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def say_no_more(self) -> None:
        """Close the half of the connection that goes to the other side."""
        self._connection.shutdown(socket.SHUT_WR)

    def note(self, text: str) -> None:
        """Tell the test how far it got."""
        self._receiver.notes.put(text)

    def wait_for_permission(self) -> None:
        """Do nothing, so that all buffers on the way fill up, until the test allows to read."""
        self._receiver.may_read.wait(PATIENCE)

    def wait_until_they_leave(self) -> None:
        """Say nothing until the other side has closed, and note that it has."""
        with suppress(OSError):
            while self._connection.recv(1 << 16):
                pass
        self._receiver.notes.put("they left")


Behaviour = Callable[[Visit], None]


class RudeReceiver:
    """Listens on loopback, at a port of its own, while its `with` block lasts."""

    def __init__(
        self,
        behaviour: Behaviour,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=64)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.notes: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.may_read = threading.Event()
        self.visits = 0
        self._behaviour = behaviour
        self._tls = tls
        self._over = False
        self._open: set[socket.socket] = set()
        self._faults: list[Exception] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._threads: list[threading.Thread] = []

    @property
    def base(self) -> tuple[str, str, int]:
        """Where it listens, as `HttpSender` takes it."""
        return ("https" if self._tls else "http", self.host, self.port)

    def __enter__(self) -> "RudeReceiver":
        self._acceptor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over = True
        self.may_read.set()
        with suppress(OSError):
            socket.create_connection((self.host, self.port)).close()  # wakes the acceptor
        self._acceptor.join(PATIENCE)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        if self._faults:
            raise self._faults[0]

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over:
                connection.close()
                return
            # Otherwise what is said before a reset may be held back, and goes down with it.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.visits += 1
            thread = threading.Thread(target=self._receive, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _receive(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            if self._tls is not None:
                self._open.discard(connection)
                connection = encrypted = self._tls.wrap_socket(
                    connection,
                    server_side=True,
                    do_handshake_on_connect=False,
                    suppress_ragged_eofs=False,  # a missing goodbye is an error
                )
                self._open.add(connection)
                encrypted.do_handshake()
            self._behaviour(Visit(connection, self))
        except ssl.SSLError as error:
            self.notes.put(f"TLS: {error.reason}")
        except OSError:  # the sender left: that is its right
            pass
        except Exception as fault:  # noqa: BLE001 - raised where the test ends
            self._faults.append(fault)
        finally:
            self._open.discard(connection)
            connection.close()


def answers(*parts: bytes) -> Behaviour:
    """Read the whole request, say *parts*, and close."""

    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.say(*parts)

    return behave


def answers_and_stays(*parts: bytes) -> Behaviour:
    """Read the whole request, say *parts*, and keep the connection until the sender leaves."""

    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.say(*parts)
        visit.note("said")
        visit.wait_until_they_leave()

    return behave


def resets_after(*parts: bytes) -> Behaviour:
    """Read the whole request, say *parts*, and once they have been read reset."""

    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.say(*parts)
        visit.reset()

    return behave


def resets_at_once(visit: Visit) -> None:
    """Reset as soon as there is a connection."""
    visit.reset()


def resets_in_the_middle(visit: Visit) -> None:
    """Reset after the head of the request."""
    visit.read_head()
    visit.reset()


def closes_in_the_middle(visit: Visit) -> None:
    """Close after the head of the request."""
    visit.read_head()


def hangs(visit: Visit) -> None:
    """Read the whole request and say nothing."""
    visit.read_request()
    visit.note("read")
    visit.wait_until_they_leave()


def says_no_more_without_reading(visit: Visit) -> None:
    """Read the head, and end the own half of the connection while the other side still sends."""
    visit.read_head()
    visit.say_no_more()
    visit.wait_for_permission()


def hears_the_hello(visit: Visit) -> None:
    """Take what comes first, as that of a handshake, and never answer it."""
    visit.hear()
    visit.note("heard the hello")
    visit.wait_until_they_leave()


def hangs_without_reading(visit: Visit) -> None:
    """Read the head, and no more until `may_read` says so."""
    visit.read_head()
    visit.note("read")
    visit.wait_for_permission()
    visit.wait_until_they_leave()


def never_ends(head: bytes, forever: bytes) -> Behaviour:
    """Read the request, say *head*, and then *forever* until the sender leaves."""

    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.say(head)
        visit.note("said")
        try:
            while True:
                visit.say(forever)
        finally:
            visit.note("they left")

    return behave


def answers_early(answer: bytes) -> Behaviour:
    """Say *answer* after the head of the request, and close with the body unread."""

    def behave(visit: Visit) -> None:
        visit.read_head()
        visit.say(answer)

    return behave
