"""Symbols are spread over frames that fit them badly, and gathered again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.framing import by_frame, by_symbol

GRIDS = [(22050, 576), (24000, 576), (22050, 1024), (48000, 960)]
grids = pytest.mark.parametrize(("rate", "hop"), GRIDS)
spelled = st.binary(max_size=60)


def test_frames_of_20_ms_fit_four_times() -> None:
    assert by_frame(b"abc", 48000, 960) == b"aaaabbbbcccc"


def test_a_frame_carries_the_symbol_that_sounds_in_its_middle() -> None:
    # A symbol has 1764 samples; the middles are at 512, 1536, 2560, 3584, 4608 and so on.
    assert by_frame(b"abcd", 22050, 1024) == b"aabccdd"


def test_a_frame_whose_middle_is_on_a_border_carries_the_later_symbol() -> None:
    # Eight symbols have 14112 samples, and so has the middle of the frame after 24.
    assert by_frame(b"aaaaaaaab", 22050, 576) == b"a" * 24 + b"b" * 4


@grids
@given(symbols=spelled)
def test_the_length_is_met_within_half_a_frame(rate: int, hop: int, symbols: bytes) -> None:
    samples = len(symbols) * rate * 80 // 1000
    assert abs(len(by_frame(symbols, rate, hop)) * hop - samples) <= hop / 2


@grids
@given(symbols=spelled)
def test_gathering_undoes_spreading(rate: int, hop: int, symbols: bytes) -> None:
    assert by_symbol(by_frame(symbols, rate, hop), rate, hop) == symbols


@grids
@given(symbols=spelled, missing=st.integers(1, 30))
def test_a_symbol_counts_when_all_its_frames_are_there(
    rate: int, hop: int, symbols: bytes, missing: int
) -> None:
    frames = by_frame(symbols, rate, hop)[:-missing]
    gathered = by_symbol(frames, rate, hop)
    assert symbols.startswith(gathered)
    assert not symbols or len(gathered) < len(symbols)
