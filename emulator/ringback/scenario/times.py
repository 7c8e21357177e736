"""Times in a scenario file: spans and moments, how each is read and described."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from ringback.core.base import duration
from ringback.core.base.duration import SECOND
from ringback.scenario.values import Written, shown, wrong

YEAR = 366 * 86_400 * SECOND
"""The longest span, in nanoseconds: nothing in a story happens later."""

MAX_SPAN_LENGTH = 40
A_TIME = "is not a time; write e.g. 0s, +30s, 1m, 500ms"
A_MOMENT = "write e.g. 2026-01-01T00:00:00Z"

_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+)?")
_SPAN_PARTS = re.compile(r"\+?(?:[0-9]+(?:\.[0-9]+)?(?:ms|min|sec|h|m|s)\s*){2,}", re.IGNORECASE)
_SPAN_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|min|sec|h|m|s)", re.IGNORECASE)
_IN_SECONDS = {"h": 3600.0, "min": 60.0, "m": 60.0, "sec": 1.0, "s": 1.0, "ms": 0.001}
_FULL_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?" + _ZONE
)
EARLIEST, LATEST = 1970, 2999
"""The years in which a story may begin: ids hold Unix time."""
_CLOCK_TIME = re.compile(r"\+?([0-9]{1,4}):([0-9]{2})(?::([0-9]{2}))?")


def _span(value: Any) -> int:
    """Seconds, or a text such as `+30s`, in nanoseconds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(f"{shown(value)} {A_TIME}")
    if not isinstance(value, str) and value < 0:  # what is rounded to nothing, too
        raise wrong(f"{shown(value)} is before the beginning; a time cannot be negative")
    span = _spelt(value) if isinstance(value, str) else duration.nanoseconds(value)
    if span > YEAR:
        raise wrong(f"{shown(value)} is more than a year")
    return span


def _seconds(value: Any) -> float:
    """The same in seconds."""
    return float(duration.seconds(_span(value)))


def _spelt(text: str) -> int:
    clock = _CLOCK_TIME.fullmatch(text)
    if clock:
        hours, minutes, seconds = (
            (int(clock[1]), int(clock[2]), int(clock[3]))
            if clock[3]
            else (0, int(clock[1]), int(clock[2]))
        )
        total = (hours * 60 + minutes) * 60 + seconds
        raise wrong(f"{text!r} is not a time; if it means {total} seconds, write {total}s")
    if len(text) <= MAX_SPAN_LENGTH and _SPAN_PARTS.fullmatch(text):
        parts = (
            float(number) * _IN_SECONDS[unit.lower()] for number, unit in _SPAN_PART.findall(text)
        )
        raise wrong(f"{text!r} is not a time in one unit; write {sum(parts):g}s")
    if len(text) > MAX_SPAN_LENGTH:
        raise wrong(f"{shown(text)} {A_TIME}")
    try:
        return duration.read(text)
    except ValueError as error:
        raise wrong(str(error)) from None


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise wrong(f"{shown(value)} is not a moment; {A_MOMENT}")
    if _MOMENT.fullmatch(value):
        raise wrong(f"{shown(value)} lacks its time or its zone; {A_MOMENT}")
    if not _FULL_MOMENT.fullmatch(value):
        raise wrong(f"{shown(value)} is not a moment; {A_MOMENT}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise wrong(f"{shown(value)} is in no calendar; {A_MOMENT}") from None
    if not EARLIEST <= moment.year <= LATEST:
        raise wrong(f"{shown(value)} is not from {EARLIEST} to {LATEST}")
    return moment


def _digits(most: int) -> str:
    return f"[0-9]{{1,{most}}}(\\.[0-9]+)?"


_SPAN = rf"^\+?0*({_digits(4)}h|{_digits(6)}m|{_digits(8)}s?|{_digits(11)}ms)$"
"""As many digits as a year has of each unit."""

WrittenSpan = (
    Annotated[float, Field(ge=0, le=YEAR / SECOND)]
    | Annotated[str, Field(pattern=_SPAN, max_length=MAX_SPAN_LENGTH)]
)
Span = Annotated[int, Written(_span, WrittenSpan)]
"""Nanoseconds, written as seconds or as `+30s`, `500ms`, `2m`, `1h`."""

Seconds = Annotated[float, Written(_seconds, WrittenSpan)]
"""The same, read as seconds."""

_SOME = r"[0-9]*[1-9][0-9]*(\.[0-9]+)?|0+\.[0-9]*[1-9][0-9]*"
PositiveSeconds = Annotated[
    float,
    Written(
        _seconds,
        Annotated[float, Field(gt=0, le=YEAR / SECOND)]
        | Annotated[
            str,
            Field(
                pattern=rf"^\+?({_SOME})(ms|s|m|h)?$",
                max_length=MAX_SPAN_LENGTH,
                json_schema_extra={"allOf": [{"pattern": _SPAN}]},
            ),
        ],
    ),
]
"""The same, and more than none."""

WrittenMoment = Annotated[
    str,
    Field(json_schema_extra={"format": "date-time", "pattern": f"^{_FULL_MOMENT.pattern}$"}),
]
Moment = Annotated[datetime, Written(_moment, WrittenMoment)]


_A_DATE = re.compile(r"[0-9]{4}-")


def _when(value: Any) -> int | datetime:
    return _moment(value) if isinstance(value, str) and _A_DATE.match(value) else _span(value)


When = Annotated[int | datetime, Written(_when, WrittenSpan | WrittenMoment)]
"""A span, or an absolute moment such as `2026-01-01T00:00:30Z`."""
