"""What each setting may be: what its annotation says, and the rest as a table.

A check is derived from `bool`, `Literal`, spans and `int | None`. Of anything else the annotation
says too little, and a setting that has neither is refused when this is imported.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from ringback.core.base.duration import is_span
from ringback.core.base.headers import is_header_name, is_header_value
from ringback.core.request.encodings import MP3_BIT_RATES, OUTPUTS, Encoding
from ringback.errors import SettingsError


class Check(NamedTuple):
    """What a setting is, in words, and whether a value *holds*."""

    wanted: str
    holds: Callable[[Any], bool]


POSITIVE = frozenset({"connect_timeout", "attempt_timeout", "guard", "request_timeout"})
"""Spans that are more than none: nothing could be done in their time otherwise."""

_TAKEN = frozenset(
    {
        *("host", "connection", "content-type", "content-length", "transfer-encoding"),
        *("authorization", "user-agent"),
    }
)
_ORIGIN = re.compile(r"null|[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\s]+")
_HOST_NAME = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^:/?#@\s\[\]]+")


def checks_of(settings: type) -> dict[str, Check]:
    """The check of each field of the dataclass *settings*, by name.

    `request_failure` and `clock` have more to say than a word, and are read by who knows them.
    """
    checks = {}
    for each in fields(settings):
        if each.name in BY_HAND:
            checks[each.name] = Check(*BY_HAND[each.name])
        elif each.name not in ("request_failure", "clock"):
            checks[each.name] = _derived(each.name, each.type)
    return checks


def tuples_of(settings: type) -> tuple[str, ...]:
    """The fields of the dataclass *settings* that are tuples, perhaps among other things."""
    return tuple(
        each.name
        for each in fields(settings)
        if any(get_origin(kind) is tuple for kind in (each.type, *get_args(each.type)))
    )


def read_tuple(name: str, value: object) -> tuple[object, ...]:
    """*value*, which may be any list, as the setting *name* keeps it. Raises `SettingsError`."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise SettingsError(f"{name} is a tuple or a list, not {value!r}")
    return tuple(value)


def _derived(name: str, kind: Any) -> Check:
    """The check that an annotation says."""
    if kind is bool:
        return Check("True or False", lambda value: isinstance(value, bool))
    if get_origin(kind) is Literal:
        choice = get_args(kind)
        words = [repr(each) for each in choice]
        wanted = " or ".join(words) if len(words) == 2 else f"one of {', '.join(words)}"
        # True is equal to 1, and 4.0 to 4.
        kinds = {type(each) for each in choice}
        return Check(wanted, lambda value: value in choice and type(value) in kinds)
    if kind == float | timedelta:
        least, wanted = (1, "more than 0") if name in POSITIVE else (0, "0 or more")
        return Check(f"seconds or a timedelta, {wanted}", lambda value: is_span(value, least=least))
    if kind == int | None:
        return Check("an int or None", lambda value: value is None or _is_integer(value))
    raise NotImplementedError(f"what {name} may be is not said by {kind}: say it in BY_HAND")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_aware(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_new_header(value: object) -> bool:
    return (
        is_header_name(value)
        and value.lower() not in _TAKEN
        and not value.lower().startswith("dg-")
    )


def _is_limit(value: object) -> bool:
    return value is None or (isinstance(value, int) and _is_integer(value) and value >= 1)


BY_HAND: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "epoch": ("an aware datetime: datetime(2026, 1, 1, tzinfo=timezone.utc)", _is_aware),
    "api_key": (
        "text without spaces, or None",
        lambda value: value is None or (isinstance(value, str) and len(value.split()) == 1),
    ),
    "retries": ("0 or more", lambda value: _is_integer(value) and value >= 0),
    "permitted_ports": (
        "a tuple of ports from 1 to 65535, or 'any'",
        lambda value: (
            value == "any" or all(_is_integer(port) and 1 <= port <= 65535 for port in value)
        ),
    ),
    "port_refusal": ("text", lambda value: isinstance(value, str) and bool(value)),
    "callback_status_header": (
        "the name of a header that callbacks have not got, or None",
        lambda value: value is None or _is_new_header(value),
    ),
    "max_characters": ("1 or more", lambda value: _is_integer(value) and value >= 1),
    "remote_texts": (
        "a mapping of URLs to texts",
        lambda value: (
            isinstance(value, Mapping)
            and all(isinstance(text, str) for pair in value.items() for text in pair)
        ),
    ),
    "mp3_bit_rates": (
        f"a tuple of {', '.join(map(str, MP3_BIT_RATES))}, with 48000 among them",
        lambda value: 48000 in value and set(value) <= set(MP3_BIT_RATES),
    ),
    "flac_sample_rate": (
        f"one of {OUTPUTS[Encoding.FLAC].sample_rate.allowed}",
        lambda value: value in OUTPUTS[Encoding.FLAC].sample_rate.allowed,
    ),
    "allow_hosts": (
        "a tuple of host names",
        lambda value: all(isinstance(host, str) and host for host in value),
    ),
    "allow_origins": (
        "a tuple of origins such as https://app.example",
        lambda value: all(isinstance(each, str) and _ORIGIN.fullmatch(each) for each in value),
    ),
    "allow_host_headers": (
        "a tuple of host names without port",
        lambda value: all(isinstance(each, str) and _HOST_NAME.fullmatch(each) for each in value),
    ),
    "ca_file": (
        "the path of a file of certificates, or None",
        lambda value: value is None or (isinstance(value, str) and bool(value)),
    ),
    **dict.fromkeys(
        ("callback_content_type", "callback_user_agent"),
        (
            "printable ASCII text, or None",
            lambda value: value is None or is_header_value(value),
        ),
    ),
    **dict.fromkeys(
        ("concurrency_limit", "stream_concurrency_limit", "keep"), ("1 or more, or None", _is_limit)
    ),
}
"""What an annotation does not say: bounds, words about contents, and what belongs together."""


def check_speech() -> None:
    """Refuse speech where its engine is not installed. Raises `SettingsError`."""
    from importlib.util import find_spec

    if find_spec("py_nanotts") is None:
        raise SettingsError("speech needs its extra: pip install 'ringback[speech]'")


def check_certificates(ca_file: str) -> None:
    """Refuse a file that holds no certificates. Raises `SettingsError`."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_file)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"ca_file: {ca_file!r} cannot be read as certificates in PEM form ({reason})"
        ) from error


@lru_cache(maxsize=64)
def read_rate(mode: str) -> int:
    """Read a clock mode: 1 for `real`, N for `xN`, 0 for one that does not flow: `paused`, `auto`.

    Raises `SettingsError`.
    """
    if mode in ("paused", "auto"):
        return 0
    if mode == "real":
        return 1
    digits = str(mode).removeprefix("x")
    if mode != digits and digits.isascii() and digits.isdigit() and 1 <= int(digits) <= 1_000_000:
        return int(digits)
    raise SettingsError(f"clock is 'paused', 'auto', 'real' or 'xN' such as 'x100', not {mode!r}")
