"""Headers that a test adds to an answer: as Python has their values, and as they are sent."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from ringback.core.base.headers import Headers, is_header_name, is_header_value
from ringback.errors import SettingsError

HeaderValue: TypeAlias = str | int | timedelta | datetime
"""Text; a whole number; whole seconds (for `Retry-After`); an aware moment, sent as an HTTP date.
"""

RETRY_AFTER = "retry-after"

FRAMING = frozenset({"connection", "content-length", "transfer-encoding", "upgrade"})
"""Headers that say where an answer ends, or what comes after it: the server's to say."""


def read_headers(given: Mapping[str, HeaderValue] | Headers) -> Headers:
    """*given* as it is sent. Raises `SettingsError`, which shows no value: it may be a secret."""
    if not isinstance(given, Mapping):
        raise SettingsError(f"headers is a mapping of names to values, not {given!r}")
    pairs: Iterable[tuple[str, HeaderValue]] = (
        given.on_the_wire if isinstance(given, Headers) else given.items()
    )
    return Headers([(_name(name), _value(name, value)) for name, value in pairs])


def _name(name: object) -> str:
    if not is_header_name(name):
        raise SettingsError(f"headers: {name!r} is not the name of a header")
    if name.lower() in FRAMING:
        raise SettingsError(
            f"headers: {name!r} is given to every answer as it must be; leave it out"
        )
    return name


def _value(name: str, value: object) -> str:
    if isinstance(value, timedelta):
        if name.lower() != RETRY_AFTER:
            raise SettingsError(f"headers: {name!r} has no unit of time; write its value as text")
        whole, rest = divmod(value, timedelta(seconds=1))
        value = -1 if rest else whole
    if isinstance(value, int) and not isinstance(value, bool):
        # "Retry-After = HTTP-date / delay-seconds" and "delay-seconds = 1*DIGIT" (RFC 9110, 10.2.3)
        if name.lower() == RETRY_AFTER and value < 0:
            raise SettingsError(f"headers: {name!r} is whole seconds, 0 or more, or a moment")
        return str(value)
    if isinstance(value, datetime):
        return _http_date(name, value)
    if not is_header_value(value):
        raise SettingsError(
            f"headers: the value of {name!r} is printable ASCII text without blanks around it, an"
            " int, an aware datetime or, for Retry-After, a timedelta"
        )
    return value


def _http_date(name: str, moment: datetime) -> str:
    """*moment* as headers write it: whole seconds of GMT. A part of a second is cut off."""
    if moment.tzinfo is None:
        raise SettingsError(f"headers: the moment of {name!r} is an aware datetime, not {moment}")
    from email.utils import format_datetime

    return format_datetime(moment.astimezone(UTC), usegmt=True)
