"""Opus in Ogg, mono, packets of 20 ms and of constant size (RFC 6716 and RFC 7845).

The packets of the codebook use the CELT layer without prediction, so they may follow each other
in any order. Each is padded to the size that the bit rate asks, which counts packets without pages.
"""

import struct
import zlib
from functools import lru_cache

from ringback.audio import codebook, ogg
from ringback.audio.framing import by_frame, by_symbol
from ringback.audio.symbols import SILENCE, SYMBOL
from ringback.core.base.duration import SECOND

RATE = 48000
"""Opus counts samples at this rate, whatever it carries."""

HOP = 960
"""Samples per packet."""

PRE_SKIP = 312
"""Samples that a decoder drops at the start; the number that libopus gives."""

_PAGE = 50
"""Packets on a page, one second of them, where they are small enough."""

_SEGMENTS = 255
"""Segments on a page, at most; a packet takes one more than it has full 255 bytes."""

_SILENCE = bytes.fromhex("98fffe")
"""A CELT frame whose first decoded bit, the silence flag, is set (RFC 6716 section 4.3)."""

_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, PRE_SKIP, RATE, 0, 0)
_TAGS = b"OpusTags" + struct.pack("<I8sI", 8, b"ringback", 0)


def pieces(symbols: bytes, bit_rate: int) -> list[bytes]:
    """The pages of *symbols* at *bit_rate* bit/s.

    A tone needs 20 bytes per packet, so less than 8000 bit/s sounds like 8000.
    """
    # Streams are told apart by it, and a random one would make equal requests unequal.
    serial = zlib.crc32(_TAGS + symbols)
    known = fitting(max(bit_rate * HOP // RATE // 8, min(codebook.OPUS)))
    packets = [known[symbol] for symbol in by_frame(symbols, RATE, HOP)]
    if packets:
        # One more, so that what is dropped at the start does not shorten the end.
        packets.append(known[SILENCE])
    count = min(_PAGE, _SEGMENTS // (len(known[SILENCE]) // 255 + 1))
    end = PRE_SKIP + len(symbols) * SYMBOL * RATE // SECOND
    pages = [
        ogg.page([_HEAD], ogg.FIRST, 0, serial, 0),
        ogg.page([_TAGS], 0 if packets else ogg.LAST, 0, serial, 1),
    ]
    for start in range(0, len(packets), count):
        kind = ogg.LAST if start + count >= len(packets) else 0
        granule = min((start + count) * HOP, end)
        pages.append(ogg.page(packets[start : start + count], kind, granule, serial, len(pages)))
    return pages


def read(body: bytes) -> bytes:
    """The symbols of *body*, up to the first packet that is not ours or not whole."""
    frames = bytearray()
    for number, packet in enumerate(ogg.packets_of(body)):
        if number < 2:
            continue
        known = fitting(len(packet))
        if packet not in known:
            break
        frames.append(known.index(packet))
    # The last packet only makes up for what is dropped at the start.
    return by_symbol(bytes(frames[:-1]), RATE, HOP)


@lru_cache(maxsize=16)
def fitting(size: int) -> tuple[bytes, ...]:
    """The packet of each symbol, *size* bytes long, from the best tones that fit."""
    book = max((held for held in codebook.OPUS if held <= size), default=min(codebook.OPUS))
    return tuple(padded(packet, size) for packet in [*codebook.OPUS[book], _SILENCE])


def padded(packet: bytes, size: int) -> bytes:
    """Lengthen a packet of one frame to *size* bytes (RFC 6716 section 3.2.5)."""
    spare = size - len(packet)
    if spare <= 0:
        return packet
    several = packet[0] | 3  # the lowest two bits: a number of frames follows, which may be padded
    if spare == 1:
        return bytes([several, 1]) + packet[1:]
    one_and_padding = 0x41
    full, rest = divmod(spare - 2, 255)
    head = bytes([several, one_and_padding]) + b"\xff" * full + bytes([rest])
    return (head + packet[1:]).ljust(size, b"\0")
