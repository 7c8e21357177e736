"""What of a scenario may be shown: one way to mask, for excerpts, messages and reports alike."""

import re
from collections.abc import Iterable
from typing import Any

from ringback.core.base.masking import MASK, SECRET_NAMES, in_one_line, secret_values

_AN_AT = re.compile("@|%40")
_RUN = re.compile(r"[^\s'\"`{\[(]+")
_SECRET_KEY = re.compile(
    rf"(?<![\w-])(?:{'|'.join(sorted(SECRET_NAMES))})['\"]?\s*:\s*", re.IGNORECASE
)
_IN_QUOTES = re.compile(r"\"(?:\\.|[^\"\\])*\"?|'(?:''|[^'])*'?")
_IN_A_FLOW = re.compile(r"[^,}]*")
_ALONE = re.compile(r"[\s\-?'\"]*")
_SHOWN_IN_FRONT = re.compile(
    r"['\"]?(?:\$regex:|\$\$)?\(*(?:(?:basic|bearer|token|digest)\s+)?", re.IGNORECASE
)
_NO_SECRET = re.compile(r"['\"]?(?:\$(?:any|key_id|request_id)|null|~|none)?['\"]?\s*(?:#.*)?")
_QUOTED = re.compile(r"'.*'|\".*\"", re.DOTALL)


def masked(text: str) -> str:
    """*text* with credentials replaced, character by character, so that carets still fit.

    What it looks for are URLs, and the values of headers that are secret, as a line of YAML has
    them.
    """
    for begin, end in secret_values(text):
        text = text[:begin] + _stars(text[begin:end]) + text[end:]
    parts: list[str] = []
    start = 0
    while key := _SECRET_KEY.search(text, start):
        value = _value_behind(key, text)
        parts += _without_userinfo(text[start : key.start()]), key[0], masked_value(value)
        start = key.end() + len(value)
    return "".join([*parts, _without_userinfo(text[start:])])


def sayable(text: str) -> str:
    """*text* in one line, without secrets, and without what a terminal hides or obeys."""
    return in_one_line(masked(text))


def masked_value(value: str) -> str:
    """The value of a secret header, of which only the scheme is shown, and what variable it is."""
    if _NO_SECRET.fullmatch(value):
        return value
    front = _SHOWN_IN_FRONT.match(value)
    shown = front[0] if front else ""
    hidden = value[len(shown) :]
    closing = hidden[-1] if hidden and shown[:1] in ("'", '"') and hidden[-1] == shown[0] else ""
    return shown + _stars(hidden.removesuffix(closing)) + closing


def masked_header(name: str, value: str) -> str:
    """The value of the header *name* as a report shows it: of a secret one not even the length."""
    if name.lower() not in SECRET_NAMES or _NO_SECRET.fullmatch(value):
        return value
    front = _SHOWN_IN_FRONT.match(value)
    return (front[0] if front else "") + MASK


def without(value: Any, message: str, path: Iterable[str | int]) -> str:
    """A *message* about the *value* at *path*, which is not quoted if that is a secret header."""
    if not any(str(part).lower() in SECRET_NAMES for part in path):
        return message
    written = str(value)
    return _QUOTED.sub(MASK, message.replace(written, MASK) if written else message)


def _without_userinfo(text: str) -> str:
    """*text* without what stands before an `@`.

    A password may hold `@`, `/` and spaces, so behind a scheme all before the last one may belong
    to it.
    """
    ats = [match.start() for match in _AN_AT.finditer(text)]
    if not ats:
        return text
    scheme = text.find("://")
    if 0 <= scheme < ats[-1]:
        begin = scheme + len("://")
        return _runs(text[:begin]) + _stars(text[begin : ats[-1]]) + text[ats[-1] :]
    return _runs(text)


def _runs(text: str) -> str:
    return _RUN.sub(lambda run: _before_the_last_at(run[0]), text)


def _before_the_last_at(run: str) -> str:
    last = max(run.rfind("@"), run.rfind("%40"))
    return _stars(run[:last]) + run[last:] if last > 0 else run


def _value_behind(key: re.Match[str], text: str) -> str:
    """The value of *key* in a line of YAML, as far as the line goes."""
    quoted = _IN_QUOTES.match(text, key.end())
    if quoted:
        return quoted[0]
    if _ALONE.fullmatch(text, 0, key.start()):
        return text[key.end() :]
    flow = _IN_A_FLOW.match(text, key.end())
    return flow[0] if flow else ""


def _stars(secret: str) -> str:
    return "*" * len(secret)
