"""Every cell of the tables of outputs, and the ends of each range of bit rates."""

from collections.abc import Iterator

from ringback.core.request.encodings import (
    FLUX_OUTPUTS,
    OUTPUTS,
    AudioFormat,
    Choice,
    Container,
    Encoding,
)

SENTENCE = "Hello, how can I help you today? It is a fine day."
"""50 characters: 36 symbols, 2.88 s."""

VOICE = "aura-2-thalia-en"


def _cells() -> Iterator[AudioFormat]:
    for outputs in (OUTPUTS, FLUX_OUTPUTS):
        for encoding, output in outputs.items():
            for container in output.containers or (Container.NONE,):
                for rate in output.sample_rate.allowed:
                    for bit_rate in _bit_rates(output.bit_rate):
                        yield AudioFormat(encoding, container, rate, bit_rate)
    # A setting of the service moves its mp3 to another rate.
    for bit_rate in _bit_rates(OUTPUTS[Encoding.MP3].bit_rate):
        yield AudioFormat(Encoding.MP3, Container.NONE, 24000, bit_rate)


def _bit_rates(choice: Choice | None) -> list[int | None]:
    match choice:
        case None:
            return [None]
        case Choice(allowed=tuple() as few):
            return [*few]
        case Choice(default=default, allowed=many):
            return [many[0], default, default + 1, 64000, many[-1]]


CELLS = list(dict.fromkeys(_cells()))


def name(sound: AudioFormat) -> str:
    """A name for a test's parameter."""
    parts = (sound.encoding, sound.container, sound.sample_rate, sound.bit_rate)
    return "-".join(str(part) for part in parts if part is not None)
