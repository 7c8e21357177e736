"""Requests to a server, on connections that are used again."""

import http.client
import json
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from ringback.client.problems import another_server, raise_problem
from ringback.core.answer.problem import SIGN
from ringback.core.base.masking import in_one_line
from ringback.errors import ServerError, SettingsError

PREFIX = "/_ringback"

_MARGIN = 60.0
"""Real seconds that an answer may take besides what it was asked to wait for."""


_MOST = 10_000
"""Bytes that are read of what a server says instead of a stream of events."""


class Answered(NamedTuple):
    """An answer, read to its end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Transport:
    """Asks one server, under one key. It may be used from several threads."""

    def __init__(self, url: str, key: str, token: str | None) -> None:
        """Ask the server at *url*. Raises `SettingsError` for what is no base URL."""
        try:
            parts = urlsplit(url)
            self._place = (parts.hostname or "", parts.port)
        except ValueError:  # brackets that do not match, or no such port
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"Client({url!r}): no base URL. Write http://127.0.0.1:8088.")
        self.url = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._headers = {"authorization": f"Token {_sendable('key', key)}"} if key else {}
        if token is not None:
            self._headers["ringback-control-token"] = _sendable("token", token)
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The document at *path*. Raises what its problem stands for."""
        return json.loads(self.raw(path, query))

    def raw(self, path: str, query: Mapping[str, Any] | None = None) -> bytes:
        """The bytes at *path*. Raises what its problem stands for."""
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{PREFIX}{path}" + (f"?{urlencode(asked)}" if asked else "")
        return self._checked(self.ask("GET", target)).body

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """What comes of putting *body* at *path*. Raises what its problem stands for."""
        return self._sent("PUT", path, body, 0)

    def post(self, path: str, body: Mapping[str, Any] | None = None, wait: float = 0) -> Any:
        """What comes of *body* at *path*, which may *wait* for so many real seconds."""
        return self._sent("POST", path, body or {}, wait)

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        wait: float = 0,
    ) -> Answered:
        """One request and its answer. Raises `ServerError` where nobody answers."""
        with self._connection(wait) as connection:
            connection.request(
                method, self._prefix + target, body, {**self._headers, **(headers or {})}
            )
            answer = connection.getresponse()
            return Answered(answer.status, answer.getheaders(), answer.read())

    @contextmanager
    def stream(self, target: str) -> Iterator[http.client.HTTPResponse]:
        """An answer that goes on. Raises what its problem stands for."""
        connection = self._kind(*self._place, timeout=_MARGIN)  # it is told to be there more often
        try:
            with self._told():
                connection.request("GET", f"{self._prefix}{PREFIX}{target}", headers=self._headers)
                answer = connection.getresponse()
                if answer.status != 200 or answer.getheader(SIGN[0]) is None:
                    self._checked(Answered(answer.status, answer.getheaders(), answer.read(_MOST)))
                yield answer
        finally:
            connection.close()

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            idle, self._idle = self._idle, []
        for each in idle:
            each.close()

    def __del__(self) -> None:
        """Leave no socket open where nobody has closed this."""
        if hasattr(self, "_idle"):
            self.close()

    def _sent(self, method: str, path: str, body: Mapping[str, Any], wait: float) -> Any:
        headers = {"content-type": "application/json"}
        answer = self.ask(method, f"{PREFIX}{path}", json.dumps(body).encode(), headers, wait)
        return json.loads(self._checked(answer).body)

    def _checked(self, answer: Answered) -> Answered:
        if answer.status != 200:
            raise_problem(self.url, answer.status, answer.body)
        if not any(name.lower() == SIGN[0] for name, _ in answer.headers):
            raise another_server(self.url, answer.status, answer.body)
        return answer

    @contextmanager
    def _connection(self, wait: float) -> Iterator[http.client.HTTPConnection]:
        """A connection that is nobody else's meanwhile. One that fails is not used again."""
        connection = self._taken() or self._kind(*self._place)
        connection.timeout = wait + _MARGIN
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
        try:
            with self._told():
                if connection.sock is None:
                    _open(connection)
                yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)

    def _taken(self) -> http.client.HTTPConnection | None:
        """A connection that is idle and still open: the server closes those that rest too long."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.sock is not None and not _is_readable(connection.sock):
                return connection
            connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise ServerError(f"{self.url} did not answer in time") from None
        except (OSError, http.client.HTTPException) as error:
            reason = in_one_line(str(error).strip()) or type(error).__name__
            raise ServerError(
                f"{self.url} did not answer: {reason}. Is `ringback serve` running there?"
            ) from None


def _sendable(name: str, secret: str) -> str:
    """A *secret*, if a header can carry it; it is not repeated. Raises `SettingsError`."""
    if secret.isprintable() and secret.isascii():
        return secret
    raise SettingsError(f"the {name} has what no header can carry: write ASCII, in one line")


def _open(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    # Headers and body are two writes: Nagle's algorithm would hold the second.
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_readable(sock: socket.socket) -> bool:
    """Whether something came on an idle connection, which can only be its end."""
    with suppress(ValueError, OSError):
        return bool(select.select([sock], [], [], 0)[0])
    return True
