"""Plain values as the YAML of a scenario file: short ones on a line, and what is long below it.

Texts are in double quotes unless every reader of YAML takes them for the same text without.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringback.scenario.scalars import resolve
from ringback.scenario.syntax import UNPRINTABLE

WIDTH = 100
"""Characters of a line in which a list or a mapping may stand as a whole."""

_PLAIN = re.compile(r"[A-Za-z+/$][\w./@$+-]*(?: [\w./@$+-]+)*|https?://[\w./~%@$+=?&-]+", re.ASCII)
_KEY = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_TO_ESCAPE = re.compile(rf'["\\\x85\u2028\u2029\ufeff\n\t\r]|{UNPRINTABLE.pattern}')


def spelt(document: Mapping[str, Any]) -> str:
    """*document* as text, with a line or more for each of its keys."""
    return "".join(f"{line}\n" for line in _mapping(document, 0))


def text(value: str) -> str:
    """A text, in quotes where it needs them. Half a character becomes U+FFFD: no file holds it."""
    if _PLAIN.fullmatch(value) and _is_text(value):
        return value
    return f'"{_TO_ESCAPE.sub(_escape, value)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ESCAPED:
        return _ESCAPED[character]
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\N{REPLACEMENT CHARACTER}"
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def _is_text(value: str) -> bool:
    try:
        return isinstance(resolve(value), str)
    except ValueError:
        return False


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for name, each in value.items():
        key = name if _KEY.fullmatch(name) and _is_text(name) else text(name)
        line = f"{pad}{key}: {_flow(each)}"
        if _fits(line, each):
            yield line
        else:
            yield f"{pad}{key}:"
            yield from _inner(each, indent + 2)


def _sequence(value: Sequence[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for each in value:
        line = f"{pad}- {_flow(each)}"
        # One that has a single key is a step, whose verb leads the line.
        if isinstance(each, Mapping) and each and (len(each) == 1 or not _fits(line, each)):
            first, *rest = _mapping(each, indent + 2)
            yield f"{pad}- {first.strip()}"
            yield from rest
        elif _fits(line, each):
            yield line
        else:
            yield f"{pad}-"
            yield from _inner(each, indent + 2)


def _inner(value: Any, indent: int) -> Iterator[str]:
    return _mapping(value, indent) if isinstance(value, Mapping) else _sequence(value, indent)


def _fits(line: str, value: Any) -> bool:
    """Whether *value* stands on its *line*: what has nothing inside always does."""
    if not isinstance(value, Mapping | list | tuple) or not value:
        return True
    return len(line) <= WIDTH and not any(map(_is_deep, _members(value)))


def _is_deep(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) and any(
        isinstance(each, Mapping | list | tuple) for each in _members(value)
    )


def _members(value: Any) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, Mapping) else value


def _flow(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            return text(value)
        case Mapping():
            pairs = (f"{_flow_key(name)}: {_flow(each)}" for name, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case _:
            return "[" + ", ".join(map(_flow, value)) + "]"


def _flow_key(name: str) -> str:
    return name if _KEY.fullmatch(name) and _is_text(name) else f'"{_TO_ESCAPE.sub(_escape, name)}"'


def _number(value: float) -> str:
    """A number as the core schema reads it: an exponent needs no dot there."""
    return repr(value)
