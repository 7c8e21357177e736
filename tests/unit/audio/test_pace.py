"""A text takes as long as the service's own answers took, and a faster voice takes less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.pace import symbols_in

speeds = st.floats(0.7, 1.5)


@pytest.mark.parametrize(
    ("characters", "published"),
    [(27, 1.62), (1232, 66.6)],
)
def test_published_answers_are_met_within_eleven_per_cent(
    characters: int, published: float
) -> None:
    assert symbols_in("x" * characters, 1) * 0.08 == pytest.approx(published, rel=0.11)


@pytest.mark.parametrize(
    ("characters", "speed", "symbols"),
    [
        (1, 1.0, 4),  # 0.2525 s
        (50, 1.0, 36),  # 2.825 s
        (50, 1.5, 24),  # 1.883 s
        (50, 0.7, 51),  # 4.036 s
        (12, 1.0, 11),  # 0.83 s
    ],
)
def test_a_text_fills_whole_symbols(characters: int, speed: float, symbols: int) -> None:
    assert symbols_in("x" * characters, speed) == symbols


def test_what_fits_exactly_is_not_rounded_up() -> None:
    # 200 + 48 * 52.5 = 2720 ms; the float nearest to 0.85 is a little less than that.
    assert symbols_in("x" * 48, 1.0) == 34
    assert symbols_in("x" * 48, 0.85) == 40


@pytest.mark.parametrize("text", ["", " ", "\n\t", "...", "?!", "— …", "\u200b"])
def test_what_cannot_be_spoken_takes_no_time(text: str) -> None:
    assert symbols_in(text, 1.0) == 0


@pytest.mark.parametrize("text", ["a", "7", " é ", "日", "... so"])
def test_a_letter_or_a_digit_can_be_spoken(text: str) -> None:
    assert symbols_in(text, 1.0) > 0


@given(st.text(), st.text(), speeds)
def test_a_longer_text_never_takes_less(text: str, more: str, speed: float) -> None:
    assert symbols_in(text + more, speed) >= symbols_in(text, speed)


@given(st.text(), speeds, speeds)
def test_a_faster_voice_never_takes_longer(text: str, one: float, other: float) -> None:
    assert symbols_in(text, max(one, other)) <= symbols_in(text, min(one, other))


def test_an_int_is_a_speed() -> None:
    assert symbols_in("Hello", 1) == symbols_in("Hello", 1.0)
