"""Bodies of audio that were made, kept while there is room: equal requests share one object."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import field

from ringback.core.base.dataclass import dataclass

ROOM = 32 * 1024 * 1024
"""Bytes that are kept at most, those of all emulators of the process together."""


@dataclass(slots=True, eq=False)
class _Making:
    """A body that is being made by one thread; others wait for it."""

    over: threading.Event = field(default_factory=threading.Event)
    body: bytes | None = None


@dataclass(slots=True, eq=False)
class _Kept:
    """A body that is kept; it was *used* since it was last passed over."""

    body: bytes
    used: bool = False


class Bodies:
    """The bodies that were asked for last, by what they were made of. Any thread may ask.

    Where room is needed, what was not asked for since it came to the front is dropped: that is
    nearly the same as what was asked for longest ago, and a look changes no order.
    """

    def __init__(self, room: int = ROOM) -> None:
        """Keep nothing yet, and never more than *room* bytes."""
        self._room = room
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept] = {}
        self._size = 0
        self._making: dict[Hashable, _Making] = {}

    def __repr__(self) -> str:
        return f"<Bodies [{len(self._kept)} of {self._size} bytes]>"

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size

    def find(self, key: Hashable) -> bytes | None:
        """The body of *key* if it is kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        kept.used = True
        return kept.body

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The body of *key*; if it is not kept, *make* makes it, in one thread at a time.

        What *make* raises is raised here, and who has waited for it makes it anew.
        """
        while True:
            body = self.find(key)
            if body is not None:
                return body
            with self._lock:
                making = self._making.get(key)
                mine = making is None
                if making is None:
                    making = self._making[key] = _Making()
            if mine:
                return self._made(key, making, make)
            making.over.wait()
            if making.body is not None:
                return making.body

    def clear(self) -> None:
        """Keep nothing of what there is."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _made(self, key: Hashable, making: _Making, make: Callable[[], bytes]) -> bytes:
        try:
            making.body = make()
            self._keep(key, making.body)
            return making.body
        finally:
            with self._lock:
                del self._making[key]
            making.over.set()

    def _keep(self, key: Hashable, body: bytes) -> None:
        with self._lock:
            if len(body) > self._room or key in self._kept:
                return
            self._size += len(body)
            while self._size > self._room:
                first = next(iter(self._kept))
                kept = self._kept.pop(first)
                if kept.used:
                    kept.used = False
                    self._kept[first] = kept
                else:
                    self._size -= len(kept.body)
            self._kept[key] = _Kept(body)


BODIES = Bodies()
"""Those of this process."""
