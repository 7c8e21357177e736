"""Every cell of the table is rendered, to the same bytes on every machine."""

import hashlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.render import WavSizes, dressed, duration, render
from ringback.core.base.duration import SECOND
from ringback.core.request.encodings import OUTPUTS, AudioFormat, Container, Encoding
from tests.assets.audio_cells import CELLS, SENTENCE, VOICE, name

MP3 = AudioFormat(Encoding.MP3, Container.NONE, 22050, 48000)
WAV = AudioFormat(Encoding.LINEAR16, Container.WAV, 24000, None)
RAW = AudioFormat(Encoding.LINEAR16, Container.NONE, 24000, None)

GOLDEN = {
    "linear16-wav-8000": "47e71af6459b3737",
    "linear16-wav-16000": "3a9c225f3cb1ed3d",
    "linear16-wav-24000": "5903f500d2e05626",
    "linear16-wav-32000": "de0633d07834a37c",
    "linear16-wav-48000": "0e460b78a62df7d6",
    "linear16-none-8000": "f7e418b33e0c3649",
    "linear16-none-16000": "3608c0e6d66b2629",
    "linear16-none-24000": "131b6cc51271e205",
    "linear16-none-32000": "feb71b9842b249fe",
    "linear16-none-48000": "922abbdd548f82af",
    "mulaw-wav-8000": "b87e41e953162029",
    "mulaw-wav-16000": "6ddff10157e8e18f",
    "mulaw-none-8000": "b7b652ca9cfdaccf",
    "mulaw-none-16000": "bb2647e867b38d7d",
    "alaw-wav-8000": "ba4681cccb216629",
    "alaw-wav-16000": "10bd1c02c1fee9ac",
    "alaw-none-8000": "b57324c5aac7b1d7",
    "alaw-none-16000": "f24769af6e956f22",
    "mp3-none-22050-8000": "be6de095606395a9",
    "mp3-none-22050-16000": "3f44c34ad15c57fb",
    "mp3-none-22050-24000": "67c4c2a31533d091",
    "mp3-none-22050-32000": "c7e0f1666b02a17c",
    "mp3-none-22050-40000": "2dba9f2c03e0e78c",
    "mp3-none-22050-48000": "068cf57c34d784ea",
    "opus-ogg-48000-4000": "3317496a58c57f9d",
    "opus-ogg-48000-12000": "9c509e581f52126f",
    "opus-ogg-48000-12001": "9c509e581f52126f",
    "opus-ogg-48000-64000": "940453bebdf43c78",
    "opus-ogg-48000-650000": "dc3a78ada80f4a8f",
    "flac-none-8000": "ffb9e3cbf2517713",
    "flac-none-16000": "0fc3b7662db01d8e",
    "flac-none-22050": "14b822bc6893c539",
    "flac-none-32000": "005ed24d16ca2db6",
    "flac-none-48000": "ba44c34e1052273e",
    "aac-none-22050-4000": "593dfa34eb084401",
    "aac-none-22050-48000": "197736151f2b0e0f",
    "aac-none-22050-48001": "61698b10a4a194b9",
    "aac-none-22050-64000": "f7fa69db64a0d037",
    "aac-none-22050-192000": "be7b33e3935ae138",
    "linear16-wav-44100": "599c1d361cae61c9",
    "linear16-none-44100": "df140d30e883c994",
    "mp3-none-24000-8000": "d502ea1028a96185",
    "mp3-none-24000-16000": "9e31c00882361d8d",
    "mp3-none-24000-24000": "9071e9d7b6a65661",
    "mp3-none-24000-32000": "8651cbbba42d608b",
    "mp3-none-24000-40000": "ad81eb0e8dcbb386",
    "mp3-none-24000-48000": "dcd3436dfc7b5b9e",
}


def digest(sound: AudioFormat, sizes: WavSizes = "streamed") -> str:
    body = render(SENTENCE, VOICE, 1.0, sound, wav_sizes=sizes)
    return hashlib.sha256(body).hexdigest()[:16]


