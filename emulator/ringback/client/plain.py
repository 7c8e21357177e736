"""What a test arranges, as plain values that JSON can hold."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from ringback.core.answer.failure import RequestFailure, RequestFailureLike
from ringback.core.base.duration import nanoseconds, seconds
from ringback.core.base.headers import Headers
from ringback.core.delivery.fault import Fault, FaultLike
from ringback.core.delivery.reply import Reply, ReplyLike
from ringback.errors import SettingsError


def replies(entries: Iterable[ReplyLike]) -> list[Any]:
    """A whole `replies=[…]`. Raises `SettingsError`."""
    if isinstance(entries, str | int | Reply):
        raise SettingsError(f"replies must be a list: write replies=[{entries!r}]")
    return [_plain(each) for each in entries]


def faults(entries: Iterable[FaultLike]) -> list[Any]:
    """A whole `faults=[…]`. Raises `SettingsError`."""
    if isinstance(entries, str | int | Reply | Fault | Mapping):
        raise SettingsError(f"faults must be a list: write faults=[{entries!r}]")
    return [_plain(each) for each in entries]


def failure(entry: RequestFailureLike | None) -> Any:
    """One failure of the endpoint."""
    if not isinstance(entry, RequestFailure):
        return _plain(entry)
    values = {each.name: getattr(entry, each.name) for each in fields(RequestFailure)}
    values["headers"] = dict(entry.headers_as_sent.on_the_wire)
    return _plain({name: value for name, value in values.items() if value is not None})


def _plain(value: Any) -> Any:
    match value:
        case Reply():
            return {
                "status": value.status,
                "headers": dict(Headers(value.headers).on_the_wire),
                "body": _text(value.body),
                "after": seconds(nanoseconds(value.after)),
            }
        case Fault():
            return {"fault": value.word, **{n: _plain(v) for n, v in value.numbers.items()}}
        case timedelta():
            return seconds(nanoseconds(value))
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case _:
            return value


def _text(body: bytes | str) -> str:
    try:
        return body.decode() if isinstance(body, bytes) else body
    except UnicodeDecodeError:
        raise SettingsError(
            "a reply's body travels as text to a server: this one has bytes that are no UTF-8"
        ) from None
