"""A subframe says what its samples are: it is decoded here as RFC 9639 tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio import pcm
from ringback.audio.rice import subframe

samples_16 = st.integers(-32768, 32767)


def decoded(coded: bytes, count: int) -> list[int]:
    """The samples of a subframe of *count* samples of 16 bits."""
    bits = iter("".join(f"{byte:08b}" for byte in coded))

    def number(width: int) -> int:
        return int("".join(next(bits) for _ in range(width)) or "0", 2)

    def signed() -> int:
        value = number(16)
        return value - 65536 if value >= 32768 else value

    opening, kind, wasted = number(1), number(6), number(1)
    assert (opening, wasted) == (0, 0)
    if kind == 0:
        return [signed()] * count
    order = kind - 8
    samples = [signed() for _ in range(order)]
    method, partition_order, parameter = number(2), number(4), number(4)
    assert (method, partition_order) == (0, 0)
    assert parameter < 15, "samples without a code would follow"
    weights = [(), (1,), (2, -1), (3, -3, 1), (4, -6, 4, -1)][order]
    while len(samples) < count:
        quotient = 0
        while next(bits) == "0":
            quotient += 1
        folded = quotient << parameter | number(parameter)
        rest = -(folded + 1) // 2 if folded % 2 else folded // 2
        history = reversed(samples[len(samples) - order :])
        samples.append(rest + sum(w * s for w, s in zip(weights, history, strict=True)))
    rest_of_the_byte = "".join(bits)
    assert len(rest_of_the_byte) < 8
    assert "1" not in rest_of_the_byte
    return samples


@given(st.lists(samples_16, min_size=4, max_size=40), st.integers(1, 4))
def test_any_cycle_comes_back(cycle: list[int], times: int) -> None:
    assert decoded(subframe(cycle, times), len(cycle) * times) == cycle * times


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_every_tone_comes_back(rate: int) -> None:
    for cycle in pcm.cycles(rate):
        assert decoded(subframe(cycle, 4), 4 * len(cycle)) == [*cycle] * 4


def test_one_value_is_written_once() -> None:
    assert subframe([-2] * 640, 4).hex() == "00fffe"


def test_a_slow_tone_takes_less_than_half_of_its_samples() -> None:
    cycle = pcm.cycles(48000)[0]
    assert len(subframe(cycle, 4)) < len(cycle) * 4


def test_the_wildest_samples_take_the_predictor_that_predicts_nothing() -> None:
    wild = [32767, -32768] * 8
    assert subframe(wild, 1)[0] == 0b0001_0000
    assert decoded(subframe(wild, 1), 16) == wild
