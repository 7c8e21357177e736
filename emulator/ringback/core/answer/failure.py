"""Failures of the endpoint that a test orders: what the service answers instead, or breaks off."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from ringback.core.answer.header_values import HeaderValue, read_headers
from ringback.core.base.dataclass import dataclass
from ringback.core.base.documented import documented
from ringback.core.base.duration import is_span, nanoseconds, seconds
from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.base.rejection import Rejection
from ringback.errors import SettingsError

Break: TypeAlias = Literal["", "cut", "stalled"]
"""How a body ends before its end: the connection is closed, or nothing more comes."""


@documented
@dataclass(frozen=True, slots=True)
class RequestFailure:
    """What goes wrong with one answer of the endpoint.

    Raises `SettingsError` for a value that cannot mean anything.
    """

    status: int = 200
    """From 400 to 599: the request is refused with it. 200: it is answered."""
    code: str = ""
    """The `err_code` in place of the service's own."""
    message: str = ""
    """The `err_msg` in place of the service's own."""
    body: str | None = None
    """Sent as it is, as by a proxy in front of the service, which knows none of its headers."""
    content_type: str = "text/html"
    """What *body* is."""
    headers: Mapping[str, HeaderValue] | Headers = NO_HEADERS
    """Headers besides the answer's own, or in place of those of the same name.

    `{"Retry-After": 30}`, or a `timedelta`, asks to wait so many seconds; an aware `datetime` is
    sent as an HTTP date, in whole seconds.
    """
    delay: float | timedelta = 0
    """Seconds on the emulator's clock, or a `timedelta`, before the first byte."""
    breaks: Break = ""
    """How the body ends before its end."""
    after_bytes: int | None = None
    """After how many bytes of the body it breaks off; None: after half of them."""

    def __post_init__(self) -> None:
        """Check every value, so that a mistake is found where it was made."""
        for name, wanted, holds in _CHECKS:
            value = getattr(self, name)
            if not holds(value):
                raise SettingsError(f"{name} is {wanted}, not {value!r}")
        object.__setattr__(self, "headers", read_headers(self.headers))
        if self.status == 200 and not (self.delay or self.breaks):
            raise SettingsError("a failure needs a status from 400 on, a delay or a break")

    def __str__(self) -> str:
        words = [str(self.status)] if self.status != 200 else []
        if self.delay:
            words.append(f"{seconds(nanoseconds(self.delay)):g} s late")
        if self.breaks:
            words.append(self.breaks)
        return ", ".join(words)

    @property
    def headers_as_sent(self) -> Headers:
        """The headers as text, in order."""
        return read_headers(self.headers)

    @property
    def is_only_late(self) -> bool:
        """Whether the answer is as it would be, only late."""
        return self.status == 200 and not self.breaks

    def rejection(self, too_many_requests: str = "speak") -> Rejection | None:
        """What the request is refused with, None if it is answered.

        *too_many_requests* names one of the two forms of a 429.
        """
        if self.status == 200:
            return None
        forms = _KNOWN | {429: TOO_MANY_REQUESTS[too_many_requests]}
        known = forms.get(self.status)
        if known is None:
            try:
                phrase = HTTPStatus(self.status).phrase
            except ValueError:
                phrase = "RequestFailure"
            known = (phrase, f"{phrase}.")
        code, message = known
        what = f": {self}" if self.delay or self.breaks else ""
        hint = f"This failure was ordered{what}."
        return Rejection(self.status, self.code or code, self.message or message, hint)


def _is_status(value: object) -> bool:
    return type(value) is int and (value == 200 or 400 <= value <= 599)


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


_CHECKS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("status", "200 or from 400 to 599", _is_status),
    ("code", "text", lambda value: isinstance(value, str)),
    ("message", "text", lambda value: isinstance(value, str)),
    ("body", "text or None", lambda value: value is None or isinstance(value, str)),
    ("content_type", "printable ASCII text", _is_line),
    ("delay", "seconds or a timedelta, 0 or more", lambda value: is_span(value, least=0)),
    ("breaks", "'cut' or 'stalled'", lambda value: value in ("", "cut", "stalled")),
    (
        "after_bytes",
        "a number of bytes, 0 or more",
        lambda value: value is None or (type(value) is int and value >= 0),
    ),
)
"""What each particular may be."""

RequestFailureLike: TypeAlias = int | Literal["cut", "stalled"] | RequestFailure | Mapping[str, Any]
"""A status, a way to break off, or a `RequestFailure`, by the names of its particulars perhaps."""

_KNOWN = {
    401: ("INSUFFICIENT_PERMISSIONS", "User does not have sufficient permissions."),
    402: (
        "ASR_PAYMENT_REQUIRED",
        "Project does not have enough credits for an ASR request and does not have an overage"
        " agreement.",
    ),
    403: (
        "INSUFFICIENT_PERMISSIONS",
        "Project does not have access to the requested model.",
    ),
    404: ("PROJECT_NOT_FOUND", "Project not found."),
    413: ("PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 MB."),
    422: ("UNPROCESSABLE_ENTITY", "Failed to handle request."),
    503: ("Service Unavailable", "Please try again later"),
}
"""Code and text of each status (documented; 402 for speech recognition only)."""

TOO_MANY_REQUESTS = {
    "speak": ("Too Many Requests", "Please try again later."),
    "general": ("TOO_MANY_REQUESTS", "Too many requests. Please try again later"),
}
"""The two documented forms of a 429: of the text-to-speech page, and of the page for all."""


def read_failure(given: RequestFailureLike) -> RequestFailure:
    """The failure that *given* stands for. Raises `SettingsError`."""
    match given:
        case RequestFailure():
            return given
        case "cut" | "stalled":
            return RequestFailure(breaks=given)
        case Mapping():
            names = [each.name for each in fields(RequestFailure)]
            for name in given:
                if name not in names:
                    near = get_close_matches(str(name), names, n=1)
                    meant = f"; did you mean {near[0]!r}?" if near else f", but {', '.join(names)}"
                    raise SettingsError(f"a failure has no {name!r}{meant}")
            return RequestFailure(**given)
        case int() if not isinstance(given, bool):
            return RequestFailure(given)
        case _:
            word: object = given
            elsewhere = "; what happens to a callback stands in faults=[…] or replies=[…]"
            near = get_close_matches(str(word), ("cut", "stalled"), n=1)
            if near:
                elsewhere = f"; did you mean {near[0]!r}?"
            raise SettingsError(
                f"a failure is a status, 'cut', 'stalled' or a RequestFailure, not {given!r}"
                f"{elsewhere if isinstance(word, str) else ''}"
            )
