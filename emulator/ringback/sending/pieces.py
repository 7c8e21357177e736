"""A request in pieces, for a connection that breaks or is slow."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from ringback.sending.sender import Alarm

_BITS = 8
"""In how many bits a body comes that is slow."""


def cut_off(request: Sequence[bytes], body: bytes, size: int) -> list[bytes]:
    """The pieces of *request* up to *size* bytes of its *body*, which is one of them.

    Of a request without a body the head lacks its end.
    """
    pieces: list[bytes] = []
    if not body:
        return [request[0][:-2]]
    for piece in request:
        if piece is body:
            return [*pieces, body[:size]] if size else pieces
        pieces.append(piece)
    return pieces


def in_bits(pieces: Sequence[bytes]) -> list[bytes]:
    """The bytes of *pieces* in some bits of about one size: one at least, and empty perhaps."""
    whole = b"".join(pieces)
    size = max(1, -(-len(whole) // _BITS))
    return [whole[start : start + size] for start in range(0, len(whole) or 1, size)]


async def pause(alarm: Alarm, seconds: float) -> None:
    """Wait for so many real seconds, whatever a time freezer has done to the loop's timers."""
    loop, rung = asyncio.get_running_loop(), asyncio.Event()

    def ring() -> None:
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(rung.set)

    pending = alarm(seconds, ring)
    try:
        await rung.wait()
    finally:
        pending.cancel()
