"""What each setting may be, as a table: names, what is wanted, and how that is checked."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from ringback.core.answer.failure import TOO_MANY_REQUESTS
from ringback.core.base.duration import is_span
from ringback.core.base.headers import is_header_name, is_header_value
from ringback.core.request.catalog import MP3_BIT_RATES, OUTPUTS, Encoding
from ringback.core.request.editions import BAD_MODEL

_TAKEN = frozenset(
    {
        *("host", "connection", "content-type", "content-length", "transfer-encoding"),
        *("authorization", "user-agent"),
    }
)
_ORIGIN = re.compile(r"null|[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\s]+")
_HOST_NAME = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^:/?#@\s\[\]]+")


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


CHECKS: tuple[tuple[tuple[str, ...], str, Callable[[Any], bool]], ...] = (
    (("seed",), "an int or None", lambda value: value is None or _is_integer(value)),
    (("epoch",), "an aware datetime: datetime(2026, 1, 1, tzinfo=timezone.utc)", _is_aware),
    (("retries",), "0 or more", lambda value: _is_integer(value) and value >= 0),
    (
        ("retry_delay", "processing_time"),
        "seconds or a timedelta, 0 or more",
        partial(is_span, least=0),
    ),
    (
        ("connect_timeout", "attempt_timeout", "guard"),
        "seconds or a timedelta, more than 0",
        partial(is_span, least=1),
    ),
    (
        ("permitted_ports",),
        "a tuple of ports from 1 to 65535, or 'any'",
        lambda value: (
            value == "any" or all(_is_integer(port) and 1 <= port <= 65535 for port in value)
        ),
    ),
    (
        ("allow_hosts",),
        "a tuple of host names",
        lambda value: all(isinstance(host, str) and host for host in value),
    ),
    (
        ("allow_origins",),
        "a tuple of origins such as https://app.example",
        lambda value: all(isinstance(each, str) and _ORIGIN.fullmatch(each) for each in value),
    ),
    (
        ("allow_host_headers",),
        "a tuple of host names without port",
        lambda value: all(isinstance(each, str) and _HOST_NAME.fullmatch(each) for each in value),
    ),
    (
        (
            *("private_callbacks", "resolve_callbacks", "dg_token", "basic_auth"),
            *("callback_metadata", "callback_errors", "follow_redirects", "any_key", "tls_verify"),
            *(
                "strict_booleans",
                "integral_floats",
                "concurrency_counts_callbacks",
                "stream_limits",
                "speech",
            ),
        ),
        "True or False",
        lambda value: isinstance(value, bool),
    ),
    (
        ("acknowledgement_headers",),
        "'full' or 'minimal'",
        lambda value: value in ("full", "minimal"),
    ),
    (("callback_body",), "'raw' or 'json-base64'", lambda value: value in ("raw", "json-base64")),
    (
        ("callback_framing",),
        "'content-length' or 'chunked'",
        lambda value: value in ("content-length", "chunked"),
    ),
    (
        ("callback_content_type", "callback_user_agent"),
        "printable ASCII text, or None",
        lambda value: value is None or is_header_value(value),
    ),
    (
        ("callback_status_header",),
        "the name of a header that callbacks have not got, or None",
        lambda value: value is None or _is_new_header(value),
    ),
    (("port_refusal",), "text", lambda value: isinstance(value, str) and bool(value)),
    (("mp3_sample_rate",), "22050 or 24000", lambda value: value in (22050, 24000)),
    (
        ("mp3_bit_rates",),
        f"a tuple of {', '.join(map(str, MP3_BIT_RATES))}, with 48000 among them",
        lambda value: 48000 in value and set(value) <= set(MP3_BIT_RATES),
    ),
    (
        ("flac_sample_rate",),
        f"one of {OUTPUTS[Encoding.FLAC].sample_rate.allowed}",
        lambda value: value in OUTPUTS[Encoding.FLAC].sample_rate.allowed,
    ),
    (
        ("format_error",),
        "'UNSUPPORTED_AUDIO_FORMAT' or 'INVALID_QUERY_PARAMETER'",
        lambda value: value in ("UNSUPPORTED_AUDIO_FORMAT", "INVALID_QUERY_PARAMETER"),
    ),
    (("bad_model",), f"one of {', '.join(map(repr, BAD_MODEL))}", BAD_MODEL.__contains__),
    (
        ("unknown_parameters",),
        "'ignore' or 'refuse'",
        lambda value: value in ("ignore", "refuse"),
    ),
    (("repeated_parameters",), "'refuse' or 'last'", lambda value: value in ("refuse", "last")),
    (("blank_text",), "'silence' or 'refuse'", lambda value: value in ("silence", "refuse")),
    (("max_characters",), "1 or more", lambda value: _is_integer(value) and value >= 1),
    (("too_long_status",), "413 or 422", lambda value: value in (413, 422)),
    (
        ("remote_texts",),
        "a mapping of URLs to texts",
        lambda value: (
            isinstance(value, Mapping)
            and all(isinstance(text, str) for pair in value.items() for text in pair)
        ),
    ),
    (
        ("concurrency_limit", "stream_concurrency_limit"),
        "1 or more, or None",
        lambda value: value is None or (_is_integer(value) and value >= 1),
    ),
    (
        ("too_many_requests",),
        "'speak' or 'general'",
        lambda value: value in TOO_MANY_REQUESTS,
    ),
    (("uuid_version",), "4 or 7", lambda value: value in (4, 7)),
    (("wav_sizes",), "'streamed' or 'exact'", lambda value: value in ("streamed", "exact")),
    (
        ("api_key",),
        "text without spaces, or None",
        lambda value: value is None or (isinstance(value, str) and len(value.split()) == 1),
    ),
    (
        ("ca_file",),
        "the path of a file of certificates, or None",
        lambda value: value is None or (isinstance(value, str) and bool(value)),
    ),
)
