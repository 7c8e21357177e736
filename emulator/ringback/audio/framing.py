"""Which symbol each frame of a codec carries, where frames and symbols differ in length.

A frame of *hop* samples at *rate* hertz carries the symbol that sounds in its middle. So a sound
has as many frames as come nearest to its length: half a frame is the greatest difference.
"""

from ringback.audio.symbols import SYMBOL
from ringback.core.base.duration import SECOND


def by_frame(symbols: bytes, rate: int, hop: int) -> bytes:
    """Spread *symbols* over frames, one byte per frame."""
    bounds = [_frames(count, rate, hop) for count in range(len(symbols) + 1)]
    return bytes(
        symbol
        for symbol, start, end in zip(symbols, bounds, bounds[1:], strict=False)
        for _ in range(start, end)
    )


def by_symbol(frames: bytes, rate: int, hop: int) -> bytes:
    """Gather *frames* into the symbols of which all frames are there: undo `by_frame`."""
    symbols = bytearray()
    start = 0
    while (end := _frames(len(symbols) + 1, rate, hop)) <= len(frames):
        symbols.append(frames[start])
        start = end
    return bytes(symbols)


def _frames(symbols: int, rate: int, hop: int) -> int:
    """How many frames have their middle within the first *symbols*."""
    samples = symbols * SYMBOL * rate // SECOND
    return (2 * samples + hop - 1) // (2 * hop)
