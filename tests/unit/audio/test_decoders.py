"""Independent decoders accept every body without a complaint and hear what it says.

They need ffmpeg. Where flac, opusinfo, mpg123, sox and faad are installed, those are asked too.
"""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from ringback.audio.fingerprint import fingerprint
from ringback.audio.hearing import read_pcm
from ringback.audio.render import duration, render
from ringback.audio.repertoire import Repertoire
from ringback.core.base.duration import SECOND
from ringback.core.request.editions import V1
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.script import Silence
from ringback.core.request.speak import SpeakRequest
from tests.assets.audio_cells import CELLS, SENTENCE, VOICE, name
from tests.assets.treatments import values_of
from tests.unit.audio.matching import matches

pytestmark = pytest.mark.needs_tool
cells = pytest.mark.parametrize("sound", CELLS, ids=name)

RAW = {Encoding.LINEAR16: "s16le", Encoding.MULAW: "mulaw", Encoding.ALAW: "alaw"}

# Bare frames of MP3 and AAC have no length to read; the service's have none either.
UNAVOIDABLE = re.compile(r"Estimating duration from bitrate|Guessed Channel Layout")


def body(sound: AudioFormat, text: str = SENTENCE, silences: tuple[Silence, ...] = ()) -> bytes:
    return render(text, VOICE, 1.0, sound, wav_sizes="exact", silences=silences)


def is_named(sound: AudioFormat) -> bool:
    """Whether the body says what it is, as bare samples do not."""
    return sound.container is not Container.NONE or sound.encoding not in RAW


def of_encoding(*encodings: Encoding) -> pytest.MarkDecorator:
    asked = [sound for sound in CELLS if sound.encoding in encodings and is_named(sound)]
    return pytest.mark.parametrize("sound", asked, ids=name)


@cache
def decoded(sound: AudioFormat, text: str = SENTENCE, silences: tuple[Silence, ...] = ()) -> bytes:
    """The samples at the rate of *sound*, from ffmpeg; none of its complaints is accepted."""
    source = ["-i", "-"]
    if sound.encoding in RAW and sound.container is Container.NONE:
        rate = ["-ar", str(sound.sample_rate), "-ac", "1"]
        source = ["-f", RAW[sound.encoding], *rate, *source]
    command = ["ffmpeg", "-v", "warning", "-xerror", *source, "-f", "s16le", "-ac", "1", "-"]
    data = body(sound, text, silences)
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    complaints = [
        line for line in done.stderr.decode().splitlines() if not UNAVOIDABLE.search(line)
    ]
    assert complaints == []
    return done.stdout


def told(command: list[str], data: bytes) -> str:
    """What a program says of *data*; the test is skipped where the program is not installed."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, input=data, capture_output=True)
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, said
    return said


@cells
def test_ffmpeg_hears_the_request_whole(sound: AudioFormat) -> None:
    (reading,) = read_pcm(decoded(sound), sound.sample_rate)
    assert reading.fingerprint == fingerprint(SENTENCE, VOICE, 1.0)
    assert reading.complete


@cells
def test_ffmpeg_hears_the_right_length_within_half_a_frame(sound: AudioFormat) -> None:
    length = len(decoded(sound)) // 2 / sound.sample_rate
    frame = {Encoding.MP3: 576, Encoding.AAC: 1024}.get(sound.encoding, 0) / sound.sample_rate
    assert abs(length - duration(SENTENCE, 1.0) / SECOND) <= frame / 2


@cells
def test_a_short_text_is_heard_too(sound: AudioFormat) -> None:
    (reading,) = read_pcm(decoded(sound, "Hello"), sound.sample_rate)
    assert matches(reading, "Hello", VOICE, 1.0)


@of_encoding(*Encoding)
def test_ffprobe_names_codec_rate_and_channels(sound: AudioFormat) -> None:
    names = {"linear16": "pcm_s16le", "mulaw": "pcm_mulaw", "alaw": "pcm_alaw"}
    entries = "stream=codec_name,sample_rate,channels"
    said = told(
        ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "csv", "-"], body(sound)
    )
    codec = names.get(sound.encoding, sound.encoding)
    assert said.strip() == f"stream,{codec},{sound.sample_rate},1"


CONVERSIONS = {
    "at 8000 Hz": ["-ar", "8000"],
    "at 44100 Hz": ["-ar", "44100"],
    "stereo": ["-ac", "2"],
    "softer": ["-filter:a", "volume=-20dB"],
    "mu-law": ["-ar", "8000", "-c:a", "pcm_mulaw"],
    "A-law": ["-ar", "8000", "-c:a", "pcm_alaw"],
}


@pytest.mark.parametrize("conversion", CONVERSIONS)
@of_encoding(*Encoding)
def test_what_ffmpeg_made_of_it_is_known_by_ear(sound: AudioFormat, conversion: str) -> None:
    request = SpeakRequest(SENTENCE, V1.voices[VOICE], sound)
    repertoire = Repertoire(lambda asked: body(asked.sound, asked.text))
    repertoire.add("1", SpeakRequest("Another text that was asked for.", V1.voices[VOICE], sound))
    repertoire.add("2", request)
    command = ["ffmpeg", "-v", "error", "-i", "-", *CONVERSIONS[conversion], "-f", "wav", "-"]
    done = subprocess.run(command, input=body(sound), capture_output=True, check=True)
    found = repertoire.identify(done.stdout)
    assert found is not None
    assert (found.request, found.complete) == (request, True)


@of_encoding(Encoding.MP3)
def test_mpg123_decodes_without_a_warning(sound: AudioFormat) -> None:
    said = told(["mpg123", "-t", "-"], body(sound))
    assert f"MPEG 2.0 L III cbr{(sound.bit_rate or 0) // 1000} {sound.sample_rate} mono" in said
    assert "arning" not in said
    assert "rror" not in said


@of_encoding(Encoding.FLAC)
def test_flac_finds_every_check_and_the_digest_right(sound: AudioFormat) -> None:
    assert "ok" in told(["flac", "-t", "-"], body(sound))


@of_encoding(Encoding.OPUS)
def test_opusinfo_finds_nothing_to_complain_about(sound: AudioFormat) -> None:
    said = told(["opusinfo", "/dev/stdin"], body(sound))
    assert "WARNING" not in said
    assert "ERROR" not in said
    assert re.search(r"Playback length: 0m:02\.(879|880)s", said)


@of_encoding(Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW, Encoding.FLAC)
def test_sox_reads_it_without_a_warning(sound: AudioFormat) -> None:
    kind = "flac" if sound.encoding is Encoding.FLAC else "wav"
    assert "WARN" not in told(["sox", "-V3", "-t", kind, "-", "-n", "stat"], body(sound))


@of_encoding(Encoding.AAC)
def test_faad_decodes_every_frame(sound: AudioFormat, tmp_path: Path) -> None:
    file = tmp_path / "sound.aac"
    file.write_bytes(body(sound))
    assert "rror" not in told(["faad", "-w", "-o", "/dev/null", str(file)], b"")


@pytest.mark.rule("flux-pauses")
@cells
def test_a_silence_is_heard_for_as_long_as_it_was_asked_for(sound: AudioFormat) -> None:
    values = values_of(decoded(sound, silences=(Silence(20, 1500),)))
    longest = run = 0
    for value in values:
        run = run + 1 if abs(value) < 400 else 0
        longest = max(longest, run)
    assert abs(longest / sound.sample_rate - 1.5) <= 0.1
