"""The checks agree with the published value of each for the digits 1 to 9."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.checksum import crc8, crc16, crc16_joined, crc16_shift, crc32

DIGITS = b"123456789"


def test_crc8_has_its_published_value() -> None:
    assert crc8(DIGITS) == 0xF4


def test_crc16_has_its_published_value() -> None:
    assert crc16(DIGITS) == 0xFEE8


def test_crc32_of_ogg_is_the_plain_one_without_inversion() -> None:
    # CRC-32/CKSUM starts at zero as well, and inverts its result; here without the length.
    assert crc32(DIGITS) == 0x89A1897F


@pytest.mark.parametrize("check", [crc8, crc16, crc32])
def test_nothing_leaves_no_remainder(check: object) -> None:
    assert callable(check)
    assert check(b"") == 0


@given(st.binary(), st.binary(max_size=300))
def test_crc16_of_two_parts_is_found_without_reading_the_second_again(
    head: bytes, tail: bytes
) -> None:
    joined = crc16_joined(crc16(head), crc16(tail), crc16_shift(len(tail)))
    assert joined == crc16(head + tail)


@given(st.binary(min_size=1), st.integers(0, 7))
def test_a_flipped_bit_is_noticed(data: bytes, bit: int) -> None:
    flipped = bytes([data[0] ^ 1 << bit]) + data[1:]
    assert crc8(flipped) != crc8(data)
    assert crc16(flipped) != crc16(data)
    assert crc32(flipped) != crc32(data)
