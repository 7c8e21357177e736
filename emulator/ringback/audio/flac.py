"""FLAC, mono, 16 bits, one frame per symbol (RFC 9639).

Unlike the header of a WAV file, that of a FLAC file tells the truth about its length (assumed: no
file of the service was found).
"""

import hashlib
from functools import lru_cache
from typing import NamedTuple

from ringback.audio import pcm
from ringback.audio.checksum import crc8, crc16, crc16_joined, crc16_shift
from ringback.audio.rice import subframe
from ringback.audio.symbols import SYMBOL
from ringback.core.base.duration import SECOND

RATES = {8000: 4, 16000: 5, 22050: 6, 24000: 7, 32000: 8, 44100: 9, 48000: 10}
"""Sampling rates in hertz, and how a frame header writes them."""


class Sound(NamedTuple):
    """What a frame holds between its header and its check, and the figures for that check."""

    coded: bytes
    check: int
    shift: int


def pieces(symbols: bytes, rate: int) -> list[bytes]:
    """The file of *symbols* at *rate* hertz: a header, then one frame per symbol."""
    known = sounds(rate)
    frames = (_frame(number, known[symbol], rate) for number, symbol in enumerate(symbols))
    return [_file_header(symbols, rate), *frames]


def read(body: bytes) -> bytes:
    """The symbols of *body*, up to the first frame that is not ours or not whole."""
    rate = int.from_bytes(body[18:21]) >> 4
    if rate not in RATES:
        return b""
    symbols = bytearray()
    at = _first_frame(body)
    while found := _found(body, at, len(symbols), rate):
        symbol, at = found
        symbols.append(symbol)
    return bytes(symbols)


def _first_frame(body: bytes) -> int:
    """Where the metadata ends, to which whoever copies a file adds blocks of its own."""
    at, is_last = len(b"fLaC"), 0
    while not is_last and at < len(body):
        is_last = body[at] & 0x80
        at += 4 + int.from_bytes(body[at + 1 : at + 4])
    return at


def _found(body: bytes, at: int, number: int, rate: int) -> tuple[int, int] | None:
    """The symbol of frame *number* if it is at *at*, and where the frame ends."""
    start = at + len(_frame_header(number, rate))
    for symbol, sound in enumerate(sounds(rate)):
        if body.startswith(sound.coded, start):
            frame = _frame(number, sound, rate)
            if body.startswith(frame, at):
                return symbol, at + len(frame)
    return None


@lru_cache(maxsize=8)
def sounds(rate: int) -> tuple[Sound, ...]:
    """The coded form of each symbol at *rate* hertz."""
    coded = [subframe(cycle, pcm.CYCLES) for cycle in pcm.cycles(rate)]
    return tuple(Sound(frame, crc16(frame), crc16_shift(len(frame))) for frame in coded)


def _file_header(symbols: bytes, rate: int) -> bytes:
    """The magic, and the only metadata block: STREAMINFO, of 34 bytes (section 8.2)."""
    block = _samples(rate)
    digest = hashlib.md5(b"".join(pcm.pieces(symbols, rate)), usedforsecurity=False)
    last_block, unknown_size = b"\x80", bytes(3)
    mono, sixteen_bits = 0, 15
    return b"".join(
        [
            b"fLaC",
            last_block + (34).to_bytes(3),
            block.to_bytes(2) * 2,
            unknown_size * 2,
            (rate << 44 | mono << 41 | sixteen_bits << 36 | len(symbols) * block).to_bytes(8),
            digest.digest(),
        ]
    )


def _frame(number: int, sound: Sound, rate: int) -> bytes:
    """Frame *number*: its header, the sound, and the check of both."""
    head = _frame_header(number, rate)
    check = crc16_joined(crc16(head), sound.check, sound.shift)
    return b"".join([head, sound.coded, check.to_bytes(2)])


def _frame_header(number: int, rate: int) -> bytes:
    """The header of frame *number*: equal blocks of mono samples of 16 bits (section 9.1)."""
    head = b"".join(
        [
            bytes([0xFF, 0xF8, 0x70 | RATES[rate], 0x08]),
            # The number is coded like a character, and the longest text has less than 2000 frames.
            chr(number).encode(),
            (_samples(rate) - 1).to_bytes(2),
        ]
    )
    return head + bytes([crc8(head)])


def _samples(rate: int) -> int:
    return SYMBOL * rate // SECOND
