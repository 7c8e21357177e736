"""What a stream is opened with: the query of a WebSocket, into an `Opening`."""

from dataclasses import field, replace

from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import EXPRESSIVITY, V1, V2, Edition
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.parameters import table
from ringback.core.request.speak import Query, SpeakRequest, SpeakRules
from ringback.core.request.voices import Voice

ENCODINGS = (Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW)
"""What can be streamed, in no container (documented); the first is the default."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a stream speaks with. A *speed* of None is the voice's own, of 1."""

    voice: Voice
    sound: AudioFormat
    speed: float | None = None
    tags: tuple[str, ...] = field(default=(), repr=False)
    mip_opt_out: bool = False
    expressivity: int = 0

    def request(self, text: str = "", speed: float | None = None) -> SpeakRequest:
        """What a request for *text* would ask, at *speed* if it is another than the stream's."""
        return SpeakRequest(
            text=text,
            voice=self.voice,
            sound=self.sound,
            speed=speed or self.speed or 1.0,
            tags=self.tags,
            mip_opt_out=self.mip_opt_out,
            expressivity=self.expressivity,
        )


def read_opening(rules: SpeakRules, query: Query) -> Opening | Rejection:
    """The second step of reading a stream's *query*, after authentication: formats and ranges."""
    values = {"encoding": ENCODINGS[0], **query.values}
    sound = rules.formats.read(values, rules.edition.outputs)
    if isinstance(sound, Rejection):
        return sound
    speed, expressivity = values.get("speed"), values.get("expressivity", 0)
    refusal = None if speed is None else rules.edition.speed.refusal(speed)
    refusal = refusal or EXPRESSIVITY.refusal(expressivity)
    return refusal or Opening(
        query.voice,
        sound,
        speed,
        tags=tuple(values.get("tag", ())),
        mip_opt_out=values.get("mip_opt_out", False),
        expressivity=int(expressivity),
    )


def _streamed(edition: Edition, *names: str) -> Edition:
    """What *edition*'s WebSocket takes: *names*, and the encodings that can be streamed."""
    parameters = edition.parameters
    encoding = replace(parameters["encoding"], words=ENCODINGS)
    return replace(
        edition,
        parameters=table(*(parameters[name] for name in names), encoding),
        outputs={
            each: replace(edition.outputs[each], containers=(Container.NONE,)) for each in ENCODINGS
        },
    )


V1_STREAM = _streamed(V1, "model", "container", "sample_rate", "speed", "mip_opt_out")
"""`/v1/speak` over a WebSocket. `container=none` is what there is; several clients send it."""

V2_STREAM = _streamed(V2, "model", "sample_rate", "speed", "expressivity", "mip_opt_out", "tag")
"""`/v2/speak` over a WebSocket, which refuses what is for requests only (documented)."""
