"""What `/v1/speak` can speak with: encodings, containers and rates, as data.

The combinations are those of the official table of audio output combinations (documented).
Voices are in `voices.py`.
"""

from enum import StrEnum

from ringback.core.base.dataclass import dataclass


class Encoding(StrEnum):
    """The seven encodings of the REST endpoint."""

    LINEAR16 = "linear16"
    MULAW = "mulaw"
    ALAW = "alaw"
    MP3 = "mp3"
    OPUS = "opus"
    FLAC = "flac"
    AAC = "aac"


class Container(StrEnum):
    """What the samples are wrapped in."""

    NONE = "none"
    WAV = "wav"
    OGG = "ogg"


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """One cell of the matrix: how a text is to be rendered.

    *sample_rate* is in hertz, *bit_rate* in bit/s (None for encodings without one). The bare
    encodings mp3, flac and aac have the container `NONE`.
    """

    encoding: Encoding
    container: Container
    sample_rate: int
    bit_rate: int | None

    @property
    def content_type(self) -> str:
        """The `Content-Type` of this audio, as the service writes it."""
        if self.container is Container.WAV:
            return "audio/wav"
        return _CONTENT_TYPES[self.encoding].format(rate=self.sample_rate)


_CONTENT_TYPES = {
    Encoding.LINEAR16: "audio/l16;rate={rate}",
    Encoding.MULAW: "audio/mulaw;rate={rate}",
    Encoding.ALAW: "audio/alaw;rate={rate}",
    Encoding.MP3: "audio/mpeg",
    Encoding.OPUS: "audio/ogg;codecs=opus",
    Encoding.FLAC: "audio/flac",
    Encoding.AAC: "audio/aac",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The values that one parameter may take with one encoding.

    *default* is used when the parameter is absent. *allowed* is a tuple of values or an inclusive
    range. A parameter that is *fixed* exists but cannot be chosen.
    """

    default: int
    allowed: tuple[int, ...] | range
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """What one encoding offers. *containers* is empty where `container` is not applicable."""

    containers: tuple[Container, ...]
    sample_rate: Choice
    bit_rate: Choice | None


_G711 = Output(
    containers=(Container.WAV, Container.NONE),
    sample_rate=Choice(8000, (8000, 16000)),
    bit_rate=None,
)

MP3_BIT_RATES = (8000, 16000, 24000, 32000, 40000, 48000)
"""What an mp3 may have: an error page lists the six for v1 too, whose own table has two."""

OUTPUTS: dict[Encoding, Output] = {
    Encoding.LINEAR16: Output(
        containers=(Container.WAV, Container.NONE),
        sample_rate=Choice(24000, (8000, 16000, 24000, 32000, 48000)),
        bit_rate=None,
    ),
    Encoding.MULAW: _G711,
    Encoding.ALAW: _G711,
    Encoding.MP3: Output(
        containers=(),
        sample_rate=Choice(22050, (22050,), fixed=True),
        bit_rate=Choice(48000, MP3_BIT_RATES),
    ),
    Encoding.OPUS: Output(
        containers=(Container.OGG,),
        sample_rate=Choice(48000, (48000,), fixed=True),
        bit_rate=Choice(12000, range(4000, 650_001)),
    ),
    Encoding.FLAC: Output(
        containers=(),
        # The documents name no default, and 24000 is not in their list (assumed).
        sample_rate=Choice(48000, (8000, 16000, 22050, 32000, 48000)),
        bit_rate=None,
    ),
    Encoding.AAC: Output(
        containers=(),
        sample_rate=Choice(22050, (22050,), fixed=True),
        bit_rate=Choice(48000, range(4000, 192_001)),
    ),
}

FLUX_OUTPUTS: dict[Encoding, Output] = {
    **OUTPUTS,
    Encoding.LINEAR16: Output(
        containers=(Container.WAV, Container.NONE),
        sample_rate=Choice(24000, (8000, 16000, 24000, 32000, 44100, 48000)),
        bit_rate=None,
    ),
}
"""The same for `/v2/speak`, which has one rate more (documented)."""

DEFAULT_ENCODING = Encoding.MP3
