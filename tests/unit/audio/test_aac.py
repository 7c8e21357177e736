"""AAC answers are ADTS frames that are filled up to the bit rate, and read again."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.aac import HOP, RATE, frames_of, pieces, read
from ringback.audio.symbols import SILENCE, SYNC, spell

SOUND = spell(0x0123_4567_89AB, 40)


def size_of(frame: bytes) -> int:
    """The length that an ADTS header gives."""
    return (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5


def test_a_header_says_lc_at_22050_hertz_mono() -> None:
    frame = pieces(SOUND, 48000)[0]
    assert frame[:3].hex() == "fff15c"
    assert frame[3] & 0xFC == 0x40
    assert frame[5] & 0x1F == 0x1F
    assert frame[6] == 0xFC


@pytest.mark.parametrize("bit_rate", [4000, 4001, 12000, 48000, 192_000])
def test_the_bit_rate_is_exact_at_every_frame(bit_rate: int) -> None:
    sizes = map(len, pieces(SOUND * 8, bit_rate))
    for number, size in enumerate(accumulate(sizes), 1):
        assert size == number * HOP * bit_rate // 8 // RATE


@pytest.mark.parametrize("size", [*range(23, 80), 278, 1114, 1115])
def test_every_tone_can_be_filled_to_every_size(size: int) -> None:
    frames = frames_of(size)
    assert {len(frame) for frame in frames} == {size}
    assert {size_of(frame) for frame in frames} == {size}
    assert len(set(frames)) == len(frames)


@pytest.mark.parametrize("size", [23, 24, 40, 41, 278, 1115])
def test_a_frame_is_an_element_fills_an_end(size: int) -> None:
    bits = "".join(f"{byte:08b}" for byte in frames_of(size)[SILENCE][7:])
    # A single channel element: a long window of the other shape, and nothing in it.
    element, bits = bits[:29], bits[29:]
    assert element == "0" * 18 + "1" + "0" * 10
    while bits.startswith("110"):
        count = int(bits[3:7], 2)
        assert count < 15, "a longer count would follow"
        content, bits = bits[7 : 7 + 8 * count], bits[7 + 8 * count :]
        assert content == "0" * 8 * count
    assert bits == "111".ljust(len(bits), "0")
    assert len(bits) < 3 + 8


def test_no_symbols_are_no_frames() -> None:
    assert pieces(b"", 48000) == []


@pytest.mark.parametrize("bit_rate", [4000, 48000, 192_000])
def test_what_is_written_is_read(bit_rate: int) -> None:
    assert read(b"".join(pieces(SOUND, bit_rate))) == SOUND


def test_of_every_beginning_the_whole_symbols_are_read() -> None:
    symbols = bytes([SYNC, 1, SILENCE])
    body = b"".join(pieces(symbols, 48000))
    read_by_size = [read(body[:size]) for size in range(len(body) + 1)]
    assert list(dict.fromkeys(read_by_size)) == [b"", symbols[:1], symbols[:2], symbols]
    assert read_by_size == sorted(read_by_size, key=len)
    assert read_by_size.index(symbols) == len(body)


@pytest.mark.parametrize(
    "strange",
    [
        bytes.fromhex("fff15c40031ffc") + bytes(40),  # a frame of 24 bytes
        bytes.fromhex("fff15c40001ffc") + bytes(40),  # a frame of no bytes
        bytes.fromhex("fff15080031ffc") + bytes(40),  # stereo at 44100 Hz
        bytes(40),
        b"\xff\xf1",
    ],
)
def test_reading_ends_where_a_strange_frame_begins(strange: bytes) -> None:
    ours = b"".join(pieces(bytes([SYNC, 1]), 48000))
    assert read(ours + strange) == bytes([SYNC, 1])
    assert read(strange) == b""


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert read(body) == read(b"\xff\xf1\x5c\x40" + body) == b""
