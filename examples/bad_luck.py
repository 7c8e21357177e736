"""What makes bad luck certain, where a mistake shows only by chance."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable

LIMIT = 1.0
"""Real seconds after which nobody is waited for any longer."""


class Meeting:
    """Called in the middle of two things that should be one: waits for a second one of the same.

    When two have met, nobody is waited for again.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        """Wait no longer than *limit* real seconds."""
        self._limit = limit
        self._here: Counter[str] = Counter()
        self._changed = threading.Condition()

    def __call__(self, request_id: str) -> None:
        """Wait for a second call for *request_id*."""
        with self._changed:
            self._here[request_id] += 1
            self._changed.notify_all()
            if not self._changed.wait_for(self._have_met, self._limit):
                self._here[request_id] -= 1

    def _have_met(self) -> bool:
        return any(count > 1 for count in self._here.values())


class Spectator:
    """Called before what was promised is done: waits until somebody has looked whether it is."""

    def __init__(self, look: Callable[[], Iterable[str]], limit: float = LIMIT) -> None:
        """Look by *look*; wait no longer than *limit* real seconds."""
        self._look = look
        self._limit = limit
        self._looks = 0
        self._changed = threading.Condition()

    def look(self) -> list[str]:
        """What there is now."""
        seen = list(self._look())
        with self._changed:
            self._looks += 1
            self._changed.notify_all()
        return seen

    def __call__(self, request_id: str) -> None:
        """Wait for the next look."""
        with self._changed:
            before = self._looks
            self._changed.wait_for(lambda: self._looks > before, self._limit)
