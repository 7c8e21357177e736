"""The values of a scenario file: how each is read, and what is said about a wrong one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
)
from pydantic_core import PydanticCustomError, core_schema

from ringback.core import duration, outcome
from ringback.core.delivery import SETTLED, State
from ringback.core.duration import SECOND
from ringback.core.reply import ANSWER_LOST, REACHING, Mishap
from ringback.scenario import variables

VERSION = 1
"""The version of the format of scenario files."""

YEAR = 366 * 86_400 * SECOND
"""The longest span, in nanoseconds: nothing in a story happens later."""

MAX_SPAN_LENGTH = 40
A_TIME = "is not a time; write e.g. 0s, +30s, 1m, 500ms"

REPLY_WORDS = tuple(str(word) for word in Mishap)
FAULT_WORDS = (*REPLY_WORDS, *REACHING)
OUTCOME_WORDS = (
    *REPLY_WORDS,
    ANSWER_LOST,
    *("closed", "unknown host", "tls", "not allowed"),
    outcome.Garbled.word,
    outcome.Aborted.word,
)
"""What may have become of an attempt, apart from a status."""

NO_BODY = "is no body to compare with; write the number of an attempt, or audio"
ENDS = tuple(str(state) for state in State if state in SETTLED)
METHODS = ("POST", "PUT")

_CLOCK_TIME = re.compile(r"\+?([0-9]{1,4}):([0-9]{2})(?::([0-9]{2}))?")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # RFC 9110's name for it
_NO_OTHER_VARIABLE = r"^(?!\$(?!\$|any$|key_id$|request_id$|regex:))"
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def wrong(message: str, *inside: str | int) -> PydanticCustomError:
    """An error in our own words; *inside* leads from the value being read to the one at fault."""
    return PydanticCustomError("scenario", "{text}", {"text": message, "inside": inside})


def shown(value: Any) -> str:
    """A value as it is quoted in a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value if len(value) <= 40 else f"{value[:39]}…")
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return str(value)


def nearest(word: str, known: Sequence[str]) -> str:
    """`; did you mean 'x'?`, or the whole list where nothing is near."""
    near = get_close_matches(word, known, n=1) or [each for each in known if word in each]
    return f"; did you mean {near[0]!r}?" if near else f"; write one of {', '.join(known)}"


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
    if len(text) > MAX_SPAN_LENGTH:
        raise wrong(f"{shown(text)} {A_TIME}")
    try:
        return duration.read(text)
    except ValueError as error:
        raise wrong(str(error)) from None


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """Annotates a type with a *check* that speaks in our words, and with its JSON Schema."""

    check: Callable[[Any], Any]
    written: Mapping[str, Any]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Run the check once the value has the right type."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say in JSON Schema what it can say of the check."""
        return {**handler(schema), **self.written}


def one_of(words: Sequence[str], kind: str) -> Checked:
    """A text that is one of *words*; the nearest is named where it is not."""

    def check(value: str) -> str:
        if value not in words:
            raise wrong(f"{shown(value)} is not {kind}{nearest(value, words)}")
        return value

    return Checked(check, {"enum": list(words)})


def matching(pattern: str, message: str) -> Checked:
    """A text that *pattern* matches as a whole."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(f"{shown(value)} {message}")
        return value

    return Checked(check, {"pattern": f"^{pattern}$"})


def _version(value: int) -> int:
    if value != VERSION:
        raise wrong(f"version {value}")
    return value


def _one_line(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > 200:
        raise wrong("a name is one line of 1 to 200 printable characters")
    return value


def _sendable(value: str) -> str:
    if _CONTROL.search(value):
        raise wrong("a header's value cannot hold a line break or another control character")
    if not value.isascii():
        raise wrong(f"{shown(value)} is not ASCII, which a header's value must be")
    return value


def _expected(value: str) -> str:
    try:
        variables.check(value)
    except ValueError as error:
        raise wrong(str(error)) from None
    return value


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(f"{shown(value)} is not a moment; write e.g. 2026-01-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise wrong(f"{shown(value)} lacks its zone; write e.g. 2026-01-01T00:00:00Z")
    return moment


WrittenSpan = (
    Annotated[float, Field(ge=0, le=YEAR / SECOND)]
    | Annotated[
        str, Field(pattern=r"^\+?[0-9]+(\.[0-9]+)?(ms|s|m|h)?$", max_length=MAX_SPAN_LENGTH)
    ]
)
Span = Annotated[int, BeforeValidator(_span, json_schema_input_type=WrittenSpan)]
"""Nanoseconds, written as seconds or as `+30s`, `500ms`, `2m`, `1h`."""

Seconds = Annotated[
    float,
    BeforeValidator(
        lambda value: duration.seconds(_span(value)), json_schema_input_type=WrittenSpan
    ),
]
"""The same, read as seconds."""

WrittenMoment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
# A plain validator, for pydantic knows no `datetime` when it is imported in frozen time.
Moment = Annotated[datetime, PlainValidator(_moment, json_schema_input_type=WrittenMoment)]

Version = Annotated[int, Checked(_version, {"const": VERSION})]
Status = Annotated[int, Field(ge=200, le=599)]
ReplyWord = Annotated[str, one_of(REPLY_WORDS, "an answer")]
FaultWord = Annotated[str, one_of(FAULT_WORDS, "a fault")]
OutcomeWord = Annotated[str, one_of(OUTCOME_WORDS, "an outcome")]
EndWord = Annotated[str, one_of(ENDS, "an end of a delivery")]
MethodWord = Annotated[str, one_of(METHODS, "a method of callbacks")]

HeaderName = Annotated[str, matching(_TOKEN, "is not the name of a header")]
HeaderValue = Annotated[str, Checked(_sendable, {"pattern": r"^[\t\x20-\x7e]*$"})]
Audio = Annotated[str, matching("audio", NO_BODY)]
Digest = Annotated[str, matching("[0-9a-f]{64}", "is not a SHA-256 in lower-case hexadecimal")]
Name = Annotated[str, Checked(_one_line, {"maxLength": 200, "pattern": r"\S"})]
Expected = Annotated[str, Checked(_expected, {"pattern": _NO_OTHER_VARIABLE})]
"""A text that must be seen, or a variable in its place."""
