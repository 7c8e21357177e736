"""What a receiver has stored, as it says itself."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeAlias

Stored: TypeAlias = Callable[[], Iterable[str]]
"""Returns the request ids that were stored, one entry each time."""

WITHIN = 2.0
"""Real seconds in which what was acknowledged should be stored, by an application that works on."""

LOOKS = 40


class Storage:
    """Asks *stored*, if there is anybody to ask."""

    def __init__(self, stored: Stored | None) -> None:
        """Ask *stored*; None: nobody can tell."""
        self._stored = stored

    def at_once(self, request_id: str) -> int | None:
        """How often *request_id* has been stored now; None: nobody can tell."""
        if self._stored is None:
            return None
        return sum(str(each) == request_id for each in self._stored())

    def times(self, request_id: str) -> int | None:
        """The same, but for an application that stores after its answer: it has a while."""
        times = self.at_once(request_id)
        if times != 0:
            return times
        for _ in range(LOOKS):
            threading.Event().wait(WITHIN / LOOKS)
            if times := self.at_once(request_id):
                break
        return times
