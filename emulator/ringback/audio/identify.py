"""Which request a body answers: from its bytes as served, or, failing that, by ear."""

from collections.abc import Iterator, Sequence

from ringback.audio import wav
from ringback.audio.reading import Reading, understand
from ringback.core.catalog import OUTPUTS, Encoding

_SAMPLED = (Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW)


def identify(body: bytes) -> Reading | None:
    """Read *body* exactly if it is as served or its beginning, or by ear if it is a WAV file."""
    return read_exact(body) or read_wav(body)


def read_exact(body: bytes) -> Reading | None:
    """Read *body* as served, or its beginning, without decoding: its frames are looked up.

    None where it holds no whole symbol of ours. Samples without a header are tried at all rates.
    """
    for symbols in _spellings(body):
        if reading := understand(symbols):
            return reading
    return None


def read_wav(body: bytes) -> Reading | None:
    """Read by ear a WAV file of 16-bit or G.711 samples; of several channels, the first."""
    file = wav.parse(body)
    if file is None:
        return None
    from ringback.audio.hearing import read_pcm

    samples = file.samples
    if file.encoding is not Encoding.LINEAR16:
        from ringback.audio import g711

        samples = g711.linear(samples, file.encoding)
    whole = len(samples) // (2 * file.channels) * 2 * file.channels
    first = memoryview(samples)[:whole].cast("H")[:: file.channels]
    return read_pcm(first.tobytes(), file.rate)


def _spellings(body: bytes) -> Iterator[bytes]:
    """The symbols of *body*, for each way to read it that its first bytes allow."""
    if body.startswith(b"RIFF"):
        if (file := wav.parse(body)) and file.rate in OUTPUTS[file.encoding].sample_rate.allowed:
            yield _sampled(file.samples, file.encoding, file.rate)
    elif body.startswith(b"fLaC"):
        from ringback.audio import flac

        yield flac.read(body)
    elif body.startswith(b"OggS"):
        from ringback.audio import opus

        yield opus.read(body)
    elif body.startswith(b"\xff\xf3"):
        from ringback.audio import mp3

        yield mp3.read(body)
    elif body.startswith(b"\xff\xf1"):
        from ringback.audio import aac

        yield aac.read(body)
    else:
        for encoding in _SAMPLED:
            for rate in OUTPUTS[encoding].sample_rate.allowed:
                yield _sampled(body, encoding, rate)


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
