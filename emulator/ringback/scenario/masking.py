"""What of a scenario may be shown: one way to mask, for excerpts, messages and reports alike."""

import re

from ringback.core.headers import MASK, SECRET_NAMES

_IN_A_URL = re.compile(r"(?<=://).+(?=@|%40)", re.IGNORECASE)
"""A password may hold `@`, `/` and spaces, so all before the last `@` may belong to it."""

_BEFORE_AN_AT = re.compile(r"[^\s'\"`{\[(]+(?=@|%40)", re.IGNORECASE)
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
    key = _SECRET_KEY.search(text)
    if key is not None:
        value = _value_behind(key, text)
        rest = text[key.end() + len(value) :]
        return masked(text[: key.start()]) + key[0] + masked_value(value) + masked(rest)
    text = _IN_A_URL.sub(lambda match: _stars(match[0]), text)
    return _BEFORE_AN_AT.sub(
        lambda match: match[0] if "://" in match[0] else _stars(match[0]), text
    )


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


def without_quotations(message: str) -> str:
    """A message about a secret value, which it must not quote."""
    return _QUOTED.sub(MASK, message)


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
