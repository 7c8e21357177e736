"""What an event loop has to itself, where pytest-socket forbids sockets to a test."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast


@contextmanager
def own_pair() -> Iterator[None]:
    """Let what the block makes have sockets: the pair by which a loop is woken up leads nowhere.

    pytest-socket puts a class of its own in the place of `socket.socket`, derived from the genuine
    one.
    """
    module = cast(Any, socket)
    guard = module.socket
    if guard.__module__ == "socket":
        yield
        return
    module.socket = next((each for each in guard.__mro__ if each.__module__ == "socket"), guard)
    try:
        yield
    finally:
        module.socket = guard
