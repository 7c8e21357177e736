"""Opus answers are Ogg streams of packets of one size, whose end is trimmed to the length."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio import codebook
from ringback.audio.ogg import FIRST, LAST, packets_of
from ringback.audio.opus import PRE_SKIP, fitting, padded, pieces, read
from ringback.audio.symbols import SILENCE, SYNC, spell

SOUND = spell(0x0123_4567_89AB, 40)


def kinds(pages: list[bytes]) -> list[int]:
    return [page[5] for page in pages]


def granules(pages: list[bytes]) -> list[int]:
    return [granule for page in pages for (granule,) in [struct.unpack_from("<q", page, 6)]]


def test_a_stream_opens_with_two_headers() -> None:
    head, tags, *_ = packets_of(b"".join(pieces(SOUND, 12000)))
    assert head == b"OpusHead\x01\x01" + struct.pack("<HIhB", PRE_SKIP, 48000, 0, 0)
    assert tags == b"OpusTags\x08\0\0\0ringback\0\0\0\0"


def test_only_the_ends_are_marked_as_ends() -> None:
    assert kinds(pieces(SOUND, 12000)) == [FIRST, 0, 0, 0, 0, LAST]


def test_a_page_holds_a_second_and_the_last_one_ends_with_the_sound() -> None:
    whole = PRE_SKIP + 40 * 3840
    assert granules(pieces(SOUND, 12000)) == [0, 0, 48000, 96000, 144_000, whole]


def test_there_are_samples_enough_for_what_is_dropped_at_the_start() -> None:
    *_, last = packets = list(packets_of(b"".join(pieces(SOUND, 12000))))[2:]
    assert len(packets) * 960 >= PRE_SKIP + 40 * 3840
    assert last == fitting(30)[SILENCE]


def test_pages_have_the_serial_number_of_their_sound() -> None:
    serials = {page[14:18] for sound in (SOUND, b"") for page in pieces(sound, 12000)}
    assert len(serials) == 2
    assert bytes(4) not in serials, "some tools take zero for no number"


@pytest.mark.parametrize(
    ("bit_rate", "size"),
    [(4000, 20), (8000, 20), (8399, 20), (8400, 21), (12000, 30), (64000, 160), (650_000, 1625)],
)
def test_packets_have_the_size_of_the_bit_rate_from_8000_on(bit_rate: int, size: int) -> None:
    _, _, *packets = packets_of(b"".join(pieces(SOUND, bit_rate)))
    assert {len(packet) for packet in packets} == {size}


def test_no_page_has_more_segments_than_it_can_count() -> None:
    assert max(page[26] for page in pieces(SOUND, 650_000)) == 252


def test_larger_packets_carry_purer_tones() -> None:
    assert frame_of(fitting(29)[SYNC]) == codebook.OPUS[20][SYNC][1:]
    assert fitting(30)[SYNC] == codebook.OPUS[30][SYNC]


@given(st.binary(min_size=2, max_size=60), st.integers(0, 1700))
def test_a_packet_is_padded_to_any_size_and_keeps_its_frame(packet: bytes, size: int) -> None:
    longer = padded(packet, size)
    if size > len(packet):
        assert len(longer) == size
        assert frame_of(longer) == packet[1:]
    else:
        assert longer == packet


def frame_of(packet: bytes) -> bytes:
    """The frame of a packet of code 3, read as RFC 6716 section 3.2.5 tells."""
    assert packet[0] & 3 == 3
    assert packet[1] & 0x3F == 1, "one frame"
    at, padding = 2, 0
    if packet[1] & 0x40:
        while packet[at] == 255:
            at, padding = at + 1, padding + 254
        at, padding = at + 1, padding + packet[at]
    return packet[at : len(packet) - padding]


def test_no_symbols_are_headers_of_a_stream_that_ends() -> None:
    assert kinds(pieces(b"", 12000)) == [FIRST, LAST]
    assert read(b"".join(pieces(b"", 12000))) == b""


@pytest.mark.parametrize("bit_rate", [4000, 12000, 650_000])
def test_what_is_written_is_read(bit_rate: int) -> None:
    assert read(b"".join(pieces(SOUND, bit_rate))) == SOUND


def test_of_every_beginning_the_whole_symbols_are_read() -> None:
    symbols = bytes([SYNC, 1, SILENCE])
    body = b"".join(pieces(symbols, 12000))
    read_by_size = [read(body[:size]) for size in range(len(body) + 1)]
    assert list(dict.fromkeys(read_by_size)) == [b"", symbols[:1], symbols[:2], symbols]
    assert read_by_size == sorted(read_by_size, key=len)
    assert read_by_size.index(symbols) == len(body)


def test_reading_ends_where_a_strange_packet_begins() -> None:
    head, tags, sound, *_ = pieces(SOUND, 12000)
    spoilt = sound.replace(fitting(30)[1], bytes(30), 1)
    assert read(head + tags + spoilt) == SOUND[:1]


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    head, tags, *_ = pieces(b"", 12000)
    assert read(body) == read(head + tags + b"OggS" + body) == b""
