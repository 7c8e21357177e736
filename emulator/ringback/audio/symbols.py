"""The alphabet of the stand-in sound: symbols of 80 ms that spell which request it answers.

A sound is one block, repeated until the time is filled; its last symbol is silent::

    SYNC | fingerprint, 12 nibbles | length, 2 nibbles | check, 2 nibbles

*length* is the number of symbols of the whole sound modulo 256, *check* the CRC-8 of fingerprint
and length; the highest bits come first. So a sound tells which request it belongs to, and whether
it is whole. The design is ours; a telephone carries its tones.
"""

from ringback.audio.checksum import crc8
from ringback.core.base.duration import SECOND

SYMBOL = SECOND * 80 // 1000
"""How long one symbol sounds, in nanoseconds."""

SYNC = 16
"""The symbol that opens a block; 0 to 15 are the nibbles."""

SILENCE = 17
"""The symbol that ends a sound."""

BLOCK = 17
"""The number of symbols in a block: 1.36 s."""

LEAST = 5
"""Sounding symbols by which a sound is known that has no fingerprint: a `SYNC` and 16 bits.

Fewer begin too many sounds: two nibbles are those of one foreign sound in 256.
"""

TONES = tuple(500 + 150 * symbol for symbol in range(SILENCE))
"""The frequency of each symbol in hertz, a multiple of 50. `SILENCE` has none."""


def spell(fingerprint: int, length: int) -> bytes:
    """Spell a sound of *length* symbols, one byte per symbol. No symbols, no sound."""
    if not length:
        return b""
    payload = fingerprint.to_bytes(6) + bytes([length % 256])
    nibbles = (payload + bytes([crc8(payload)])).hex()
    block = bytes([SYNC, *(int(nibble, 16) for nibble in nibbles)])
    sounding = length - 1
    return (block * (sounding // BLOCK + 1))[:sounding] + bytes([SILENCE])
