"""A body is read as it was served, from its beginning, or by ear."""

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.fingerprint import fingerprint
from ringback.audio.identify import read_by_ear, read_exact
from ringback.audio.reading import Reading
from ringback.audio.render import WavSizes, render
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from tests.assets.audio_cells import CELLS, SENTENCE, VOICE, name
from tests.unit.audio.matching import matches

WAV = AudioFormat(Encoding.LINEAR16, Container.WAV, 24000, None)
TELEPHONE = AudioFormat(Encoding.MULAW, Container.WAV, 8000, None)
RAW = AudioFormat(Encoding.LINEAR16, Container.NONE, 16000, None)
cells = pytest.mark.parametrize("sound", CELLS, ids=name)


def rendered(sound: AudioFormat, text: str = SENTENCE, sizes: WavSizes = "streamed") -> bytes:
    return render(text, VOICE, 1.0, sound, wav_sizes=sizes)


def read_first(body: bytes) -> Reading | None:
    exact = read_exact(body)
    return None if exact is None else exact.readings[0]


def read_wav(body: bytes) -> Reading | None:
    readings = read_by_ear(body)
    return readings[0] if readings else None


def known(reading: Reading | None) -> bool:
    return reading is not None and reading.fingerprint == fingerprint(SENTENCE, VOICE, 1.0)


@cells
def test_every_body_is_read_exactly(sound: AudioFormat) -> None:
    reading = read_first(rendered(sound))
    assert known(reading)
    assert reading is not None
    assert reading.complete


@cells
def test_a_body_without_its_last_byte_is_known_and_incomplete(sound: AudioFormat) -> None:
    reading = read_first(rendered(sound)[:-1])
    assert known(reading)
    assert reading is not None
    assert not reading.complete


@cells
def test_half_a_body_matches_its_request_only(sound: AudioFormat) -> None:
    body = rendered(sound)
    reading = read_first(body[: len(body) // 2])
    assert reading is not None
    assert matches(reading, SENTENCE, VOICE, 1.0)
    assert not matches(reading, SENTENCE.upper(), VOICE, 1.0)
    assert not reading.complete


@cells
def test_empty_audio_says_nothing(sound: AudioFormat) -> None:
    body = rendered(sound, "")
    assert read_exact(body) is None
    assert read_wav(body) is None


@given(st.sampled_from(CELLS), st.text(min_size=1, max_size=40), st.floats(0.7, 1.5))
def test_any_request_is_read_from_its_body(sound: AudioFormat, text: str, speed: float) -> None:
    reading = read_first(render(text, VOICE, speed, sound))
    assert reading is None or (reading.complete and matches(reading, text, VOICE, speed))
    assert (reading is None) == (not any(map(str.isalnum, text)))


def tagged(body: bytes, size: int, *, footer: bool = False) -> bytes:
    """*body* after an ID3v2.4 tag of *size* bytes."""
    sizes = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    tag = b"\4\0" + bytes([0x10 * footer]) + sizes
    return b"ID3" + tag + bytes(size) + (b"3DI" + tag if footer else b"") + body


@pytest.mark.parametrize("encoding", [Encoding.MP3, Encoding.AAC, Encoding.FLAC])
def test_tags_before_the_frames_are_passed_over(encoding: Encoding) -> None:
    body = rendered(next(sound for sound in CELLS if sound.encoding is encoding))
    assert known(read_first(tagged(body, 35)))
    assert known(read_first(tagged(body, 300, footer=True)))
    assert known(read_first(tagged(tagged(body, 0), 128)))
    assert read_exact(tagged(body, 300)[:200]) is None


def test_a_wav_file_written_anew_is_read_exactly() -> None:
    with wave.open(io.BytesIO(rendered(WAV, sizes="exact"))) as ours:
        samples = ours.readframes(ours.getnframes())
    assert known(read_first(written(samples, 24000)))


def written(samples: bytes, rate: int, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()


def softer(samples: bytes) -> bytes:
    values = [value // 2 for (value,) in struct.iter_unpack("<h", samples)]
    return struct.pack(f"<{len(values)}h", *values)


def test_exact_reading_ends_where_a_sample_is_changed() -> None:
    body = bytearray(rendered(RAW))
    body[2 * 2560 + 1000] ^= 1
    reading = read_first(bytes(body))
    assert reading is not None
    assert len(reading.symbols) == 2


def test_changed_samples_are_read_by_ear() -> None:
    body = written(softer(rendered(RAW)), 16000)
    assert read_exact(body) is None
    assert known(read_wav(body))


def test_a_rate_that_is_not_served_is_read_by_ear() -> None:
    body = rendered(AudioFormat(Encoding.LINEAR16, Container.WAV, 22050, None))
    assert read_exact(body) is None
    assert known(read_wav(body))


def test_telephone_samples_are_read_by_ear() -> None:
    assert known(read_wav(rendered(TELEPHONE)))


@pytest.mark.parametrize("channel", [0, 1])
def test_of_several_channels_one_that_says_something_is_heard(channel: int) -> None:
    samples = rendered(RAW)
    frames = bytearray(2 * len(samples))
    for byte in range(2):
        frames[2 * channel + byte :: 4] = samples[byte::2]
    assert known(read_wav(written(bytes(frames), 16000, channels=2) + b"\0"))


@pytest.mark.parametrize("sound", [RAW, TELEPHONE], ids=name)
def test_sounds_that_follow_each_other_are_read_one_by_one(sound: AudioFormat) -> None:
    texts = [SENTENCE, "Hello", SENTENCE.upper()]
    first, *others = [rendered(sound, text) for text in texts]
    body = first + b"".join(other[58 * (sound is TELEPHONE) :] for other in others)
    exact = read_exact(body)
    assert exact is not None
    assert exact.encoding is sound.encoding
    assert [reading.complete for reading in exact.readings] == [True] * 3
    for reading, text in zip(exact.readings, texts, strict=True):
        assert matches(reading, text, VOICE, 1.0)


def test_reading_ends_where_a_sound_is_not_ours() -> None:
    body = rendered(RAW, "Hello")
    exact = read_exact(bytes(2560 * 2) + body + body[2560:] + body)
    assert exact is not None
    assert len(exact.readings) == 1


@pytest.mark.parametrize("magic", [b"", b"RIFF", b"fLaC", b"OggS", b"\xff\xf3", b"\xff\xf1"])
@given(rest=st.binary())
def test_any_bytes_can_be_asked_about(magic: bytes, rest: bytes) -> None:
    assert read_exact(magic + rest) is None
    assert read_wav(magic + rest) is None


def test_what_is_no_wav_file_is_not_heard() -> None:
    assert read_wav(rendered(RAW)) is None
