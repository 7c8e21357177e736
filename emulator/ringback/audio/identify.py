"""What the sounds in a body say: read from its frames as served, or by ear."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ringback.audio import wav
from ringback.audio.reading import Reading, understand
from ringback.audio.symbols import SILENCE
from ringback.core.request.encodings import FLUX_OUTPUTS, Encoding

_ID3_HEADER = 10
"""Bytes of an ID3v2 tag before what it holds."""

_SAMPLED = (Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW)


class Exact(NamedTuple):
    """What was read from frames as served.

    *readings* are those of the first sound and of those that follow it; *is_all* says that
    nothing else is there. *rate* is that of the samples, in hertz, and None where frames of a
    codec were read.
    """

    encoding: Encoding
    rate: int | None
    readings: list[Reading]
    is_all: bool


class _Spelling(NamedTuple):
    """The *symbols* of a body, should it have this *encoding* and, if samples, this *rate*."""

    encoding: Encoding
    rate: int | None
    symbols: bytes
    is_all: bool = False


def read_exact(body: bytes) -> Exact | None:
    """Read *body* as served, or its beginning, without decoding: its frames are looked up.

    None where it holds no whole symbol of ours. Samples without a header are tried at all rates.
    Where one answer follows another, the second can only be read if both are samples. Tags before
    the frames, and what a copied MP3 or FLAC file has there, are passed over.
    """
    for encoding, rate, symbols, is_all in _spellings(_untagged(body)):
        readings = list(_readings(symbols))
        if readings:
            read = sum(len(reading.symbols) for reading in readings)
            return Exact(encoding, rate, readings, is_all and read == len(symbols))
    return None


def _untagged(body: bytes) -> bytes:
    """What follows the ID3v2 tags at the beginning of *body* (id3.org, ID3v2.4 section 3.1)."""
    # Sizes have seven bits in a byte, so that no size looks like the beginning of a frame.
    while body.startswith(b"ID3") and len(body) >= _ID3_HEADER:
        size = 0
        for byte in body[6:_ID3_HEADER]:
            size = size << 7 | byte & 0x7F
        footer = _ID3_HEADER if body[5] & 0x10 else 0
        body = body[_ID3_HEADER + size + footer :]
    return body


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


def read_by_ear(
    body: bytes, sample_rate: int | None = None, exact: Exact | None = None
) -> list[Reading]:
    """Read by ear the samples in *body*, in the order in which they sound.

    They are those of a WAV file, of which channels that say something else follow the first; or
    bare samples, as *exact* found them, or else of 16 bits (little-endian, mono) at *sample_rate*
    hertz.
    """
    file = wav.parse(body)
    if file is None and exact is not None and exact.rate is not None:
        file = wav.Wav(exact.encoding, 1, exact.rate, body)
    if file is None and sample_rate is not None:
        file = wav.Wav(Encoding.LINEAR16, 1, sample_rate, body)
    if file is None:
        return []
    from ringback.audio.hearing import read_pcm

    readings: list[Reading] = []
    said: set[int | bytes] = set()
    for channel in dict.fromkeys(_channels(file)):  # equal channels are heard once
        heard = read_pcm(channel, file.rate)
        new = {reading.fingerprint or reading.symbols for reading in heard}
        if not new <= said:
            readings += heard
        said |= new
    return readings


def _channels(file: wav.Wav) -> Iterator[bytes]:
    """The samples of each channel, with 16 bits."""
    samples = file.samples
    if file.encoding is not Encoding.LINEAR16:
        from ringback.audio import g711

        samples = g711.linear(samples, file.encoding)
    if file.channels == 1:
        yield samples
        return
    whole = len(samples) // (2 * file.channels) * 2 * file.channels
    wave = memoryview(samples)[:whole].cast("H")
    for at in range(file.channels):
        yield wave[at :: file.channels].tobytes()


def _spellings(body: bytes) -> Iterator[_Spelling]:
    """The symbols of *body*, for each encoding in which its first bytes allow to read it."""
    if body.startswith(b"RIFF"):
        file = wav.parse(body)
        if file and file.channels == 1 and file.rate in _rates(file.encoding):
            yield _sampled(file.samples, file.encoding, file.rate)
    elif body.startswith(b"fLaC"):
        from ringback.audio import flac

        yield _Spelling(Encoding.FLAC, None, flac.read(body))
    elif body.startswith(b"OggS"):
        from ringback.audio import opus

        yield _Spelling(Encoding.OPUS, None, opus.read(body))
    elif body.startswith(b"\xff\xf3"):  # MPEG-2, Layer III, no CRC
        from ringback.audio import mp3

        yield _Spelling(Encoding.MP3, None, mp3.read(body))
    elif body.startswith(b"\xff\xf1"):  # ADTS of MPEG-4, no CRC
        from ringback.audio import aac

        yield _Spelling(Encoding.AAC, None, aac.read(body))
    else:
        for encoding in _SAMPLED:
            for rate in _rates(encoding):
                yield _sampled(body, encoding, rate)


def _rates(encoding: Encoding) -> tuple[int, ...] | range:
    return FLUX_OUTPUTS[encoding].sample_rate.allowed


def _sampled(samples: bytes, encoding: Encoding, rate: int) -> _Spelling:
    """The symbols of *samples*, up to the first that is not ours or not whole."""
    known = _sounds(encoding, rate)
    size = len(known[0])
    symbols = bytearray()
    for at in range(0, len(samples), size):
        sound = samples[at : at + size]
        if sound not in known:
            return _Spelling(encoding, rate, bytes(symbols), is_all=len(sound) < size)
        symbols.append(known.index(sound))
    return _Spelling(encoding, rate, bytes(symbols), is_all=True)


def _sounds(encoding: Encoding, rate: int) -> Sequence[bytes]:
    if encoding is Encoding.LINEAR16:
        from ringback.audio import pcm

        return pcm.sounds(rate)
    from ringback.audio import g711

    return g711.sounds(encoding, rate)
