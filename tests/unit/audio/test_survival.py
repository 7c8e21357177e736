"""What other programs make of an answer is still its own request's: copied, encoded anew, joined.

These need ffmpeg.
"""

import subprocess
from functools import cache
from pathlib import Path

import pytest

from ringback.audio.render import render
from ringback.audio.repertoire import Repertoire
from ringback.core.request.editions import V1
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.speak import SpeakRequest
from tests.assets.audio_cells import CELLS, SENTENCE, VOICE, name

pytestmark = pytest.mark.needs_tool

TEXTS = ("Hello", SENTENCE, "x" * 258)
OTHERS = ("Howdy", "Another text that was asked for.", "x" * 257)
SOUNDS = [
    next(sound for sound in CELLS if sound.encoding is encoding and sound.container is container)
    for encoding, container in (
        (Encoding.LINEAR16, Container.WAV),
        (Encoding.MULAW, Container.WAV),
        (Encoding.ALAW, Container.WAV),
        (Encoding.MP3, Container.NONE),
        (Encoding.OPUS, Container.OGG),
        (Encoding.FLAC, Container.NONE),
        (Encoding.AAC, Container.NONE),
    )
]
sounds = pytest.mark.parametrize("sound", SOUNDS, ids=name)

TRIMMED = "silenceremove=start_periods=1:start_threshold=-40dB"
MP3_128K = ["-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"]
CHAINS: dict[str, list[list[str]]] = {
    "decoded": [],
    "mp3 at 128 kbit/s": [MP3_128K],
    "mp3 at 32 kbit/s": [["-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3"]],
    "aac at 32 kbit/s": [["-c:a", "aac", "-b:a", "32k", "-f", "adts"]],
    "aac, then mp3": [["-c:a", "aac", "-b:a", "64k", "-f", "adts"], MP3_128K],
    "opus of a call": [["-c:a", "libopus", "-b:a", "6k", "-application", "voip", "-f", "ogg"]],
    "vorbis": [["-c:a", "libvorbis", "-f", "ogg"]],
    "flac": [["-c:a", "flac", "-f", "flac"]],
    "a telephone, twice": [
        ["-filter:a", "highpass=300,lowpass=3400", "-ar", "8000", "-c:a", "pcm_mulaw", "-f", "wav"],
        ["-c:a", "pcm_alaw", "-f", "wav"],
    ],
    "silence around": [["-filter:a", "adelay=1370,apad=pad_dur=2", "-f", "wav"]],
    "silence removed": [["-filter:a", f"{TRIMMED},areverse,{TRIMMED},areverse", "-f", "wav"]],
    "echo": [["-filter:a", "aecho=0.8:0.5:40:0.3", "-f", "wav"]],
    "the extensible form": [["-ac", "2", "-channel_layout", "downmix", "-f", "wav"]],
}


def made(data: bytes, *arguments: str) -> bytes:
    command = ["ffmpeg", "-v", "error", "-i", "-", *arguments, "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


@cache
def audio(text: str, sound: AudioFormat) -> bytes:
    return render(text, VOICE, 1.0, sound, wav_sizes="exact")


def repertoire_of(sound: AudioFormat) -> Repertoire:
    repertoire = Repertoire(lambda request: audio(request.spoken, request.sound))
    for text in OTHERS + TEXTS:
        repertoire.add(text, SpeakRequest(text, V1.voices[VOICE], sound))
    return repertoire


@sounds
@pytest.mark.parametrize("chain", CHAINS)
def test_what_went_through_other_codecs_is_known_whole(sound: AudioFormat, chain: str) -> None:
    repertoire = repertoire_of(sound)
    for text in TEXTS:
        body = audio(text, sound)
        for arguments in CHAINS[chain]:
            body = made(body, *arguments)
        found = repertoire.identify(made(body, "-c:a", "pcm_s16le", "-f", "wav"))
        assert found is not None, text
        assert (found.request.text, found.complete, found.followed_by) == (text, True, ())


COPIES = {Encoding.MP3: "mp3", Encoding.FLAC: "flac", Encoding.AAC: "aac", Encoding.OPUS: "opus"}


@sounds
def test_a_copy_is_known_whole(sound: AudioFormat, tmp_path: Path) -> None:
    copy = tmp_path / f"copy.{COPIES.get(sound.encoding, 'wav')}"
    tags = ["-metadata", "title=Hello", "-id3v2_version", "4", "-write_id3v2", "1"]
    asked = tags if sound.encoding in (Encoding.MP3, Encoding.AAC) else tags[:2]
    for text in TEXTS:
        command = ["ffmpeg", "-v", "error", "-y", "-i", "-", "-c", "copy", *asked, str(copy)]
        subprocess.run(command, input=audio(text, sound), check=True)
        found = repertoire_of(sound).identify(copy.read_bytes())
        assert found is not None, text
        assert (found.request.text, found.complete, found.followed_by) == (text, True, ())


@sounds
@pytest.mark.parametrize("gap", [0.1, 1.5])
@pytest.mark.parametrize("codec", [[], MP3_128K], ids=["samples", "mp3"])
def test_answers_that_are_joined_are_heard_one_by_one(
    sound: AudioFormat, gap: float, codec: list[str]
) -> None:
    raw = ["-ar", "16000", "-ac", "1", "-f", "s16le"]
    texts = ["Hello", SENTENCE, "Howdy", SENTENCE]
    silence = bytes(2 * round(gap * 16000))
    joined = silence.join(made(audio(text, sound), *raw) for text in texts)
    source = ["-f", "s16le", "-ar", "16000", "-ac", "1"]
    command = ["ffmpeg", "-v", "error", *source, "-i", "-", *(codec or ["-f", "wav"]), "-"]
    body = subprocess.run(command, input=joined, capture_output=True, check=True).stdout
    found = repertoire_of(sound).identify(made(body, "-c:a", "pcm_s16le", "-f", "wav"))
    assert found is not None
    said = [request.text for request in (found.request, *found.followed_by)]
    assert (said, found.complete) == (texts, True)
