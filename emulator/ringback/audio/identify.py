"""What the sounds in a body say: read from its frames as served, or by ear."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ringback.audio import wav
from ringback.audio.reading import Reading, understand
from ringback.audio.symbols import SILENCE
from ringback.core.catalog import FLUX_OUTPUTS, Encoding

_SAMPLED = (Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW)


class Exact(NamedTuple):
    """What was read from frames of *encoding*: of the first sound, and of those that follow it."""

    encoding: Encoding
    readings: list[Reading]


def read_exact(body: bytes) -> Exact | None:
    """Read *body* as served, or its beginning, without decoding: its frames are looked up.

    None where it holds no whole symbol of ours. Samples without a header are tried at all rates.
    Where one answer follows another, the second can only be read if both are samples.
    """
    for encoding, symbols in _spellings(body):
        if readings := list(_readings(symbols)):
            return Exact(encoding, readings)
    return None


def _readings(symbols: bytes) -> Iterator[Reading]:
    """What each sound in *symbols* says, up to the first that says nothing of ours."""
    at = 0
    while at < len(symbols):
        end = symbols.find(SILENCE, at) + 1 or len(symbols)
        reading = understand(symbols[at:end])
        if reading is not None:
            yield reading
        elif end - at > 1:
            return
        at = end


def read_wav(body: bytes) -> Reading | None:
    """Read by ear a WAV file of 16-bit or G.711 samples: the first channel that says something."""
    file = wav.parse(body)
    if file is None:
        return None
    from ringback.audio.hearing import read_pcm

    samples = file.samples
    if file.encoding is not Encoding.LINEAR16:
        from ringback.audio import g711

        samples = g711.linear(samples, file.encoding)
    whole = len(samples) // (2 * file.channels) * 2 * file.channels
    wave = memoryview(samples)[:whole].cast("H")
    channels = (wave[at :: file.channels].tobytes() for at in range(file.channels))
    return next(filter(None, (read_pcm(channel, file.rate) for channel in channels)), None)


def _spellings(body: bytes) -> Iterator[tuple[Encoding, bytes]]:
    """The symbols of *body*, for each encoding in which its first bytes allow to read it."""
    if body.startswith(b"RIFF"):
        file = wav.parse(body)
        if file and file.channels == 1 and file.rate in _rates(file.encoding):
            yield file.encoding, _sampled(file.samples, file.encoding, file.rate)
    elif body.startswith(b"fLaC"):
        from ringback.audio import flac

        yield Encoding.FLAC, flac.read(body)
    elif body.startswith(b"OggS"):
        from ringback.audio import opus

        yield Encoding.OPUS, opus.read(body)
    elif body.startswith(b"\xff\xf3"):
        from ringback.audio import mp3

        yield Encoding.MP3, mp3.read(body)
    elif body.startswith(b"\xff\xf1"):
        from ringback.audio import aac

        yield Encoding.AAC, aac.read(body)
    else:
        for encoding in _SAMPLED:
            for rate in _rates(encoding):
                yield encoding, _sampled(body, encoding, rate)


def _rates(encoding: Encoding) -> tuple[int, ...] | range:
    return FLUX_OUTPUTS[encoding].sample_rate.allowed


def _sampled(samples: bytes, encoding: Encoding, rate: int) -> bytes:
    """The symbols of *samples*, up to the first that is not ours or not whole."""
    known = _sounds(encoding, rate)
    size = len(known[0])
    symbols = bytearray()
    for at in range(0, len(samples), size):
        sound = samples[at : at + size]
        if sound not in known:
            break
        symbols.append(known.index(sound))
    return bytes(symbols)


def _sounds(encoding: Encoding, rate: int) -> Sequence[bytes]:
    if encoding is Encoding.LINEAR16:
        from ringback.audio import pcm

        return pcm.sounds(rate)
    from ringback.audio import g711

    return g711.sounds(encoding, rate)
