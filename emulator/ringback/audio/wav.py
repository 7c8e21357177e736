"""The RIFF header of a WAV file, as a service writes it that does not yet know the length."""

import struct
from typing import Final

from ringback.core.catalog import Encoding

STREAMED: Final = 0x7FFF0000
"""The size of the sample data that the service writes (observed in two files of 2025).

Readers that believe it report a sound of hours, so a test suite should meet it.
"""

_TAGS = {Encoding.LINEAR16: 1, Encoding.ALAW: 6, Encoding.MULAW: 7}
"""The format tag of each encoding (documented, RFC 2361 appendix A)."""


def header(encoding: Encoding, rate: int, size: int = STREAMED) -> bytes:
    """The bytes before *size* bytes of mono samples at *rate* hertz: 44, or 58 for G.711.

    An encoding other than linear samples has a longer format chunk, and a fact chunk that counts
    the samples (documented, RFC 2361; assumed of the service).
    """
    width = 2 if encoding is Encoding.LINEAR16 else 1
    described = struct.pack("<HHIIHH", _TAGS[encoding], 1, rate, rate * width, width, 8 * width)
    if encoding is Encoding.LINEAR16:
        chunks = _chunk(b"fmt ", described)
    else:
        chunks = _chunk(b"fmt ", described + bytes(2)) + _chunk(b"fact", struct.pack("<I", size))
    opening = b"WAVE" + chunks + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", len(opening) + size) + opening


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body
