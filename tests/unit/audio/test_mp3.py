"""MP3 answers are bare frames of constant bit rate, which are read again frame by frame."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.mp3 import HOP, frames_of, pieces, read
from ringback.audio.symbols import SILENCE, SYNC, spell

SOUND = spell(0x0123_4567_89AB, 40)
RATES = [(22050, 32000), (22050, 48000), (24000, 32000), (24000, 48000)]


@pytest.mark.parametrize(
    ("rate", "bit_rate", "header"),
    [
        (22050, 48000, "fff360c4"),
        (22050, 32000, "fff340c4"),
        (24000, 48000, "fff364c4"),
        (24000, 8000, "fff314c4"),
    ],
)
def test_the_first_bytes_are_those_of_the_service(rate: int, bit_rate: int, header: str) -> None:
    assert pieces(SOUND, rate, bit_rate)[0][:4].hex() == header


@pytest.mark.parametrize(("rate", "bit_rate"), RATES)
def test_the_bit_rate_is_exact_at_every_frame(rate: int, bit_rate: int) -> None:
    sizes = map(len, pieces(SOUND * 8, rate, bit_rate))
    for number, size in enumerate(accumulate(sizes), 1):
        assert size == number * HOP * bit_rate // 8 // rate


def test_a_padded_frame_says_so_and_is_a_byte_longer() -> None:
    sizes = {frame[2] >> 1 & 1: len(frame) for frame in pieces(SOUND, 22050, 48000)}
    assert sizes == {0: 156, 1: 157}


def test_no_frame_needs_the_one_before() -> None:
    assert all(frame[4] == 0 for frame in pieces(SOUND, 22050, 48000))


@pytest.mark.parametrize("bit_rate", [8000, 16000, 24000, 32000, 40000, 48000, 160000])
@pytest.mark.parametrize("rate", [22050, 24000])
def test_every_tone_fits_into_every_bit_rate(rate: int, bit_rate: int) -> None:
    for padding in (0, 1):
        sizes = {len(frame) for frame in frames_of(rate, bit_rate, padding)}
        assert sizes == {HOP * bit_rate // 8 // rate + padding}


def test_silence_has_an_empty_body() -> None:
    assert not any(frames_of(22050, 48000, 0)[SILENCE][4:])


def test_no_symbols_are_no_frames() -> None:
    assert pieces(b"", 22050, 48000) == []


@pytest.mark.parametrize(("rate", "bit_rate"), RATES)
def test_what_is_written_is_read(rate: int, bit_rate: int) -> None:
    assert read(b"".join(pieces(SOUND, rate, bit_rate))) == SOUND


def test_of_every_beginning_the_whole_symbols_are_read() -> None:
    symbols = bytes([SYNC, 1, SILENCE])
    body = b"".join(pieces(symbols, 22050, 48000))
    read_by_size = [read(body[:size]) for size in range(len(body) + 1)]
    assert list(dict.fromkeys(read_by_size)) == [b"", symbols[:1], symbols[:2], symbols]
    assert read_by_size == sorted(read_by_size, key=len)
    assert read_by_size.index(symbols) == len(body)


@pytest.mark.parametrize(
    "strange",
    [
        b"\xff\xf3\x64\xc0" + bytes(152),  # stereo
        b"\xff\xf3\x68\xc4" + bytes(152),  # 16 kHz
        b"\xff\xf3\x00\xc4" + bytes(152),  # free bit rate
        b"\xff\xf3\xf0\xc4" + bytes(152),  # a bit rate that does not exist
        b"\xff\xf3\x60",  # the beginning of a header
        b"\xff\xfb\x60\xc4",  # MPEG-1
        b"ID3",
    ],
)
def test_reading_ends_where_a_strange_frame_begins(strange: bytes) -> None:
    ours = b"".join(pieces(bytes([SYNC, 1]), 22050, 48000))
    assert read(ours + strange) == bytes([SYNC, 1])
    assert read(strange) == b""


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert read(body) == read(b"\xff\xf3" + body) == b""


def test_the_index_that_a_copying_program_puts_first_is_passed_over() -> None:
    sound = b"".join(pieces(SOUND, 22050, 48000))
    # As ffmpeg writes it: a frame of 56 kbit/s, whatever the others have.
    index = (bytes.fromhex("fff370c0") + bytes(9) + b"Info").ljust(182, b"\0")
    assert read(index + sound) == SOUND
    assert read(index.replace(b"Info", b"Xing") + sound) == SOUND
    assert read(index.replace(b"Info", b"Rest") + sound) == b""
