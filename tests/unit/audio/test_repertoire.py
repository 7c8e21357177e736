"""Among the requests of an emulator, the one is found that a body of audio answers."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio import g711
from ringback.audio.fingerprint import fingerprint
from ringback.audio.render import render
from ringback.audio.repertoire import Identified, Repertoire
from ringback.audio.wav import parse
from ringback.core.request.editions import V1
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.speak import SpeakRequest
from tests.assets.audio_cells import CELLS, SENTENCE, name
from tests.assets.treatments import louder, noisy, resampled, values_of, written

WAV = AudioFormat(Encoding.LINEAR16, Container.WAV, 24000, None)
RAW = AudioFormat(Encoding.LINEAR16, Container.NONE, 16000, None)
MP3 = AudioFormat(Encoding.MP3, Container.NONE, 22050, 48000)
FLAC = AudioFormat(Encoding.FLAC, Container.NONE, 16000, None)
OPUS = AudioFormat(Encoding.OPUS, Container.OGG, 48000, 12000)
AAC = AudioFormat(Encoding.AAC, Container.NONE, 22050, 48000)
MULAW = AudioFormat(Encoding.MULAW, Container.NONE, 8000, None)
ALAW = AudioFormat(Encoding.ALAW, Container.WAV, 8000, None)

SERVED = pytest.mark.parametrize("sound", [RAW, MULAW, ALAW, MP3, OPUS, FLAC, AAC], ids=name)
VOICE = V1.voices["aura-2-thalia-en"]


def asked(text: str = SENTENCE, sound: AudioFormat = WAV, speed: float = 1.0) -> SpeakRequest:
    return SpeakRequest(text, VOICE, sound, speed)


def audio(request: SpeakRequest) -> bytes:
    return render(request.spoken, request.voice.name, request.speed, request.sound)


def of(*requests: SpeakRequest) -> Repertoire:
    """A repertoire in which the ids are the places of *requests*, from 0."""
    repertoire = Repertoire(audio)
    for number, request in enumerate(requests):
        repertoire.add(str(number), request)
    return repertoire


# -- as served -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sound", CELLS, ids=name)
def test_what_was_served_is_known_by_its_bytes(sound: AudioFormat) -> None:
    requests = [asked("Another text, which is as long.", sound), asked(sound=sound), asked("Hello")]
    found = of(*requests).identify(audio(requests[1]))
    assert found == Identified(requests[1], ("1",), complete=True, how="bytes")


@SERVED
def test_a_body_is_known_and_incomplete_wherever_it_was_cut_after_its_first_symbols(
    sound: AudioFormat,
) -> None:
    request = asked("Hello, how are you?", sound)
    repertoire = of(request)
    body = audio(request)
    sizes = [*range(1, len(body), max(len(body) // 150, 1)), len(body) - 1]
    found = {size: repertoire.identify(body[:size]) for size in sizes}
    least = min(size for size in sizes if found[size])
    # Five of its fifteen symbols are needed, and what its container begins with.
    assert 0.3 < least / len(body) < 0.42
    for size in sizes:
        cut = Identified(request, ("0",), complete=False, how="bytes")
        assert found[size] == (cut if size >= least else None), size


@given(st.data())
def test_half_a_body_is_known_among_many(data: st.DataObject) -> None:
    requests = [
        asked(f"{text} and so on and on", sound)
        for text in ("one", "two", "three")
        for sound in (RAW, MULAW, MP3, OPUS, FLAC, AAC)
    ]
    request = data.draw(st.sampled_from(requests))
    body = audio(request)
    found = of(*requests).identify(body[: data.draw(st.integers(len(body) // 2, len(body)))])
    assert found is not None
    assert found.request == request
    assert len(found.request_ids) == 1


def test_equal_requests_answer_for_each_other() -> None:
    found = of(asked(), asked("Hello"), asked()).identify(audio(asked()))
    assert found == Identified(asked(), ("0", "2"), complete=True, how="bytes")


def test_a_piece_too_short_to_tell_is_nobodys() -> None:
    requests = [asked("Hello", RAW), asked("Hullo", RAW), asked("Hello", MULAW)]
    assert of(*requests).identify(audio(requests[0])[:2560]) is None


def test_a_short_sound_is_not_taken_for_a_piece_of_a_longer_one() -> None:
    long, short = (asked(text, RAW) for text in begin_alike()[::-1])
    piece = audio(long)[: len(audio(short))]
    found = of(short, long).identify(piece)
    assert found == Identified(long, ("1",), complete=False, how="bytes")


@SERVED
def test_an_answer_without_sound_is_nobodys(sound: AudioFormat) -> None:
    silent = asked("...", sound)
    assert of(asked(sound=sound), silent).identify(audio(silent)) is None


def test_speech_without_sound_is_nobodys() -> None:
    repertoire = Repertoire(audio, is_spoken=lambda request: True)
    repertoire.add("0", asked("..."))
    assert repertoire.identify(audio(asked("..."))) is None


@SERVED
@pytest.mark.parametrize("text", ["a", "No"])
def test_a_very_short_answer_is_known_by_all_of_its_bytes(sound: AudioFormat, text: str) -> None:
    request = asked(text, sound)
    repertoire = of(asked(sound=sound), request)
    assert repertoire.identify(audio(request)) == Identified(request, ("1",), True, "bytes")
    assert repertoire.identify(audio(request)[:-1]) is None


@pytest.mark.parametrize("taken", [bytearray, memoryview, lambda body: memoryview(body).cast("h")])
def test_whatever_has_bytes_can_be_asked_about(taken: Callable[[bytes], bytearray]) -> None:
    request = asked(sound=RAW)
    found = of(request).identify(taken(audio(request)))
    assert found == Identified(request, ("0",), complete=True, how="bytes")


@pytest.mark.parametrize("no_bytes", ["RIFF", 5, None])
def test_what_has_no_bytes_is_refused(no_bytes: Any) -> None:
    with pytest.raises(TypeError):
        of().identify(no_bytes)


def test_what_was_read_is_compared_with_its_own_request_only() -> None:
    rendered: list[SpeakRequest] = []

    def render_(request: SpeakRequest) -> bytes:
        rendered.append(request)
        return audio(request)

    requests = [asked("Hello"), asked(), asked(sound=MP3)]
    repertoire = Repertoire(render_)
    for number, request in enumerate(requests):
        repertoire.add(str(number), request)
    assert repertoire.identify(os.urandom(2000)) is None
    assert rendered == []
    assert repertoire.identify(audio(requests[1])) is not None
    assert rendered == [requests[1]]


# -- several in one body ---------------------------------------------------------------------------


@SERVED
def test_answers_that_follow_each_other_are_known_one_by_one(sound: AudioFormat) -> None:
    first, second, third = (asked(text, sound) for text in (SENTENCE, "Hello", "Goodbye, then."))
    repertoire = of(first, second, third)
    body = b"".join(map(audio, (first, second, third)))
    whole = Identified(first, ("0", "1", "2"), True, "bytes", (second, third))
    assert repertoire.identify(body) == whole
    cut = Identified(first, ("0", "1", "2"), False, "bytes", (second, third))
    assert repertoire.identify(body[:-1]) == cut


def test_samples_that_follow_each_other_are_known_in_a_file_of_the_applications() -> None:
    first, second = asked(sound=RAW), asked("Hello", RAW)
    repertoire = of(first, second)
    samples = audio(first) + audio(second)
    whole = Identified(first, ("0", "1"), True, "frames", (second,))
    assert repertoire.identify(written(samples, 16000)) == whole
    cut = Identified(first, ("0", "1"), False, "frames", (second,))
    assert repertoire.identify(written(samples[:-2560], 16000)) == cut


def test_what_follows_and_is_nobodys_is_left_out() -> None:
    first, strange = asked(sound=RAW), asked("Hullo", RAW)
    found = of(first).identify(audio(first) + audio(strange))
    assert found == Identified(first, ("0",), complete=True, how="frames")


# -- by its frames ---------------------------------------------------------------------------------


def test_an_answer_with_something_after_it_is_known_by_its_frames() -> None:
    request = asked(sound=MP3)
    found = of(request).identify(audio(request) + b"TAG" + bytes(125))
    assert found == Identified(request, ("0",), complete=True, how="frames")


def test_frames_tell_in_which_encoding_the_audio_left() -> None:
    requests = [asked(sound=MP3), asked(sound=RAW)]
    found = of(*requests).identify(written(audio(requests[1]), 16000))
    assert found == Identified(requests[1], ("1",), complete=True, how="frames")


def test_samples_that_the_application_compressed_are_known_by_their_frames() -> None:
    request = asked(sound=AudioFormat(Encoding.LINEAR16, Container.NONE, 8000, None))
    compressed = bytes(map(g711.to_mulaw, values_of(audio(request))))
    found = of(request).identify(compressed)
    assert found == Identified(request, ("0",), complete=True, how="frames")


# -- by ear ----------------------------------------------------------------------------------------


def samples(request: SpeakRequest) -> bytes:
    file = parse(audio(request))
    assert file is not None
    return file.samples


def telephoned(original: bytes, law: Encoding) -> bytes:
    compress = {Encoding.MULAW: g711.to_mulaw, Encoding.ALAW: g711.to_alaw}[law]
    line = values_of(resampled(original, 24000, 8000))
    return g711.linear(bytes(map(compress, line)), law)


TREATMENTS: dict[str, Callable[[bytes], bytes]] = {
    "at 8000 Hz": lambda heard: written(louder(resampled(heard, 24000, 8000), 0.9), 8000),
    "at 16000 Hz": lambda heard: written(resampled(heard, 24000, 16000), 16000),
    "at 44100 Hz": lambda heard: written(resampled(heard, 24000, 44100), 44100),
    "stereo": lambda heard: written(heard, 24000, channels=2),
    "softer": lambda heard: written(louder(heard, 0.05), 24000),
    "clipped": lambda heard: written(louder(heard, 6), 24000),
    "noisy": lambda heard: written(noisy(heard, 2000), 24000),
    "over a mu-law line": lambda heard: written(telephoned(heard, Encoding.MULAW), 8000),
    "over an A-law line": lambda heard: written(telephoned(heard, Encoding.ALAW), 8000),
    "with silence around": lambda heard: written(bytes(4000) + heard + bytes(4000), 24000),
}


@pytest.mark.parametrize("text", [SENTENCE, "Hello"])
@pytest.mark.parametrize("treatment", TREATMENTS)
def test_converted_samples_are_known_by_ear(text: str, treatment: str) -> None:
    request = asked(text)
    body = TREATMENTS[treatment](samples(request))
    found = of(asked("Another, then"), request).identify(body)
    assert found == Identified(request, ("1",), complete=True, how="ear")


@pytest.mark.parametrize("text", [SENTENCE, "How do you do?"])
def test_half_of_converted_samples_is_known_and_incomplete(text: str) -> None:
    request = asked(text)
    converted = resampled(samples(request), 24000, 16000)
    half = converted[: len(converted) // 4 * 2]
    found = of(asked("Another, then"), request).identify(written(half, 16000))
    assert found == Identified(request, ("1",), complete=False, how="ear")


def test_bare_samples_are_known_if_their_rate_is_given() -> None:
    request = asked()
    bare = resampled(samples(request), 24000, 11025)
    assert of(request).identify(bare) is None
    for rate in (11025, 11025.0):
        found = of(request).identify(bare, sample_rate=rate)
        assert found == Identified(request, ("0",), complete=True, how="ear")


@pytest.mark.parametrize("rate", [0, -8000, 11025.5, float("nan"), float("inf")])
def test_a_rate_is_a_whole_number_above_zero(rate: float) -> None:
    with pytest.raises(ValueError, match="whole number of hertz"):
        of().identify(b"", sample_rate=rate)


def test_an_ear_cannot_tell_in_which_encoding_the_audio_left() -> None:
    requests = [asked(sound=MP3), asked(sound=RAW)]
    found = of(*requests).identify(written(louder(audio(requests[1]), 0.5), 16000))
    assert found == Identified(requests[0], ("0", "1"), complete=True, how="ear")


def begin_alike() -> tuple[str, str]:
    """A short text and a long one whose sounds are equal up to the short one's end."""
    short, long = "Hello", "The order with the number 62015 is on its way."
    first, second = (fingerprint(text, VOICE.name, 1.0) >> 32 for text in (short, long))
    assert first == second
    return short, long


