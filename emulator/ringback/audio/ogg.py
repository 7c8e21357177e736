"""Pages of an Ogg stream (RFC 3533)."""

import struct
from collections.abc import Iterator

from ringback.audio.checksum import crc32

FIRST = 2
LAST = 4
"""Header types: the first and the last page of a stream."""

_LAYOUT = struct.Struct("<4sBBqIIIB")
"""Magic, version, header type, granule position, serial, number, check, count of segments."""


def page(packets: list[bytes], kind: int, granule: int, serial: int, number: int) -> bytes:
    """One page that holds whole *packets*, 255 segments of them at most.

    *granule* is the position in samples after the last packet.
    """
    lacing = b"".join(
        b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets
    )
    body = lacing + b"".join(packets)
    unchecked = _LAYOUT.pack(b"OggS", 0, kind, granule, serial, number, 0, len(lacing))
    check = crc32(unchecked + body)
    return _LAYOUT.pack(b"OggS", 0, kind, granule, serial, number, check, len(lacing)) + body


def packets_of(body: bytes) -> Iterator[bytes]:
    """The packets of a stream whose pages hold whole packets, up to the first that is not there."""
    at = 0
    while len(head := body[at : at + _LAYOUT.size]) == _LAYOUT.size and head.startswith(b"OggS"):
        at += _LAYOUT.size + head[-1]
        size = 0
        for segment in body[at - head[-1] : at]:
            size += segment
            if segment < 255:
                if len(body) < at + size:
                    return
                yield body[at : at + size]
                at += size
                size = 0
