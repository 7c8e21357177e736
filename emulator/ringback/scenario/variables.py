"""Expected texts: literal, or one of four variables.

    $key_id       the identifier of the API key that submitted the request
    $request_id   the identifier of the request
    $any          any value at all
    $regex:…      a value that the whole regular expression matches

A literal that begins with `$` is written `$$…`. A variable is the whole text: inside another one it
would stay as it is written, so it is refused there.
"""

import re
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

NAMED = ("$key_id", "$request_id")
ANY = "$any"
REGEX = "$regex:"

INSIDE = r"[^$\\[](?:\$(?:key_id|request_id|any)\b|\$regex:)"
"""A variable inside a text, and not escaped: as `\\$` or `[$]` in a pattern, as `$$` elsewhere."""

MAX_PATTERN = 200
MAX_REPEATS = 3
MAX_MATCHED = 500
"""The longest value that is held against a regular expression."""

_INSIDE = re.compile(INSIDE)
_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")
_REPEAT = re.compile(r"(?<!\()(?:[*+?]|\{\d*,\d*\})[?+]?")


def check(text: str) -> None:
    """Raise `ValueError`, with what to write instead, if *text* names no variable that exists."""
    if text in (*NAMED, ANY):
        return
    inside = _INSIDE.search(text)
    if inside:
        raise ValueError(
            f"{inside[0][1:]!r} is no variable inside a text; write it alone, or a pattern such as"
            " $regex:token .+ for the whole, or [$] for its dollar in such a pattern"
        )
    if not text.startswith("$") or text.startswith("$$"):
        return
    if text.startswith(REGEX):
        _check_pattern(text.removeprefix(REGEX))
        return
    near = get_close_matches(text, [*NAMED, ANY, REGEX], n=1)
    meant = f"; did you mean '{near[0]}'?" if near else ";"
    raise ValueError(
        f"unknown variable {text!r}{meant} There are {', '.join(NAMED)}, {ANY} and {REGEX}…, and a"
        " text that begins with a dollar is written with two"
    )


def agrees(expected: str, got: str, known: Mapping[str, str]) -> bool:
    """Whether *got* is what *expected* stands for; *known* are the values of the named ones."""
    if expected == ANY:
        return True
    if expected.startswith(REGEX):
        pattern = expected.removeprefix(REGEX)
        return len(got) <= MAX_MATCHED and _compiled(pattern).fullmatch(got) is not None
    return got == meaning(expected, known)


def meaning(expected: str, known: Mapping[str, str]) -> str:
    """The text that *expected* stands for, where it stands for one."""
    if expected.startswith("$$"):
        return expected[1:]
    return known.get(expected, expected)


def _check_pattern(pattern: str) -> None:
    """Refuse what is no pattern, and what could keep `re` busy for ever: it cannot be stopped."""
    try:
        _compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"a regular expression of more than {MAX_PATTERN} characters")
    bare = _ESCAPED_OR_CLASS.sub("x", pattern)
    if _REPEATED_GROUP.search(bare):
        raise ValueError(f"{pattern!r} repeats a group, which can take for ever; write it out")
    if len(_REPEAT.findall(bare)) > MAX_REPEATS:
        raise ValueError(f"{pattern!r} has more than {MAX_REPEATS} of * + ? {{m,n}}; simplify it")


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # `[[a]` means another thing in a future Python; whoever plays the file cannot help it.
        warnings.simplefilter("ignore")
        return re.compile(pattern)
