"""Linear samples: 16 bits, little-endian, mono."""

import math
import struct
from functools import lru_cache

from ringback.audio.symbols import SYMBOL, TONES
from ringback.core.base.duration import SECOND

AMPLITUDE = 8192
"""The height of a tone in steps of the 16-bit scale: -12 dBFS."""

CYCLES = 4
"""All tones repeat after 20 ms, four times in a symbol."""


def pieces(symbols: bytes, rate: int) -> list[bytes]:
    """The samples of *symbols* at *rate* hertz, one piece per symbol."""
    known = sounds(rate)
    return [known[symbol] for symbol in symbols]


@lru_cache(maxsize=8)
def sounds(rate: int) -> tuple[bytes, ...]:
    """The samples of each symbol at *rate* hertz."""
    return tuple(struct.pack(f"<{len(cycle)}h", *cycle) * CYCLES for cycle in cycles(rate))


@lru_cache(maxsize=8)
def cycles(rate: int) -> tuple[tuple[int, ...], ...]:
    """The first 20 ms of each symbol at *rate* hertz, a multiple of 50, sample by sample.

    A tone starts at zero and comes back to it, so any two symbols join without a click.
    """
    span = SYMBOL // CYCLES * rate // SECOND
    sine = [round(AMPLITUDE * math.sin(2 * math.pi * step / span)) for step in range(span)]
    turns = [tone * span // rate for tone in TONES]
    tones = [tuple(sine[turn * step % span] for step in range(span)) for turn in turns]
    return (*tones, (0,) * span)
