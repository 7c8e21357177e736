"""The query parameters of the endpoints, as tables, and how each kind of value is read."""

import math
from collections.abc import Callable
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from ringback.core.base.dataclass import dataclass
from ringback.core.base.masking import masked
from ringback.core.request.encodings import Container, Encoding


class Kind(StrEnum):
    """What the values of a parameter are."""

    TEXT = "text"
    WORD = "word"
    METHOD = "method"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    *about* says in a sentence what it is for. *words* are the only values of a `WORD` or a
    `METHOD`. *longest* is in characters. A parameter that *repeats* has a list of values.
    """

    name: str
    kind: Kind
    about: str
    words: tuple[str, ...] = ()
    longest: int | None = None
    repeats: bool = False


MAX_TAG = 128
"""The longest `tag`, in characters (documented)."""


def table(*parameters: Parameter) -> MappingProxyType[str, Parameter]:
    """Parameters by name."""
    return MappingProxyType({parameter.name: parameter for parameter in parameters})


BASE = (
    Parameter("model", Kind.TEXT, "The voice, such as `aura-2-thalia-en`."),
    Parameter("encoding", Kind.WORD, "How the audio is encoded.", (*Encoding,)),
    Parameter("container", Kind.WORD, "What the samples are wrapped in.", (*Container,)),
    Parameter("sample_rate", Kind.INTEGER, "Samples a second."),
    Parameter("bit_rate", Kind.INTEGER, "Bits a second, for encodings that have a choice."),
    Parameter("speed", Kind.NUMBER, "How fast the voice speaks: 1 is its own pace."),
    Parameter("callback", Kind.TEXT, "Where the audio is to be sent instead of here."),
    Parameter(
        "callback_method", Kind.METHOD, "How it is sent there, in either case.", ("POST", "PUT")
    ),
    Parameter(
        "tag", Kind.TEXT, "A label for usage reports; may repeat.", longest=MAX_TAG, repeats=True
    ),
    Parameter("mip_opt_out", Kind.BOOLEAN, "Keep this request out of model improvement."),
)
"""What both editions of the endpoint take."""

FLUX = (
    *BASE,
    Parameter("expressivity", Kind.NUMBER, "How expressive the voice is: 0 is its own way."),
    Parameter("priority", Kind.WORD, "`low` lets a request with a callback wait.", ("low",)),
)
"""What `/v2/speak` takes."""


@dataclass(frozen=True, slots=True)
class Schema:
    """How values are read. What is documented of none of this is assumed; a setting changes it."""

    parameters: MappingProxyType[str, Parameter]
    unknown: Literal["ignore", "refuse"] = "ignore"
    repeated: Literal["refuse", "last"] = "refuse"
    strict_booleans: bool = True
    integral_floats: bool = True

    def read(self, parameter: Parameter, value: str) -> Any:
        """The value that *value* spells. Raises `ValueError` in the words of the service.

        They repeat the value, but not what may be credentials in it.
        """
        if parameter.longest is not None and len(value) > parameter.longest:
            raise ValueError(f"`{parameter.name}` is longer than {parameter.longest} characters")
        return _READERS[parameter.kind](self, parameter, value)


def _text(_schema: Schema, _parameter: Parameter, value: str) -> str:
    return value


def _word(_schema: Schema, parameter: Parameter, value: str) -> str:
    if value not in parameter.words:
        words = parameter.words
        expected = ", ".join(f"`{word}`" for word in words)
        count = "one of " if len(words) > 1 else ""
        raise ValueError(f"unknown variant `{masked(value)}`, expected {count}{expected}")
    return value


def _method(_schema: Schema, parameter: Parameter, value: str) -> str:
    """POST or PUT in either case: the callback page writes `put`, the specification `PUT`."""
    if value.upper() not in parameter.words:
        raise ValueError(f"unknown variant `{masked(value)}`, expected `POST` or `PUT`")
    return value.upper()


def _integer(schema: Schema, _parameter: Parameter, value: str) -> int:
    """An integer; `24000.0` is one too where the schema says so: a client sends it (assumed)."""
    whole, point, fraction = value.partition(".")
    digits = whole.removeprefix("-")
    if (
        not (digits.isascii() and digits.isdigit())
        or len(digits) > 18
        or fraction.strip("0")
        or (point and not schema.integral_floats)
    ):
        raise ValueError(f'invalid type: string "{masked(value)}", expected u32')
    return int(whole)


def _number(_schema: Schema, _parameter: Parameter, value: str) -> float:
    try:
        number = float(value) if value.isascii() and "_" not in value else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or value != value.strip():
        raise ValueError(f'invalid type: string "{masked(value)}", expected f32')
    return number


def _boolean(schema: Schema, _parameter: Parameter, value: str) -> bool:
    """`true` or `false` and nothing else: a capital `False` was refused (observed)."""
    known, word = (_STRICT, value) if schema.strict_booleans else (_LENIENT, value.lower())
    if word not in known:
        raise ValueError(f'invalid type: string "{masked(value)}", expected a boolean')
    return known[word]


_STRICT = {"true": True, "false": False}
_LENIENT = _STRICT | {"1": True, "yes": True, "": True, "0": False, "no": False}

_READERS: dict[Kind, Callable[[Schema, Parameter, str], Any]] = {
    Kind.TEXT: _text,
    Kind.WORD: _word,
    Kind.METHOD: _method,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
}
