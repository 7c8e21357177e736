"""Whose a service is, seen from below: an emulator, which may begin again with another service."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Owner(Protocol):
    """An emulator, whose services follow each other."""

    def reset(self) -> None:
        """Begin again at zero, under the same key, with nothing connected and nothing pending."""
        ...

    def end_test(self) -> None:
        """The same for another test: what was found so far is forgotten."""
        ...

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind, since its start."""
        ...


class Succession(Generic[T]):
    """What follows a service that has ended: another of the same owner, or nothing."""

    def __init__(self) -> None:
        """Nobody knows yet."""
        self._lock = threading.Lock()
        self._waiting: dict[object, Callable[[], object]] = {}
        self.known = False
        self.successor: T | None = None

    def settle(self, successor: T | None) -> None:
        """From now on it is known."""
        with self._lock:
            self.known, self.successor = True, successor
            waiting = list(self._waiting.values())
        for callback in waiting:
            callback()

    def when_known(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Call *callback*, from any thread, once it is known. Returns how to forget it."""
        token = object()
        with self._lock:
            self._waiting[token] = callback
        if self.known:
            callback()
        return partial(self._waiting.pop, token, None)
