"""Spans of time: whole nanoseconds inside, seconds and words outside."""

import math
import re
from datetime import timedelta
from functools import lru_cache

SECOND = 1_000_000_000
"""One second in nanoseconds, the unit in which the emulator counts."""

_UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_WORDS = re.compile(r"\+?(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>ms|s|m|h)?")


def nanoseconds(span: float | timedelta) -> int:
    """Turn *span*, in seconds or as a `timedelta`, into whole nanoseconds.

    A `timedelta` is exact; a float is rounded once, so three hundred times 0.1 s is exactly 30 s.
    Raises `ValueError` for NaN and infinity.
    """
    if isinstance(span, int):  # nearly all of them are
        return span * SECOND
    if isinstance(span, timedelta):
        return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds * 1000
    if not math.isfinite(span):
        raise ValueError(f"{span} is not a span of time; give seconds or a timedelta")
    return _rounded(*span.as_integer_ratio())


span_of_settings = lru_cache(maxsize=64, typed=True)(nanoseconds)
"""The same, remembered: every reset reads the few spans of the same settings."""


def _rounded(number: int, parts: int) -> int:
    """The nanoseconds of so many *parts* of a second, rounded to even as `round` does."""
    # `fractions` would do the same, and is a hundredth of a server's start.
    whole, rest = divmod(number * SECOND, parts)
    return whole + (2 * rest > parts or (2 * rest == parts and whole % 2))


def is_span(value: object, *, least: int) -> bool:
    """Whether *value* is a span of *least* nanoseconds or more, in seconds or as a `timedelta`."""
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return nanoseconds(value) >= least


def seconds(span: int) -> int | float:
    """Turn nanoseconds into seconds: an int when they are whole, a float otherwise."""
    whole, rest = divmod(span, SECOND)
    return span / SECOND if rest else whole


def words(span: int) -> str:
    """Write nanoseconds as an offset: `+0s`, `+30s`, `+0.25s`."""
    whole, rest = divmod(abs(span), SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{'-' if span < 0 else '+'}{whole}{fraction}s"


def read(text: str) -> int:
    """Read `+30s`, `500ms`, `2m`, `1h` or a bare number of seconds, in nanoseconds.

    Raises `ValueError` with a message that shows how to write it.
    """
    match = _WORDS.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a time; write e.g. 0s, +30s, 1m, 500ms")
    from fractions import Fraction

    return round(Fraction(match["number"]) * _UNITS[match["unit"] or "s"])
