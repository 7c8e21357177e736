"""MPEG-2 Layer III, mono: bare frames of constant bit rate, as the service sends them.

There is no ID3 tag and no Xing frame (observed in nine files). Each frame is independent of its
neighbours (`main_data_begin` is 0), so the frames of the codebook may follow each other in any
order. The layout of the header is that of ISO/IEC 11172-3 section 2.4.1.3.
"""

from functools import lru_cache

from ringback.audio import codebook
from ringback.audio.framing import by_frame, by_symbol

HOP = 576
"""Samples per frame."""

_HEADER = 4
"""Bytes of a header."""

_MAGIC = b"\xff\xf3"
"""The synchronisation word, MPEG-2, Layer III, no CRC."""

_INDEX = (b"Xing", b"Info")
"""What a frame holds, after its header and side information, that says how many will follow."""

_INDEX_AT = _HEADER + 9
"""Where that stands: a mono frame of MPEG-2 has 9 bytes of side information."""

_BIT_RATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""In kbit/s. The header counts them from 1."""

_RATES = (22050, 24000)
"""Sampling rates in hertz. The header counts them from 0."""

_MONO_ORIGINAL = 0xC4


def pieces(symbols: bytes, rate: int, bit_rate: int) -> list[bytes]:
    """The frames of *symbols* at *rate* hertz and *bit_rate* bit/s.

    Where a frame is not a whole number of bytes, some frames are one byte longer; the first is not.
    """
    # The fraction of a byte that each frame is short of gathers, and is paid by whole bytes.
    lengths = (frames_of(rate, bit_rate, 0), frames_of(rate, bit_rate, 1))
    share = HOP // 8 * bit_rate
    return [
        lengths[share * number % rate + share % rate >= rate][symbol]
        for number, symbol in enumerate(by_frame(symbols, rate, HOP))
    ]


def read(body: bytes) -> bytes:
    """The symbols of *body*, up to the first frame that is not ours or not whole."""
    at = _first_frame(body)
    if (sizes := _sizes(body[at : at + _HEADER])) is None:
        return b""
    rate, bit_rate = sizes
    lengths = [frames_of(rate, bit_rate, extra) for extra in (0, 1)]
    frames = bytearray()
    while at + _HEADER <= len(body):
        known = lengths[body[at + 2] >> 1 & 1]
        frame = body[at : at + len(known[0])]
        if frame not in known:
            break
        frames.append(known.index(frame))
        at += len(frame)
    return by_symbol(bytes(frames), rate, HOP)


def _first_frame(body: bytes) -> int:
    """Where the sound begins: after the index that whoever copies a file puts before it."""
    sizes = _sizes(body[:_HEADER])
    if sizes is None or body[_INDEX_AT : _INDEX_AT + 4] not in _INDEX:
        return 0
    rate, bit_rate = sizes
    return HOP // 8 * bit_rate // rate + (body[2] >> 1 & 1)


def _sizes(header: bytes) -> tuple[int, int] | None:
    """The sampling and the bit rate that the *header* of a frame names; None where not ours."""
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        return None
    bit_rate, rate = header[2] >> 4, header[2] >> 2 & 3
    if not 0 < bit_rate <= len(_BIT_RATES) or rate >= len(_RATES):
        return None
    return _RATES[rate], 1000 * _BIT_RATES[bit_rate - 1]


@lru_cache(maxsize=32)
def frames_of(rate: int, bit_rate: int, padding: int) -> tuple[bytes, ...]:
    """The frame of each symbol, with *padding* bytes (0 or 1) more than the bit rate asks."""
    size = HOP // 8 * bit_rate // rate + padding
    rates = (_BIT_RATES.index(bit_rate // 1000) + 1) << 4 | _RATES.index(rate) << 2 | padding << 1
    header = _MAGIC + bytes([rates, _MONO_ORIGINAL])
    # A body of zeros is silent; zeros after the main data are ancillary and mean nothing.
    return tuple((header + body).ljust(size, b"\0") for body in [*codebook.MP3[rate], b""])
