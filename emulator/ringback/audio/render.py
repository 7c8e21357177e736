"""From a request to the bytes of its answer."""

from collections.abc import Sequence
from typing import Literal, assert_never

from ringback.audio.pace import symbols_in
from ringback.audio.spelling import symbols_of
from ringback.audio.symbols import SYMBOL
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.script import Silence

WavSizes = Literal["streamed", "exact"]
"""What a WAV header says of its length: the service's placeholder, or the truth."""


_COSTS = {
    Encoding.MP3: (1e-3, 1e-6),
    Encoding.OPUS: (1e-3, 10e-6),
    Encoding.FLAC: (50e-3, 14e-6),
    Encoding.AAC: (3e-3, 1e-6),
    Encoding.LINEAR16: (10e-3, 0.5e-6),
    Encoding.MULAW: (3e-3, 0.3e-6),
    Encoding.ALAW: (6e-3, 0.3e-6),
}
"""What an encoding costs in seconds, as measured on one slow core: the tables of its tones, which
are made once for each rate, and each character at speed 1."""

_warm: set[tuple[Encoding, int]] = set()
"""Encodings and rates whose tables are there."""


def cost(text: str, speed: float, sound: AudioFormat) -> float:
    """How many seconds `render` will take, roughly; it depends on what was rendered before."""
    tables, character = _COSTS[sound.encoding]
    cold = (sound.encoding, sound.sample_rate) not in _warm
    return cold * tables + character * len(text) / speed


def duration(text: str, speed: float) -> int:
    """How long *text* sounds at *speed*, in nanoseconds."""
    return symbols_in(text, speed) * SYMBOL


def render(
    text: str,
    model: str,
    speed: float,
    sound: AudioFormat,
    *,
    wav_sizes: WavSizes = "streamed",
    silences: Sequence[Silence] = (),
) -> bytes:
    """Render *text* with the voice *model* at *speed* as *sound*, with *silences* in it.

    Equal arguments give equal bytes, on every machine and in every release of Python. A text that
    cannot be spoken gives what its container needs and no sound.
    """
    symbols = symbols_of(text, model, speed, silences)
    body = b"".join(_pieces(symbols, sound, wav_sizes))
    if symbols:
        _warm.add((sound.encoding, sound.sample_rate))
    return body


def _pieces(symbols: bytes, sound: AudioFormat, wav_sizes: WavSizes) -> list[bytes]:
    """The parts of a body. Each encoding's module is imported by the first request for it."""
    rate, bit_rate = sound.sample_rate, sound.bit_rate or 0
    match sound.encoding:
        case Encoding.MP3:
            from ringback.audio import mp3

            return mp3.pieces(symbols, rate, bit_rate)
        case Encoding.OPUS:
            from ringback.audio import opus

            return opus.pieces(symbols, bit_rate)
        case Encoding.FLAC:
            from ringback.audio import flac

            return flac.pieces(symbols, rate)
        case Encoding.AAC:
            from ringback.audio import aac

            return aac.pieces(symbols, bit_rate)
        case Encoding.LINEAR16:
            from ringback.audio import pcm

            samples = pcm.pieces(symbols, rate)
        case Encoding.MULAW | Encoding.ALAW:
            from ringback.audio import g711

            samples = g711.pieces(symbols, sound.encoding, rate)
        case _:
            assert_never(sound.encoding)
    return _contained(samples, sound, wav_sizes)


def dressed(samples: bytes, sound: AudioFormat, wav_sizes: WavSizes) -> bytes:
    """Encode *samples* (16 bits, mono, at the rate of *sound*) as linear samples or G.711."""
    if sound.encoding is not Encoding.LINEAR16:
        from ringback.audio import g711

        samples = g711.compressed(samples, sound.encoding)
    return b"".join(_contained([samples], sound, wav_sizes))


def _contained(samples: list[bytes], sound: AudioFormat, wav_sizes: WavSizes) -> list[bytes]:
    if sound.container is not Container.WAV:
        return samples
    from ringback.audio import wav

    size = sum(map(len, samples)) if wav_sizes == "exact" else wav.STREAMED
    return [wav.header(sound.encoding, sound.sample_rate, size), *samples]
