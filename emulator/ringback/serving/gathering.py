"""An answer leaves in one go, and its headers are looked at once.

Each write is a call of the system, after which the other side wakes up for a part. And h11 looks
three times at each header that it is told of, which costs a fifth of an answer; those that say
nothing about the body need not pass through it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MOST = 65536
"""Bytes that are gathered. More than a socket takes at once is nothing gained."""


class Gathering:
    """A *transport* that gathers what is written inside `at_once`, and writes it at its end."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Gather nothing yet."""
        self._transport = transport
        self._gathered: list[bytes] | None = None
        self._size = 0
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's."""
        return getattr(self._transport, name)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Gather what is written in this block."""
        self._gathered = []
        try:
            yield
        finally:
            self._let_go()
            self._gathered = None

    def write(self, data: bytes) -> None:
        """Write *data*, or gather it."""
        if self._gathered is None:
            self._transport.write(data)
            return
        if not data:
            # `writelines` would be busy with an empty piece for ever
            # (https://github.com/python/cpython/issues/155888).
            return
        self._gathered.append(data)
        self._size += len(data)
        if self._size > MOST:
            self._let_go()

    def close(self) -> None:
        """Write what is gathered, and close."""
        self._let_go()
        self._transport.close()

    def add_lines(self, lines: bytes) -> None:
        """Put *lines* first among the headers of an answer, of which no more than its head has been
        gathered."""
        if self._gathered:  # or else the caller has gone, and nothing was written
            status, end, others = self._gathered[0].partition(b"\r\n")
            self._gathered[0] = b"".join((status, end, lines, others))
            self._size += len(lines)

    def _let_go(self) -> None:
        gathered = self._gathered
        if gathered:
            # Where `write` looks whether the peer has gone, `writelines` does not in every Python
            # (https://github.com/python/cpython/issues/136234).
            if not self.is_closing():
                self._transport.writelines(gathered)
            gathered.clear()
        self._size = 0
