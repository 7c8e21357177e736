"""The body of a request whose connection breaks, as a WSGI app reads it."""

import io
from typing import Any

from ringback.sending.answers import HungUp


def torn(part: bytes) -> io.BufferedReader:
    """A stream of *part* that raises `HungUp` where more is read."""
    return io.BufferedReader(_Torn(part))


class _Torn(io.RawIOBase):
    def __init__(self, part: bytes) -> None:
        self._left = memoryview(part)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            raise HungUp
        with memoryview(buffer) as room:
            size = min(len(room), len(self._left))
            room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
