"""Cyclic redundancy checks that the standard library does not have.

All of them take the highest bit first and start at zero.
"""

import zlib


def crc8(data: bytes) -> int:
    """The CRC-8 with polynomial 0x07 (documented, RFC 9639 section 9.1.8)."""
    remainder = 0
    for byte in data:
        remainder = _CRC8[remainder ^ byte]
    return remainder


def crc16(data: bytes, start: int = 0) -> int:
    """The CRC-16 with polynomial 0x8005 (documented, RFC 9639 section 9.3), after *start*."""
    remainder = start
    for byte in data:
        remainder = (remainder << 8 & 0xFF00) ^ _CRC16[remainder >> 8 ^ byte]
    return remainder


def crc16_shift(size: int) -> int:
    """What *size* bytes of zeros make of a remainder of one: a factor for `crc16_joined`."""
    return crc16(bytes(size), start=1)


def crc16_joined(head: int, tail: int, shift: int) -> int:
    """The CRC-16 of two parts from those of each; *shift* is the `crc16_shift` of the tail.

    The check is linear, so the head counts as many places higher as the tail is long.
    """
    joined = tail
    while shift:
        if shift & 1:
            joined ^= head
        head = head << 1 ^ (0x18005 if head & 0x8000 else 0)
        shift >>= 1
    return joined


def crc32(data: bytes) -> int:
    """The CRC-32 of an Ogg page, polynomial 0x04C11DB7 (documented, RFC 3533 section 6).

    It is the check of zlib with every byte, and the remainder, read from the other end.
    """
    mirrored = ~zlib.crc32(data.translate(_MIRRORED), 0xFFFFFFFF) & 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4).translate(_MIRRORED), "little")


def _table(polynomial: int, width: int) -> tuple[int, ...]:
    """The remainders of all single bytes, for a check of *width* bits."""
    top = 1 << (width - 1)
    remainders = []
    for byte in range(256):
        remainder = byte << (width - 8)
        for _ in range(8):
            remainder = (remainder << 1) ^ (polynomial if remainder & top else 0)
        remainders.append(remainder & (2 * top - 1))
    return tuple(remainders)


_CRC8 = _table(0x07, 8)
_CRC16 = _table(0x8005, 16)
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
