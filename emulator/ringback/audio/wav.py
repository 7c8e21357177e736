"""The RIFF container: written as by a service that does not know the length yet, and read."""

import struct
from typing import NamedTuple

from ringback.core.request.encodings import Encoding

STREAMED = 0x7FFF0000
"""The size of the samples that the service announces (observed in two files of 2025).

Readers that believe it report hours of sound, so a test suite should meet it.
"""

_TAGS = {Encoding.LINEAR16: 1, Encoding.ALAW: 6, Encoding.MULAW: 7}
"""The format tag of each encoding (documented, RFC 2361 appendix A)."""

_EXTENSIBLE = 0xFFFE
"""The format tag that says: see the first two bytes of the sub-format, at byte 24."""


class Wav(NamedTuple):
    """What a WAV file holds: *samples* of *channels* taken in turn, at *rate* hertz."""

    encoding: Encoding
    channels: int
    rate: int
    samples: bytes


def header(encoding: Encoding, rate: int, size: int = STREAMED) -> bytes:
    """The bytes before *size* bytes of mono samples at *rate* hertz: 44, or 58 for G.711.

    An encoding other than linear samples has a longer format chunk, and a fact chunk that counts
    the samples (documented, RFC 2361; assumed of the service).
    """
    width = _width(encoding)
    described = struct.pack("<HHIIHH", _TAGS[encoding], 1, rate, rate * width, width, 8 * width)
    if encoding is Encoding.LINEAR16:
        chunks = _chunk(b"fmt ", described)
    else:
        chunks = _chunk(b"fmt ", described + bytes(2)) + _chunk(b"fact", struct.pack("<I", size))
    opening = b"WAVE" + chunks + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", len(opening) + size) + opening


def parse(body: bytes) -> Wav | None:
    """Take a WAV file apart, however much of it is there and whatever it says of its length.

    None where it is no WAV file, or one of samples other than 16 bits linear and G.711.
    """
    if body[:4] != b"RIFF" or body[8:12] != b"WAVE":
        return None
    format_chunk = b""
    at = 12
    while len(head := body[at : at + 8]) == 8:
        name, size = struct.unpack("<4sI", head)
        at += 8
        if name == b"data":
            # Who could not come back to write the size has left a placeholder, or nothing.
            return _parsed(format_chunk, body[at : at + size] if size else body[at:])
        if name == b"fmt ":
            format_chunk = body[at : at + size]
        at += size + size % 2
    return None


def _parsed(format_chunk: bytes, samples: bytes) -> Wav | None:
    if len(format_chunk) < 16:
        return None
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", format_chunk)
    if tag == _EXTENSIBLE:
        tag = int.from_bytes(format_chunk[24:26], "little")
    for encoding, known in _TAGS.items():
        if (tag, bits) == (known, 8 * _width(encoding)) and channels:
            return Wav(encoding, channels, rate, samples)
    return None


def _width(encoding: Encoding) -> int:
    """Bytes per sample."""
    return 2 if encoding is Encoding.LINEAR16 else 1


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body