@pytest.mark.parametrize("sound", CELLS, ids=name)
def test_the_bytes_stay_what_they_are(sound: AudioFormat) -> None:
    assert digest(sound) == GOLDEN[name(sound)]


def test_no_cell_is_left_out() -> None:
    assert {sound.encoding for sound in CELLS} == set(OUTPUTS)
    assert list(GOLDEN) == [name(sound) for sound in CELLS]
    assert len(set(GOLDEN.values())) == len(GOLDEN) - 1, "opus below 8000 bit/s sounds like 8000"


def test_a_wav_header_announces_the_size_that_was_asked() -> None:
    streamed = render(SENTENCE, VOICE, 1.0, WAV)
    exact = render(SENTENCE, VOICE, 1.0, WAV, wav_sizes="exact")
    assert streamed[40:44] == bytes.fromhex("0000ff7f")
    assert int.from_bytes(exact[40:44], "little") == len(exact) - 44
    assert streamed[44:] == exact[44:] == render(SENTENCE, VOICE, 1.0, RAW)


def test_equal_requests_have_equal_bytes() -> None:
    assert render("Once more", VOICE, 1, MP3) == render("Once more", VOICE, 1.0, MP3)


def test_text_voice_and_speed_are_heard() -> None:
    bodies = {
        render(SENTENCE, VOICE, 1.0, MP3),
        render(SENTENCE.lower(), VOICE, 1.0, MP3),
        render(SENTENCE, "aura-2-apollo-en", 1.0, MP3),
        render(SENTENCE, VOICE, 1.001, MP3),
    }
    assert len(bodies) == 4
    assert len({len(body) for body in bodies}) == 1


@pytest.mark.parametrize(
    ("sound", "size"),
    [
        (MP3, 0),
        (AudioFormat(Encoding.AAC, Container.NONE, 22050, 48000), 0),
        (RAW, 0),
        (WAV, 44),
        (AudioFormat(Encoding.ALAW, Container.WAV, 8000, None), 58),
        (AudioFormat(Encoding.FLAC, Container.NONE, 48000, None), 42),
        (AudioFormat(Encoding.OPUS, Container.OGG, 48000, 12000), 99),
    ],
    ids=lambda value: name(value) if isinstance(value, AudioFormat) else str(value),
)
def test_a_text_that_cannot_be_spoken_gives_headers_at_most(sound: AudioFormat, size: int) -> None:
    assert len(render("...", VOICE, 1.0, sound)) == size


def test_a_duration_is_in_nanoseconds_and_whole_symbols() -> None:
    assert duration(SENTENCE, 1.0) == 2_880_000_000
    assert duration(SENTENCE, 1.5) == 1_920_000_000
    assert duration("", 1.0) == 0


@given(st.text(min_size=1, max_size=200), st.floats(0.7, 1.5))
def test_samples_last_as_long_as_the_duration_says(text: str, speed: float) -> None:
    samples = len(render(text, VOICE, speed, RAW)) // 2
    assert samples * SECOND == duration(text, speed) * RAW.sample_rate


def test_an_encoding_is_imported_with_its_first_request() -> None:
    look = "import sys, ringback.audio.render; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    ours = {found for found in done.stdout.split() if found.startswith("ringback.audio.")}
    assert ours == {
        f"ringback.audio.{module}"
        for module in ("checksum", "fingerprint", "pace", "render", "spelling", "symbols")
    }


@pytest.mark.parametrize("sizes", ["streamed", "exact"])
def test_samples_from_elsewhere_are_encoded_and_contained_alike(sizes: WavSizes) -> None:
    bare = AudioFormat(Encoding.LINEAR16, Container.NONE, 8000, None)
    samples = render(SENTENCE, VOICE, 1.0, bare)
    for encoding in (Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW):
        for container in (Container.WAV, Container.NONE):
            sound = AudioFormat(encoding, container, 8000, None)
            ours = render(SENTENCE, VOICE, 1.0, sound, wav_sizes=sizes)
            assert dressed(samples, sound, sizes) == ours
