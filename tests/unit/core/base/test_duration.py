"""Spans of time are exact, and are written the way they are read."""

import math
from datetime import timedelta

import pytest

from ringback.core.base.duration import SECOND, is_span, nanoseconds, read, seconds, words


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (0, 0),
        (30, 30_000_000_000),
        (-1, -1_000_000_000),
        (10**12, 10**21),
        (0.1, 100_000_000),
        (29.999, 29_999_000_000),
        (1e-9, 1),
        (4e-10, 0),
        (-0.25, -250_000_000),
        (timedelta(minutes=5), 300_000_000_000),
        (timedelta(microseconds=1), 1_000),
        (timedelta(microseconds=-1), -1_000),
        (timedelta(days=1, seconds=2, microseconds=3), 86_402_000_003_000),
        (timedelta.max, 86_399_999_999_999_999_999_000),
    ],
)
def test_a_span_becomes_whole_nanoseconds(span: float | timedelta, expected: int) -> None:
    assert nanoseconds(span) == expected


def test_three_hundred_tenths_of_a_second_are_thirty_seconds() -> None:
    assert 300 * nanoseconds(0.1) == 30 * SECOND


@pytest.mark.parametrize("span", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_span(span: float) -> None:
    with pytest.raises(ValueError, match=r"is not a span of time; give seconds or a timedelta$"):
        nanoseconds(span)


@pytest.mark.parametrize(
    ("span", "expected"),
    [(0, 0), (30 * SECOND, 30), (-SECOND, -1), (SECOND // 4, 0.25), (-SECOND // 2, -0.5)],
)
def test_seconds_are_an_int_where_they_are_whole(span: int, expected: float) -> None:
    assert seconds(span) == expected
    assert type(seconds(span)) is type(expected)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (0, "+0s"),
        (30 * SECOND, "+30s"),
        (400 * SECOND, "+400s"),
        (SECOND // 4, "+0.25s"),
        (1, "+0.000000001s"),
        (SECOND + 10, "+1.00000001s"),
        (-SECOND, "-1s"),
        (-SECOND // 2, "-0.5s"),
        (-1, "-0.000000001s"),
    ],
)
def test_an_offset_is_written_with_its_sign(span: int, expected: str) -> None:
    assert words(span) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0s", 0),
        ("+30s", 30 * SECOND),
        ("30", 30 * SECOND),
        ("1.5", 1_500_000_000),
        ("500ms", SECOND // 2),
        ("2m", 120 * SECOND),
        ("1h", 3600 * SECOND),
        ("+0.000000001s", 1),
        ("007s", 7 * SECOND),
    ],
)
def test_a_time_is_read_in_the_unit_it_names(text: str, expected: int) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *["", "s", "+", "-1s", "1 s", " 1s", "1s ", "1S", "1d", "1e3", ".5s", "1.", "1_000"],
        *["12:30", "nan", "inf", "1,5s", "++1", "1s\n", "1m30s"],
        "\N{ARABIC-INDIC DIGIT THREE}s",
    ],
)
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time; write e\.g\. 0s, \+30s, 1m, 500ms$"):
        read(text)


@pytest.mark.parametrize("value", [0, 1, 0.5, timedelta(), timedelta(days=1)])
def test_a_span_is_seconds_or_a_timedelta(value: object) -> None:
    assert is_span(value, least=0)


@pytest.mark.parametrize(
    "value", [-1, -0.5, timedelta(-1), math.nan, math.inf, True, "1", None, 1j]
)
def test_what_is_no_number_or_negative_is_no_span(value: object) -> None:
    assert not is_span(value, least=0)


@pytest.mark.parametrize(("value", "holds"), [(0, False), (1e-10, False), (1e-9, True)])
def test_a_span_may_have_to_be_more_than_none(value: float, holds: bool) -> None:
    assert is_span(value, least=1) is holds
