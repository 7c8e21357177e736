"""The values of a scenario file: how each is read, and what is said about a wrong one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import PydanticCustomError, core_schema

from ringback.core.delivery import outcome
from ringback.core.delivery.delivery import SETTLED, State
from ringback.core.delivery.fault_words import BARE_WORDS, WORDS
from ringback.core.delivery.reply import NoReply
from ringback.scenario import variables

VERSION = 1
"""The version of scenario files that tell of one request."""

NEWEST = 2
"""The version of those that tell a story in steps."""

REPLY_WORDS = tuple(str(word) for word in NoReply)
FAULT_WORDS = BARE_WORDS
LONG_FAULTS = {
    word: f"{{fault: {word}, {name}: {'3s' if name == 'after' else 504}}}"
    for word, kind in WORDS.items()
    for name in kind.needs
}
"""How a word is written that needs a number."""

OUTCOME_WORDS = (
    *REPLY_WORDS,
    outcome.AnswerLost.word,
    *("closed", "unknown host", "tls", "not allowed"),
    outcome.Garbled.word,
    outcome.Aborted.word,
)
"""What may have become of an attempt, apart from a status."""

NO_BODY = "is no body to compare with; write the number of an attempt, or audio"
ENDS = tuple(str(state) for state in State if state in SETTLED)
METHODS = ("POST", "PUT")
BREAKS = ("cut", "stalled")
"""How an answer of the service may end before its end."""

MAX_RETRIES = 1000
"""The most retries: nobody reads a longer story, and a receiver may fail each of them."""

MAX_HEAD = 16_000
"""Characters that all headers of a message may have: servers and clients give up at 64 KiB."""

A_LINE = r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$"
"""What a header carries as it is."""

FAILURES = {"minimum": 400, "maximum": 599}

_NUMBER = re.compile("[1-5][0-9]{2}")
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # RFC 9110's name for it
_NO_OTHER_VARIABLE = r"^([^$]|$|\$\$|\$regex:|\$(any|key_id|request_id)$)"
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def wrong(message: str, *inside: str | int) -> PydanticCustomError:
    """An error in our own words; *inside* leads from the value being read to the one at fault."""
    return PydanticCustomError("scenario", "{text}", {"text": message, "inside": inside})


def quoted(text: str) -> str:
    """*text* in quotes, with blanks and what cannot be printed in sight."""
    return repr(text)


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
    folded = {each.casefold(): each for each in known}
    wanted = word.casefold()
    near = get_close_matches(wanted, folded, n=1) or [each for each in folded if wanted in each]
    return f"; did you mean {folded[near[0]]!r}?" if near else f"; write one of {', '.join(known)}"


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


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Annotates a type with what *read*s it, and with the type *as_* which files hold it.

    pydantic's own validators have `json_schema_input_type` for that, from 2.10 on. The annotated
    type itself is not looked at: pydantic knows no `datetime` when it is imported in frozen time.
    """

    read: Callable[[Any], Any]
    as_: Any

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read the value, whatever it is."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say in JSON Schema what a file may hold."""
        return TypeAdapter(self.as_).json_schema()


def one_of(
    words: Sequence[str], kind: str, elsewhere: Mapping[str, str] = MappingProxyType({})
) -> Checked:
    """A text that is one of *words*; the nearest is named where it is not.

    *elsewhere* has advice on words that belong to another place.
    """

    def check(value: str) -> str:
        if value in words:
            return value
        advice = f"; {elsewhere[value]}" if value in elsewhere else nearest(value, words)
        if _NUMBER.fullmatch(value):
            advice = f"; write {value} without quotes"
        raise wrong(f"{shown(value)} is not {kind}{advice}")

    return Checked(check, {"enum": list(words)})


def matching(pattern: str, message: str) -> Checked:
    """A text that *pattern* matches as a whole."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise wrong(f"{shown(value)} {message}")
        return value

    return Checked(check, {"pattern": f"^{pattern}$"})


def plain_line(kind: str) -> Checked:
    """A text that a header can carry as it is."""
    fits = matching(A_LINE[1:-1], f"is not {kind}: printable ASCII, without blanks around it")

    def check(value: str) -> str:
        if len(value) > MAX_HEAD:
            raise wrong(f"{kind} of more than {MAX_HEAD} characters fits into no message")
        fits.check(value)
        return value

    return Checked(check, {**fits.written, "maxLength": MAX_HEAD})


def _version(value: int) -> int:
    if value != VERSION:
        raise wrong(f"version {value}")
    return value


def _answered(value: int) -> int:
    if value != 200 and not 400 <= value <= 599:
        raise wrong(f"the service answers 200, or a failure from 400 to 599, never {value}")
    return value


def _ordered(value: int) -> int:
    if value != 200 and not 400 <= value <= 599:
        raise wrong(f"a failure's status is from 400 to 599, or 200 for an answer, not {value}")
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


Version = Annotated[int, Checked(_version, {"const": VERSION})]
Status = Annotated[int, Field(ge=200, le=599)]
"""What a receiver may answer."""

AnswerStatus = Annotated[int, Checked(_answered, {"anyOf": [{"const": 200}, FAILURES]})]
"""What the service may answer."""

OrderedStatus = Annotated[int, Checked(_ordered, {"anyOf": [{"const": 200}, FAILURES]})]
"""The same, as a failure orders it: 200 leaves the answer as it is."""

FailureStatus = Annotated[int, Field(ge=400, le=599)]
ReplyWord = Annotated[
    str,
    one_of(
        REPLY_WORDS,
        "an answer",
        {
            word: f"what happens on the way stands under `faults`: faults: [{word}]"
            for word in WORDS
            if word not in REPLY_WORDS
        },
    ),
]
FaultWord = Annotated[
    str,
    one_of(
        FAULT_WORDS,
        "a fault",
        {word: f"it needs a number: write {long}" for word, long in LONG_FAULTS.items()},
    ),
]
OutcomeWord = Annotated[str, one_of(OUTCOME_WORDS, "an outcome")]
EndWord = Annotated[str, one_of(ENDS, "an end of a delivery")]
BreakWord = Annotated[str, one_of(BREAKS, "a way for an answer to break off")]
MethodWord = Annotated[str, one_of(METHODS, "a method of callbacks")]

HeaderName = Annotated[str, matching(TOKEN, "is not the name of a header")]
HeaderValue = Annotated[
    str, Checked(_sendable, {"pattern": r"^[\t\x20-\x7e]*$", "maxLength": MAX_HEAD})
]
Audio = Annotated[str, matching("audio", NO_BODY)]
Digest = Annotated[str, matching("[0-9a-f]{64}", "is not a SHA-256 in lower-case hexadecimal")]
Name = Annotated[str, Checked(_one_line, {"maxLength": 200, "pattern": r"\S"})]
Expected = Annotated[
    str,
    Checked(_expected, {"pattern": _NO_OTHER_VARIABLE, "not": {"pattern": variables.INSIDE}}),
]
"""A text that must be seen, or a variable in its place."""
