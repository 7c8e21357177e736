"""A span of time says the same however often it is written and read."""

from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ringback.core.base.duration import SECOND, nanoseconds, read, seconds, words

EXACT = 2**52
"""Nanoseconds below which a float of seconds still tells each from the next."""


@given(st.integers(0, 10**30))
def test_an_offset_is_read_as_it_was_written(span: int) -> None:
    assert read(words(span)) == span


@given(st.integers(1, 10**30))
def test_a_span_before_the_start_is_written_with_a_minus(span: int) -> None:
    assert words(-span) == "-" + words(span).removeprefix("+")


@given(st.integers(-EXACT, EXACT))
def test_seconds_become_the_nanoseconds_that_they_were(span: int) -> None:
    assert nanoseconds(seconds(span)) == span


@given(st.timedeltas())
def test_a_timedelta_is_exact(span: timedelta) -> None:
    assert nanoseconds(span) == span // timedelta(microseconds=1) * 1000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_rounded_once(span: float) -> None:
    assert abs(nanoseconds(span) - Fraction(span) * SECOND) <= Fraction(1, 2)


@given(st.text())
def test_a_text_is_a_time_or_an_error_that_shows_how_to_write_one(text: str) -> None:
    try:
        assert read(text) >= 0
    except ValueError as error:
        assert "write e.g. 0s, +30s, 1m, 500ms" in str(error)  # noqa: PT017 - either will do
