"""Samples of a telephone line: 8 bits, mu-law or A-law, mono (ITU-T G.711)."""

from collections.abc import Callable
from functools import lru_cache

from ringback.audio import pcm
from ringback.core.request.encodings import Encoding


def pieces(symbols: bytes, encoding: Encoding, rate: int) -> list[bytes]:
    """The samples of *symbols* at *rate* hertz, one piece per symbol."""
    known = sounds(encoding, rate)
    return [known[symbol] for symbol in symbols]


@lru_cache(maxsize=4)
def sounds(encoding: Encoding, rate: int) -> tuple[bytes, ...]:
    """The samples of each symbol at *rate* hertz."""
    compress, _ = _LAWS[encoding]
    return tuple(bytes(map(compress, cycle)) * pcm.CYCLES for cycle in pcm.cycles(rate))


def linear(samples: bytes, encoding: Encoding) -> bytes:
    """Expand *samples* to 16 bits, little-endian."""
    _, expand = _LAWS[encoding]
    codes = [expand(code).to_bytes(2, "little", signed=True) for code in range(256)]
    return b"".join([codes[sample] for sample in samples])


def compressed(samples: bytes, encoding: Encoding) -> bytes:
    """Compress *samples* of 16 bits, little-endian."""
    codes = _codes(encoding)
    return bytes(map(codes.__getitem__, memoryview(samples).cast("H")))


@lru_cache(maxsize=2)
def _codes(encoding: Encoding) -> bytes:
    """The code of every sample, those below zero last, as two's complement has them."""
    compress, _ = _LAWS[encoding]
    return bytes(map(compress, [*range(0x8000), *range(-0x8000, 0)]))


def to_mulaw(sample: int) -> int:
    """Compress a sample of 16 bits to a sign, three bits of exponent and four of mantissa."""
    magnitude = min((_magnitude(sample) >> 2) + 33, 0x1FFF)
    exponent = magnitude.bit_length() - 6
    code = exponent << 4 | magnitude >> exponent + 1 & 0xF
    return code ^ (0x7F if sample < 0 else 0xFF)


def from_mulaw(code: int) -> int:
    """The sample of 16 bits in the middle of those that *code* stands for."""
    exponent, mantissa = ~code >> 4 & 7, ~code & 0xF
    magnitude = ((2 * mantissa + 33 << exponent) - 33) << 2
    return magnitude if code & 0x80 else -magnitude


def to_alaw(sample: int) -> int:
    """Compress a sample of 16 bits as `to_mulaw` does, with a straight piece around zero."""
    magnitude = _magnitude(sample) >> 4
    exponent = max(magnitude.bit_length() - 4, 0)
    code = exponent << 4 | magnitude >> max(exponent - 1, 0) & 0xF
    return code ^ (0x55 if sample < 0 else 0xD5)


def from_alaw(code: int) -> int:
    """The sample of 16 bits in the middle of those that *code* stands for."""
    exponent, mantissa = (code ^ 0x55) >> 4 & 7, (code ^ 0x55) & 0xF
    magnitude = 2 * mantissa + 33 << exponent + 2 if exponent else 2 * mantissa + 1 << 3
    return magnitude if code & 0x80 else -magnitude


def _magnitude(sample: int) -> int:
    # The one's complement, as in the reference code of ITU-T G.191.
    return ~sample if sample < 0 else sample


_LAWS: dict[Encoding, tuple[Callable[[int], int], Callable[[int], int]]] = {
    Encoding.MULAW: (to_mulaw, from_mulaw),
    Encoding.ALAW: (to_alaw, from_alaw),
}
"""How each encoding compresses and expands."""
