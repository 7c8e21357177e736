"""Samples of a telephone line: 8 bits, mu-law or A-law, mono (ITU-T G.711)."""

from collections.abc import Callable
from functools import lru_cache

from ringback.audio import pcm
from ringback.core.catalog import Encoding


def pieces(symbols: bytes, encoding: Encoding, rate: int) -> list[bytes]:
    """The samples of *symbols* at *rate* hertz, one piece per symbol."""
    known = sounds(encoding, rate)
    return [known[symbol] for symbol in symbols]


@lru_cache(maxsize=4)
def sounds(encoding: Encoding, rate: int) -> tuple[bytes, ...]:
    """The samples of each symbol at *rate* hertz."""
    compress = LAWS[encoding]
    return tuple(bytes(map(compress, cycle)) * pcm.CYCLES for cycle in pcm.cycles(rate))


def mulaw(sample: int) -> int:
    """Compress a sample of 16 bits: a sign, three bits of exponent, four of mantissa."""
    magnitude = min((_magnitude(sample) >> 2) + 33, 0x1FFF)
    exponent = magnitude.bit_length() - 6
    code = exponent << 4 | magnitude >> exponent + 1 & 0xF
    return code ^ (0xFF if sample >= 0 else 0x7F)


def alaw(sample: int) -> int:
    """Compress a sample of 16 bits as `mulaw` does, with a straight piece around zero."""
    magnitude = _magnitude(sample) >> 4
    exponent = max(magnitude.bit_length() - 4, 0)
    code = exponent << 4 | magnitude >> max(exponent - 1, 0) & 0xF
    return code ^ (0xD5 if sample >= 0 else 0x55)


def _magnitude(sample: int) -> int:
    # The one's complement, as in the reference code of ITU-T G.191.
    return sample if sample >= 0 else ~sample


LAWS: dict[Encoding, Callable[[int], int]] = {Encoding.MULAW: mulaw, Encoding.ALAW: alaw}
"""The encodings of this module, and how each compresses a sample."""