@pytest.mark.parametrize("loudness", [1, 0.5])
def test_a_short_sound_is_not_taken_for_the_beginning_of_a_longer_one(loudness: float) -> None:
    short, long = (asked(text, RAW) for text in begin_alike())
    body = written(louder(audio(short), loudness), 16000)
    found = of(long, short).identify(body)
    assert found is not None
    assert (found.request_ids, found.complete) == (("1",), True)


def test_what_lost_20_seconds_is_not_complete() -> None:
    request = asked("word " * 150)
    symbol = 2 * 80 * 8
    # The length that a sound says is that of its symbols modulo 256, the silent one included.
    lost = 257 * symbol
    heard = louder(resampled(samples(request), 24000, 8000), 0.9)
    assert of(request).identify(written(heard, 8000)) == Identified(request, ("0",), True, "ear")
    found = of(request).identify(written(heard[:-lost], 8000))
    assert found == Identified(request, ("0",), complete=False, how="ear")


# -- nobody's --------------------------------------------------------------------------------------


@SERVED
@pytest.mark.parametrize("text", [SENTENCE, "Howdy"])
def test_what_nobody_asked_for_is_nobodys(sound: AudioFormat, text: str) -> None:
    body = audio(asked(text, sound))
    assert of(asked("Hello", sound), asked("Hello", WAV)).identify(body) is None


def test_converted_audio_that_nobody_asked_for_is_nobodys() -> None:
    body = written(louder(samples(asked()), 0.5), 24000)
    assert of(asked("Hello")).identify(body) is None


@given(st.binary(max_size=3000))
def test_other_bytes_are_nobodys(body: bytes) -> None:
    repertoire = of(asked("Hello", MULAW), asked(sound=MP3))
    assert repertoire.identify(b"no " + body) is None


def test_nothing_is_nobodys() -> None:
    assert of(asked()).identify(b"") is None
    assert of().identify(audio(asked())) is None
    assert of(asked("...", MP3)).identify(b"") is None
