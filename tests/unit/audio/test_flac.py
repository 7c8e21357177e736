"""FLAC answers have a header that tells the truth and one frame per symbol."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio import pcm
from ringback.audio.checksum import crc8, crc16
from ringback.audio.flac import RATES, pieces, read, sounds
from ringback.audio.symbols import SILENCE, SYNC, spell

SOUND = spell(0x0123_4567_89AB, 40)


@pytest.mark.parametrize("rate", RATES)
def test_the_header_tells_rate_length_and_digest(rate: int) -> None:
    header = pieces(SOUND, rate)[0]
    block = rate * 80 // 1000
    assert header[:8].hex() == "664c614380000022"
    assert header[8:12] == block.to_bytes(2) * 2
    assert header[12:18] == bytes(6), "frames of sizes that are not told"
    packed = int.from_bytes(header[18:26])
    assert packed >> 44 == rate
    assert packed >> 41 & 7 == 0, "one channel"
    assert packed >> 36 & 31 == 15, "16 bits"
    assert packed & (1 << 36) - 1 == 40 * block
    assert header[26:] == hashlib.md5(b"".join(pcm.pieces(SOUND, rate))).digest()
    assert len(header) == len(b"fLaC") + 4 + 34  # the marker, and one block: STREAMINFO


def test_a_frame_is_header_check_sound_check() -> None:
    frame = pieces(bytes([SYNC, 3]), 8000)[-1]
    assert frame[:4].hex() == "fff87408"
    assert frame[4] == 1, "the number of the frame"
    assert frame[5:7] == (640 - 1).to_bytes(2)
    assert frame[7] == crc8(frame[:7])
    assert frame[8:-2] == sounds(8000)[3].coded
    assert frame[-2:] == crc16(frame[:-2]).to_bytes(2)


@pytest.mark.parametrize(("number", "coded"), [(127, "7f"), (128, "c280"), (2048, "e0a080")])
def test_a_large_frame_number_takes_more_bytes(number: int, coded: str) -> None:
    frame = pieces(bytes(number + 1), 8000)[-1]
    assert frame[4 : 4 + len(coded) // 2].hex() == coded


def test_no_symbols_are_a_header_alone() -> None:
    (header,) = pieces(b"", 48000)
    assert header[21:26] == bytes.fromhex("f000000000")
    assert header[26:] == hashlib.md5(b"").digest()
    assert read(header) == b""


@pytest.mark.parametrize("rate", RATES)
def test_what_is_written_is_read(rate: int) -> None:
    assert read(b"".join(pieces(SOUND, rate))) == SOUND


def test_of_every_beginning_the_whole_symbols_are_read() -> None:
    symbols = bytes([SYNC, 1, SILENCE])
    body = b"".join(pieces(symbols, 8000))
    read_by_size = [read(body[:size]) for size in range(len(body) + 1)]
    assert list(dict.fromkeys(read_by_size)) == [b"", symbols[:1], symbols[:2], symbols]
    assert read_by_size == sorted(read_by_size, key=len)
    assert read_by_size.index(symbols) == len(body)


def test_reading_ends_where_a_strange_frame_begins() -> None:
    header, first, second, third, *_ = pieces(SOUND, 8000)
    spoilt = third[:-1] + bytes([third[-1] ^ 1])
    for strange in (first, spoilt, bytes(4000), b"ID3"):
        assert read(header + first + second + strange) == SOUND[:2]


def test_a_rate_that_is_not_ours_is_not_read() -> None:
    assert read(b"fLaC" + bytes(40)) == b""


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert read(body) == read(pieces(b"", 8000)[0] + body) == b""


def test_what_a_copying_program_adds_to_the_header_is_passed_over() -> None:
    header, *frames = pieces(SOUND, 8000)
    first = b"fLaC\0" + header[5:]
    comment, padding = b"\4\0\0\5hello", b"\x81\0\1\0" + bytes(256)
    body = b"".join([first, comment, padding, *frames])
    assert read(body) == SOUND
    for size in range(len(first + comment + padding)):
        assert read(body[:size]) == b""
