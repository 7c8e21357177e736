"""The turns of an event loop: asking for one from any thread, and waiting until none is left."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sized
from contextlib import suppress
from typing import Any

MAX_TURNS = 1000
"""Turns of a loop after which an application that never rests is left to itself."""

_FEW_TURNS = 10
"""Turns that are given to a loop that cannot be asked whether it has something left to do."""

_draining: Counter[int] = Counter()
"""How many wait for each loop (by its `id`) to be drained."""


def call_on(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    """Call *callback* on *loop*, from any thread; nothing happens once the loop is closed."""
    with suppress(RuntimeError):  # it may be closed at any moment, so asking first would not do
        loop.call_soon_threadsafe(callback)


def loop_is_running() -> bool:
    """Whether this is called inside a running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def turn() -> None:
    """Let the running loop do what else there is to do."""
    await asyncio.sleep(0)


def restless() -> bool:
    """Whether the running loop has something to do, or cannot be asked."""
    ready = _ready()
    return ready is None or bool(ready)


async def ended(*futures: asyncio.Future[Any]) -> None:
    """Wait until one of *futures* is done; what is waited for is not cancelled with the waiting.

    `asyncio.wait` does the same, at several times the cost.
    """
    first = asyncio.get_running_loop().create_future()

    def happened(_: object) -> None:
        if not first.done():
            first.set_result(None)

    for future in futures:
        future.add_done_callback(happened)
    await first


async def drained() -> None:
    """Wait until the running loop has nothing left to do but to wait for the outside.

    Others who wait here as well are no work: each of them is called in every turn, as this is.
    """
    running = asyncio.get_running_loop()
    if getattr(running, "crowded", False):  # what others have to do there is no matter of ours
        await asyncio.sleep(0)
        return
    ready, loop = _ready(), id(running)
    _draining[loop] += 1
    try:
        for _ in range(_FEW_TURNS if ready is None else MAX_TURNS):
            await asyncio.sleep(0)
            if ready is not None and len(ready) < _draining[loop]:
                return
    finally:
        _draining[loop] -= 1
        if not _draining[loop]:
            del _draining[loop]


def _ready() -> Sized | None:
    """What is to be called in the running loop's next turn. asyncio's loops know, uvloop's not."""
    ready: Sized | None = getattr(asyncio.get_running_loop(), "_ready", None)
    return ready
