"""What may be shown: the one registry of what is secret, and how it is masked.

What callers and receivers sent is kept, compared and sent on as it is. Masked is what people are
shown: `str`, `repr`, timelines, logs and reports. And whatever is shown is one line, without what a
terminal hides or obeys, or a request could forge a line of its own.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

MASK = "***"

SECRET_NAMES = frozenset(
    {
        *("authorization", "proxy-authorization", "cookie", "set-cookie"),
        *("sec-websocket-protocol", "api-key", "x-api-key", "x-auth-token", "x-access-token"),
        *("x-csrf-token", "x-xsrf-token", "x-amz-security-token"),
    }
)
"""Headers whose values are credentials."""

URL_NAMES = frozenset({"location", "content-location", "referer", "refresh", "link"})
"""Headers whose values are URLs, and may hold credentials as a callback's URL does."""

SECRET_WORDS = frozenset(
    {
        *("token", "key", "apikey", "secret", "password", "passwd", "pass", "pwd", "passphrase"),
        *("sig", "signature", "hmac", "auth", "authorization", "bearer", "jwt"),
        *("credential", "credentials", "session", "sessionid", "sid", "otp"),
    }
)
"""Words of which a query parameter's name has one when its value is a secret: `access_token`,
`X-Amz-Signature`, `clientSecret`, `sig`."""

_SECRET_ENDS = ("token", "key", "secret", "password", "signature", "credential", "credentials")
"""What a name ends with that is written in one word: `accesstoken`."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_AT = r"(?:@|%(?:25)*40)"
"""An `@`, however often it is encoded."""

_CREDENTIALS = re.compile(rf".*{_AT}", re.DOTALL)
_BEHIND_A_SCHEME = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://|//)?.*{_AT}", re.DOTALL)
_PAIR = re.compile(r"(?<=[?&;#])(?P<name>[^=&;#?\s'\"<>]+)=(?P<value>[^&;#\s'\"<>]+)")


def may_hold_credentials(text: str) -> bool:
    """Whether there is an `@` in *text*, or one that is still encoded."""
    return _CREDENTIALS.match(text) is not None


def masked(text: str) -> str:
    """*text* without what may be credentials: all before its last `@`.

    Errors repeat values and names. In a query that is put together badly
    (`?model=a?callback=https://ada:s3cret@app.example`, or a password with a bare `&`) any of them
    may hold the credentials of a callback URL.
    """
    match = _CREDENTIALS.match(text)
    return text if match is None else f"{MASK}@{text[match.end() :]}"


@lru_cache(maxsize=256)
def is_secret(name: str) -> bool:
    """Whether a query parameter of this *name*, percent-encoded perhaps, holds a secret."""
    plain = unquote(name)
    words = {word.lower() for word in _WORD.findall(plain)}
    return not words.isdisjoint(SECRET_WORDS) or plain.lower().endswith(_SECRET_ENDS)


def secret_values(text: str) -> Iterator[tuple[int, int]]:
    """Where in *text* the values of secret query parameters begin and end."""
    for pair in _PAIR.finditer(text):
        if is_secret(pair["name"]):
            yield pair.span("value")


def masked_query(url: str) -> str:
    """*url*, which has no credentials in front, without the values of secret parameters."""
    if "=" not in url:
        return url
    shown: list[str] = []
    start = 0
    for begin, end in secret_values(url):
        shown += url[start:begin], MASK
        start = end
    return "".join([*shown, url[start:]])


def masked_url(url: str) -> str:
    """Any *url* as it may be shown: of what may be credentials, only that there are some."""
    match = _BEHIND_A_SCHEME.match(url)
    if match is not None:
        url = f"{match['scheme'] or ''}{MASK}@{url[match.end() :]}"
    return masked_query(url)


def masked_header(name: str, value: str) -> str:
    """The value of the header *name* as it may be shown."""
    lower = name.lower()
    if lower in SECRET_NAMES:
        return MASK
    return masked_url(value) if lower in URL_NAMES else value


class Secret(str):
    """The value of a secret header: a text like any other, but for how it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)


class SecretUrl(str):
    """A URL that may hold secrets: a text like any other, but for how it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(masked_url(self))


def guarded(name: str, value: str) -> str:
    """The value of the header *name*, which prints as it may be shown."""
    lower = name.lower()
    if lower in SECRET_NAMES:
        return Secret(value)
    return SecretUrl(value) if lower in URL_NAMES else value


def in_one_line(text: str) -> str:
    """*text* with whatever is no printable character spelt out: `\\n`, `\\x1b`, `\\u2028`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def counted(body: bytes) -> str:
    """A *body* as a `repr` shows it: what is in it may be anything."""
    return f"<{len(body)} bytes>"
