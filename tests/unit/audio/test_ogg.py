"""Pages hold packets with their lengths, a check, and what a stream must say of itself."""

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback.audio.checksum import crc32
from ringback.audio.ogg import FIRST, packets_of, page

PAGE = page([b"one", b"two!"], FIRST, 960, 7, 2)
packets = st.lists(st.binary(max_size=600), max_size=20)


def test_a_page_is_laid_out_as_the_rfc_draws_it() -> None:
    head = struct.unpack_from("<4sBBqII", PAGE)
    assert head == (b"OggS", 0, FIRST, 960, 7, 2)
    assert PAGE[26:] == bytes([2, 3, 4]) + b"one" + b"two!"


def test_the_check_is_that_of_the_page_without_it() -> None:
    assert PAGE[22:26] == struct.pack("<I", crc32(PAGE[:22] + bytes(4) + PAGE[26:]))


@pytest.mark.parametrize(
    ("size", "lacing"),
    [(0, [0]), (254, [254]), (255, [255, 0]), (256, [255, 1]), (510, [255, 255, 0])],
)
def test_a_long_packet_takes_several_segments(size: int, lacing: list[int]) -> None:
    written = page([bytes(size)], 0, 0, 0, 0)
    assert list(written[26 : 27 + len(lacing)]) == [len(lacing), *lacing]


@given(packets, packets)
@example([bytes(254), bytes(255), bytes(256)], [bytes(1625)])
def test_packets_are_found_again(first: list[bytes], second: list[bytes]) -> None:
    stream = page(first, 0, 0, 0, 0) + page(second, 0, 0, 0, 1)
    assert list(packets_of(stream)) == first + second


@given(st.integers(0, 70))
def test_a_beginning_holds_the_packets_that_are_whole(size: int) -> None:
    found = list(packets_of((PAGE + PAGE)[:size]))
    assert found == [b"one", b"two!", b"one", b"two!"][: len(found)]
    assert len(found) == sum(size >= end for end in (32, 36, 68, 72))


def test_anything_else_has_no_packets() -> None:
    assert list(packets_of(b"OggX" + PAGE[4:])) == []
    assert list(packets_of(PAGE + b"ID3" + bytes(40))) == [b"one", b"two!"]
