"""Query and body of a speak endpoint, into a `SpeakRequest`.

The service checks in this order (observed for v2, assumed for v1): the query's schema and the
model, then the key, then formats and ranges, then the body. So there are two steps here, and
authentication belongs between them.
"""

from dataclasses import field, replace
from typing import Any, Literal

from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import Rejection, invalid_query, undeserialisable
from ringback.core.request.body import BodyRules, encoding_refusal
from ringback.core.request.controls import read_script
from ringback.core.request.editions import EXPRESSIVITY, V1, Edition, refused_model
from ringback.core.request.encodings import AudioFormat
from ringback.core.request.endpoint import CallbackRules, Endpoint
from ringback.core.request.formats import FormatRules
from ringback.core.request.parameters import Schema
from ringback.core.request.query import Ignored, read_values
from ringback.core.request.script import Script, Silence
from ringback.core.request.voices import Voice

_TORN = "The URL seems to be torn apart at a bare `&`: percent-encode all of it, as urlencode does."


@dataclass(frozen=True, slots=True)
class Query:
    """A query that fits the schema: *values* by name (lists for repeatable ones) and *voice*.

    *values* hold the callback URL with its credentials, so `repr` leaves them out. *ignored* are
    the names that the service does not know and passes over (observed for v1).
    """

    values: dict[str, Any] = field(repr=False)
    voice: Voice
    ignored: tuple[Ignored, ...] = ()
    torn: bool = False


@dataclass(frozen=True, slots=True)
class SpeakRequest:
    """What was asked: everything checked, nothing left to refuse.

    *script* is None where the text has no controls. A tag may be anything, a callback URL with its
    credentials too where a query was joined badly, so `repr` leaves *tags* out.
    """

    text: str
    voice: Voice
    sound: AudioFormat
    speed: float = 1.0
    callback: Endpoint | None = None
    method: str = "POST"
    tags: tuple[str, ...] = field(default=(), repr=False)
    mip_opt_out: bool = False
    expressivity: int = 0
    script: Script | None = None

    @property
    def spoken(self) -> str:
        """What is heard: the text, with its controls obeyed. Its length is what is billed."""
        return self.text if self.script is None else self.script.spoken

    @property
    def silences(self) -> tuple[Silence, ...]:
        """Where nothing is heard in between."""
        return () if self.script is None else self.script.silences


@dataclass(frozen=True, slots=True)
class SpeakRules:
    """How one edition of the endpoint reads a request. *schema* follows from the rest."""

    edition: Edition = V1
    callbacks: CallbackRules = field(default_factory=CallbackRules)
    formats: FormatRules = field(default_factory=FormatRules)
    bodies: BodyRules = field(default_factory=BodyRules)
    bad_model: str = "invalid-value"
    unknown: Literal["ignore", "refuse"] = "ignore"
    repeated: Literal["refuse", "last"] = "refuse"
    strict_booleans: bool = True
    integral_floats: bool = True
    schema: Schema = field(init=False)

    def __post_init__(self) -> None:
        """Make the schema."""
        unknown = self.unknown if self.edition.ignores_unknown else "refuse"
        integral_floats = self.integral_floats and self.edition.integral_floats
        schema = Schema(
            self.edition.parameters,
            unknown,
            self.repeated,
            self.strict_booleans,
            integral_floats,
        )
        object.__setattr__(self, "schema", schema)

    def read_query(self, raw: bytes) -> Query | Rejection:
        """The first step, before authentication: names, types and the model."""
        read = read_values(raw, self.schema)
        if isinstance(read, Rejection):
            return read
        model = read.values.get("model", self.edition.default_voice)
        if model is None:
            return undeserialisable("missing field `model`")
        voice = self.edition.voices.get(model)
        if voice is None:
            return refused_model(self.edition, model, self.bad_model)
        return Query(read.values, voice, read.ignored, read.torn)

    def read_request(
        self,
        query: Query,
        content_type: str | None,
        body: bytes,
        content_encoding: str | None = None,
    ) -> SpeakRequest | Rejection:
        """The second step, after authentication: formats, ranges, callback and body."""
        values = query.values
        sound = self.formats.read(values, self.edition.outputs)
        if isinstance(sound, Rejection):
            return sound
        speed, expressivity = values.get("speed", 1.0), values.get("expressivity", 0)
        refusal = self.edition.speed.refusal(speed) or EXPRESSIVITY.refusal(expressivity)
        if refusal is not None:
            return refusal
        if "priority" in values and "callback" not in values:
            return invalid_query("`priority` is only applicable with `callback`.")
        callback = self.callbacks.read(values["callback"]) if "callback" in values else None
        if isinstance(callback, Rejection):
            return replace(callback, hint=_TORN) if query.torn else callback
        text = encoding_refusal(content_encoding) or self.bodies.read(content_type, body)
        if isinstance(text, Rejection):
            return text
        script = read_script(text, query.voice, speed)
        if isinstance(script, Rejection):
            return script
        refusal = self.bodies.refusal(script.spoken)
        if refusal is not None:
            return refusal
        return SpeakRequest(
            text=text,
            voice=query.voice,
            sound=sound,
            speed=speed,
            callback=callback,
            method=values.get("callback_method", "POST"),
            tags=tuple(values.get("tag", ())),
            mip_opt_out=values.get("mip_opt_out", False),
            expressivity=int(expressivity),
            script=None if script.is_plain else script,
        )
