"""Query and body of `/v1/speak`, from one table of parameters, into a `SpeakRequest`.

The service checks in this order (observed for v2, assumed for v1): the query's schema and the
model, then the key, then formats and ranges, then the body. So there are two steps here, and
authentication belongs between them.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from ringback.core.callback import CallbackRules, Endpoint
from ringback.core.catalog import (
    DEFAULT_ENCODING,
    OUTPUTS,
    AudioFormat,
    Choice,
    Container,
    Encoding,
)
from ringback.core.rejection import (
    Rejection,
    bad_payload,
    invalid_query,
    undeserialisable,
    unsupported_format,
)
from ringback.core.voices import AURA, DEFAULT_VOICE, Voice

SPEED_RANGE = (0.7, 1.5)
"""Slowest and fastest `speed` (documented)."""

MAX_CHARACTERS = 2000
"""The longest text, in Unicode code points (documented; the unit is assumed)."""

MAX_BODY = 2 * 1024 * 1024
"""The largest body, in bytes (documented as 2 MB)."""

MAX_TAG = 128
"""The longest `tag`, in characters (documented)."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: how its value is *read* (raises `ValueError`), whether it *repeats*."""

    name: str
    read: Callable[[str], Any]
    repeats: bool = False


def _one_of(words: list[str]) -> Callable[[str], str]:
    expected = ", ".join(f"`{word}`" for word in words)

    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"unknown variant `{value}`, expected one of {expected}")
        return value

    return read


def _method(value: str) -> str:
    """POST or PUT in either case: the spec page writes `put`, the specification `PUT`."""
    if value.upper() not in ("POST", "PUT"):
        raise ValueError(f"unknown variant `{value}`, expected `POST` or `PUT`")
    return value.upper()


def _integer(value: str) -> int:
    """An integer; `24000.0` is one too, as a client of the service sends it (assumed)."""
    whole, _, fraction = value.partition(".")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18 or fraction.strip("0"):
        raise ValueError(f'invalid type: string "{value}", expected u32')
    return int(whole)


def _number(value: str) -> float:
    try:
        number = float(value) if value.isascii() and "_" not in value else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or value != value.strip():
        raise ValueError(f'invalid type: string "{value}", expected f32')
    return number


def _boolean(value: str) -> bool:
    """`true` or `false` and nothing else: a capital `False` was refused (observed)."""
    if value not in ("true", "false"):
        raise ValueError(f'invalid type: string "{value}", expected a boolean')
    return value == "true"


def _tag(value: str) -> str:
    if len(value) > MAX_TAG:
        raise ValueError(f"`tag` is longer than {MAX_TAG} characters")
    return value


PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter("model", str),
        Parameter("encoding", _one_of([*Encoding])),
        Parameter("container", _one_of([*Container])),
        Parameter("sample_rate", _integer),
        Parameter("bit_rate", _integer),
        Parameter("speed", _number),
        Parameter("callback", str),
        Parameter("callback_method", _method),
        Parameter("tag", _tag, repeats=True),
        Parameter("mip_opt_out", _boolean),
    )
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query that fits the schema: *values* by name (lists for repeatable ones) and *voice*.

    *values* hold the callback URL with its credentials, so `repr` leaves them out. *ignored* are
    the names that the service does not know and passes over (observed for v1).
    """

    values: dict[str, Any] = field(repr=False)
    voice: Voice
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakRequest:
    """What was asked: everything checked, nothing left to refuse."""

    text: str
    voice: Voice
    sound: AudioFormat
    speed: float = 1.0
    callback: Endpoint | None = None
    method: str = "POST"
    tags: tuple[str, ...] = ()
    mip_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class SpeakRules:
    """How `/v1/speak` reads a request. *mp3_sample_rate* is in hertz."""

    callbacks: CallbackRules = field(default_factory=CallbackRules)
    mp3_sample_rate: int = 22050

    def read_query(self, raw: bytes) -> Query | Rejection:
        """The first step, before authentication: names, types and the model."""
        values: dict[str, Any] = {}
        ignored = []
        for pair in raw.split(b"&"):
            try:
                name, value = (_decoded(part) for part in _halves(pair))
            except UnicodeDecodeError:
                return Rejection(400, "Bad Request", "Invalid query string.")
            parameter = PARAMETERS.get(name)
            if parameter is None:
                if pair:
                    ignored.append(name)
                continue
            if name in values and not parameter.repeats:
                return undeserialisable(f"duplicate field `{name}`")
            try:
                read = parameter.read(value)
            except ValueError as error:
                return undeserialisable(f"{name}: {error}")
            if parameter.repeats:
                values.setdefault(name, []).append(read)
            else:
                values[name] = read
        model = values.get("model", DEFAULT_VOICE.name)
        voice = AURA.get(model)
        if voice is None:
            return invalid_query(f"Invalid 'model' value of '{model}'.")
        return Query(values, voice, tuple(ignored))

    def read_request(
        self, query: Query, content_type: str | None, body: bytes
    ) -> SpeakRequest | Rejection:
        """The second step, after authentication: formats, ranges, callback and body."""
        values = query.values
        sound = self._sound(values)
        if isinstance(sound, Rejection):
            return sound
        speed = values.get("speed", 1.0)
        slowest, fastest = SPEED_RANGE
        if not slowest <= speed <= fastest:
            return invalid_query(f"`speed` must be between {slowest} and {fastest}.")
        callback = self.callbacks.read(values["callback"]) if "callback" in values else None
        if isinstance(callback, Rejection):
            return callback
        text = read_text(content_type, body)
        if isinstance(text, Rejection):
            return text
        return SpeakRequest(
            text=text,
            voice=query.voice,
            sound=sound,
            speed=speed,
            callback=callback,
            method=values.get("callback_method", "POST"),
            tags=tuple(values.get("tag", ())),
            mip_opt_out=values.get("mip_opt_out", False),
        )

    def _sound(self, values: dict[str, Any]) -> AudioFormat | Rejection:
        encoding = Encoding(values.get("encoding", DEFAULT_ENCODING))
        output = OUTPUTS[encoding]
        container = values.get("container")
        if container is not None and container not in output.containers:
            if not output.containers:
                return unsupported_format(f"`container` {_not_applicable(encoding)}")
            return unsupported_format(
                f"`container={container}` is invalid when `encoding={encoding}`."
            )
        sample_rate = output.sample_rate
        if encoding is Encoding.MP3:
            sample_rate = Choice(self.mp3_sample_rate, (self.mp3_sample_rate,), fixed=True)
        rate = _chosen("sample_rate", values, sample_rate, encoding)
        if isinstance(rate, Rejection):
            return rate
        bit_rate: int | Rejection | None = None
        if output.bit_rate is not None:
            bit_rate = _chosen("bit_rate", values, output.bit_rate, encoding)
        elif "bit_rate" in values:
            bit_rate = unsupported_format(f"`bit_rate` {_not_applicable(encoding)}")
        if isinstance(bit_rate, Rejection):
            return bit_rate
        if container is None:
            container = output.containers[0] if output.containers else Container.NONE
        return AudioFormat(encoding, Container(container), rate, bit_rate)


def read_text(content_type: str | None, body: bytes) -> str | Rejection:
    """Read the text to speak from a JSON object or from plain text."""
    if len(body) > MAX_BODY:
        return Rejection(413, "PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 MB.")
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "text/plain"):
        return Rejection(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "`Content-Type` header is not supported. `Content-Type` must be either `text/plain` or "
            "`application/json`.",
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return bad_payload("Failed to decode payload as UTF-8.")
    if kind == "application/json":
        spoken = _text_of(text)
        if isinstance(spoken, Rejection):
            return spoken
        text = spoken
    if not text:
        return Rejection(400, "Bad Request", "Input text contains no characters.")
    if len(text) > MAX_CHARACTERS:
        return Rejection(
            413,
            "Payload Too Large",
            f"Input text exceeds maximum character limit of {MAX_CHARACTERS}.",
        )
    return text


def _text_of(document: str) -> str | Rejection:
    try:
        # An object becomes a tuple of pairs, which no other JSON does; so a repeated key shows.
        loaded = json.loads(document, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return bad_payload("Failed to deserialize JSON payload.")
    match loaded if isinstance(loaded, tuple) else ():
        case (("text", str(text)),) if not _LONE_SURROGATE.search(text):
            return text
        case (("text", str()),):
            # Valid JSON, and yet no text: no encoder could carry it on.
            return bad_payload("Failed to decode payload as UTF-8.")
        case (("url", str()),):
            return Rejection(
                400,
                "REMOTE_CONTENT_ERROR",
                "URL for media download must be publicly routable.",
                "Ringback fetches nothing; send the text itself.",
            )
        case _:
            return bad_payload(
                "Failed to deserialize JSON payload. Please specify exactly one of `text` or `url`"
                " in the JSON body.",
                "The body must be exactly an object with the key `text`: parameters go into the"
                " query.",
            )


def _chosen(
    name: str, values: dict[str, Any], choice: Choice, encoding: Encoding
) -> int | Rejection:
    value: int = values.get(name, choice.default)
    if value in choice.allowed:
        return value
    if choice.fixed:
        return unsupported_format(f"`{name}` {_not_applicable(encoding)}")
    return unsupported_format(
        f"`{name}` must be {_listed(choice.allowed)} when `encoding={encoding}`."
    )


def _not_applicable(encoding: Encoding) -> str:
    return f"is not applicable when `encoding={encoding}`."


def _listed(allowed: tuple[int, ...] | range) -> str:
    if isinstance(allowed, range):
        return f"between {allowed.start} and {allowed.stop - 1}"
    *others, last = (str(value) for value in sorted(allowed))
    comma = "," if len(others) > 1 else ""
    return f"{', '.join(others)}{comma} or {last}"


def _halves(pair: bytes) -> tuple[bytes, bytes]:
    name, _, value = pair.partition(b"=")
    return name, value


def _decoded(part: bytes) -> str:
    return unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8")
