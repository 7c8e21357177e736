"""Plain YAML scalars by the core schema of YAML 1.2.

PyYAML reads YAML 1.1, where `on` is a truth, `1:30` is ninety and `012` is ten. Here they are a
text, a text and a refusal.
"""

import math
import re
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

MAX_DIGITS = 18
"""The longest integer; nothing in a scenario counts further."""


def resolve(text: str) -> Scalar:
    """Read a plain scalar.

    Raises `ValueError`, with what to write instead, for numbers that YAML readers disagree about
    and for numbers without bounds.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _LEADING_ZERO.fullmatch(text):
        raise ValueError(
            f"{text} begins with a zero, which some YAML readers take for octal; write it without"
            " the zero, or put it in quotes"
        )
    if _INTEGER.fullmatch(text) or _BASED.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"the number has more than {MAX_DIGITS} digits; put it in quotes")
        return int(text, 0)
    number = float(text) if _FLOAT.fullmatch(text) else None
    if _NOT_FINITE.fullmatch(text) or (number is not None and math.isinf(number)):
        raise ValueError(f"{text} is not a number that a scenario can use")
    return text if number is None else number
