"""Audio with silences in it is known by its bytes, by its frames and by ear, whole and cut."""

import pytest

from ringback.audio.render import render
from ringback.audio.repertoire import Identified, Repertoire
from ringback.audio.spelling import lengths_in
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.script import Script, Silence
from ringback.core.request.speak import SpeakRequest
from ringback.core.request.voices import FLUX
from tests.assets.audio_cells import CELLS, name
from tests.assets.treatments import louder, noisy, values_of

KIT = FLUX["flux-kit-en"]
RAW = AudioFormat(Encoding.LINEAR16, Container.NONE, 16000, None)
LONG = "Your confirmation number is 4 7 2. Is there anything else I can help you with today?"
SHORT = "No. Yes. Or what do you say to it all?"
IN_THE_MIDDLE, TWICE = (Silence(34, 1000),), (Silence(3, 500), Silence(8, 3000))


def asked(text: str, silences: tuple[Silence, ...], sound: AudioFormat = RAW) -> SpeakRequest:
    """A request for *text* with *silences*."""
    return SpeakRequest(text, KIT, sound, script=Script(text, silences=silences))


def audio(request: SpeakRequest) -> bytes:
    """What it is answered with."""
    sound, silences = request.sound, request.silences
    return render(request.spoken, request.voice.name, request.speed, sound, silences=silences)


REQUESTS = [(LONG, IN_THE_MIDDLE), (SHORT, TWICE), (LONG, (Silence(0, 700), Silence(84, 700)))]
requests = pytest.mark.parametrize(
    ("text", "silences"), REQUESTS, ids=["middle", "short parts", "around"]
)


def of(*several: SpeakRequest) -> Repertoire:
    """All that was asked of an emulator."""
    repertoire = Repertoire(audio)
    for number, each in enumerate(several):
        repertoire.add(str(number), each)
    return repertoire


def beside(request: SpeakRequest) -> Repertoire:
    """*request*, beside the same text without silences and with others."""
    others = [asked(request.text, ()), asked(request.text, (Silence(5, 900),))]
    return of(request, *others)


@pytest.mark.rule("flux-pauses")
@pytest.mark.parametrize("sound", [each for each in CELLS if each != RAW][::3], ids=name)
@requests
def test_it_is_known_by_its_bytes(
    text: str, silences: tuple[Silence, ...], sound: AudioFormat
) -> None:
    request = asked(text, silences, sound)
    repertoire = beside(request)
    body = audio(request)
    assert repertoire.identify(body) == Identified(request, ("0",), complete=True, how="bytes")
    cut = repertoire.identify(body[: len(body) * 7 // 8])
    assert cut is not None
    assert (cut.request, cut.complete, cut.how) == (request, False, "bytes")


@pytest.mark.rule("flux-pauses")
@requests
def test_it_is_known_by_ear_as_one_answer(text: str, silences: tuple[Silence, ...]) -> None:
    request = asked(text, silences)
    changed = louder(audio(request), 0.5)
    assert beside(request).identify(changed, RAW.sample_rate) == Identified(
        request, ("0",), complete=True, how="ear"
    )


@requests
def test_by_ear_it_is_not_whole_where_its_last_sound_is_missing(
    text: str, silences: tuple[Silence, ...]
) -> None:
    request = asked(text, silences)
    body = louder(audio(request), 0.5)
    found = beside(request).identify(body[: len(body) * 2 // 3], RAW.sample_rate)
    assert found is not None
    assert (found.request, found.complete, found.followed_by) == (request, False, ())


def test_by_ear_it_is_not_whole_where_its_first_sound_is_missing() -> None:
    request = asked(LONG, IN_THE_MIDDLE)
    body = louder(audio(request), 0.5)
    found = beside(request).identify(body[len(body) // 2 :], RAW.sample_rate)
    assert found is not None
    assert (found.request, found.complete) == (request, False)


def test_two_such_answers_in_one_body_are_two() -> None:
    first, second = asked(LONG, IN_THE_MIDDLE), asked(SHORT, TWICE)
    body = louder(audio(first) + audio(second) + audio(first), 0.5)
    found = of(first, second).identify(body, RAW.sample_rate)
    assert found is not None
    assert (found.request, found.followed_by) == (first, (second, first))
    assert found.complete


def test_an_answer_that_follows_in_place_of_the_second_sound_is_another() -> None:
    first, other = asked(LONG, IN_THE_MIDDLE), asked("Something else altogether, I say.", ())
    body = audio(first)
    end_of_the_first_sound = lengths_in(LONG, 1.0, IN_THE_MIDDLE)[0] * 2 * 1280
    joined = louder(body[:end_of_the_first_sound] + bytes(32000) + audio(other), 0.5)
    found = of(first, other).identify(joined, RAW.sample_rate)
    assert found is not None
    assert (found.request, found.followed_by, found.complete) == (first, (other,), False)


def test_noise_does_it_no_harm() -> None:
    request = asked(LONG, IN_THE_MIDDLE)
    body = noisy(audio(request), 1000)
    found = beside(request).identify(body, RAW.sample_rate)
    assert found is not None
    assert found.request == request


@pytest.mark.rule("flux-pauses")
def test_nothing_sounds_during_a_silence() -> None:
    values = values_of(audio(asked(LONG, IN_THE_MIDDLE)))
    longest = run = 0
    for value in values:
        run = 0 if value else run + 1
        longest = max(longest, run)
    assert abs(longest / RAW.sample_rate - 1.0) <= 0.045
