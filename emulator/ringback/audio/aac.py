"""AAC-LC at 22050 Hz, mono, in ADTS frames of constant bit rate.

The table of combinations says no more than "AAC"; LC, mono and ADTS are assumed. Frames are
independent of their neighbours. Each is filled up to the size that the bit rate asks.
The layouts are those of ISO/IEC 14496-3: ADTS in subpart 1, elements in subpart 4.
"""

from functools import lru_cache

from ringback.audio import codebook
from ringback.audio.framing import by_frame, by_symbol

RATE = 22050
"""Samples per second, the only rate."""

HOP = 1024
"""Samples per frame."""

_HEADER = 7
"""Bytes of an ADTS header."""

_SILENCE = bytes.fromhex("00002007")
"""A raw data block without spectrum: a single channel element of zeros, then the end.

The one bit names the shape of the window that the tones have.
"""

_LEAST = _HEADER + max(map(len, codebook.AAC))
"""Bytes of the smallest frame that can carry any of the tones."""

_END = 0b111
_FILL = 0b110
_ELEMENT = 3
"""Bits that name an element."""

_COUNT = 4
"""Bits that count the bytes of a fill element; 15 would announce a longer count."""


def pieces(symbols: bytes, bit_rate: int) -> list[bytes]:
    """The frames of *symbols* at *bit_rate* bit/s."""
    share = HOP // 8 * bit_rate
    whole, rest = divmod(share, RATE)
    sizes = (frames_of(whole), frames_of(whole + 1))
    return [
        sizes[share * number % RATE + rest >= RATE][symbol]
        for number, symbol in enumerate(by_frame(symbols, RATE, HOP))
    ]


def read(body: bytes) -> bytes:
    """The symbols of *body*, up to the first frame that is not ours or not whole."""
    frames = bytearray()
    at = 0
    while at < len(body):
        size = int.from_bytes(body[at : at + _HEADER]) >> 13 & 0x1FFF
        frame = body[at : at + size]
        if not _LEAST <= size == len(frame) or frame not in (known := frames_of(size)):
            break
        frames.append(known.index(frame))
        at += size
    return by_symbol(bytes(frames), RATE, HOP)


@lru_cache(maxsize=16)
def frames_of(size: int) -> tuple[bytes, ...]:
    """The frame of each symbol, *size* bytes long: 23, which is 4000 bit/s, or more."""
    # MPEG-4 without CRC, LC, 22050 Hz, one channel; the size; a buffer of unknown fullness.
    header = (0xFFF1_5C40_001F_FC | size << 13).to_bytes(_HEADER)
    return tuple(header + _filled(block, size - _HEADER) for block in [*codebook.AAC, _SILENCE])


def _filled(block: bytes, size: int) -> bytes:
    """Lengthen a raw data block to *size* bytes with fill elements before its end."""
    # Take off what aligns the block, and its end; fill; and end it anew.
    bits = int.from_bytes(block)
    aligned = (bits & -bits).bit_length() - 1
    bits >>= aligned + _ELEMENT
    room = 8 * size - (8 * len(block) - aligned)
    while room >= _ELEMENT + _COUNT:
        count = min((room - _ELEMENT - _COUNT) // 8, 14)
        bits = ((bits << _ELEMENT | _FILL) << _COUNT | count) << 8 * count
        room -= _ELEMENT + _COUNT + 8 * count
    return ((bits << _ELEMENT | _END) << room).to_bytes(size)
