"""The request that is named is the right one, and where there is too little to tell, it is none."""

import itertools
import math
import sys
from collections import Counter
from collections.abc import Callable

import numpy
import pytest

from ringback.audio.fingerprint import fingerprint
from ringback.audio.pace import symbols_in
from ringback.audio.render import render
from ringback.audio.repertoire import Identified, Repertoire
from ringback.audio.symbols import spell
from ringback.core.request.editions import V1
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.speak import SpeakRequest
from tests.assets.audio_cells import SENTENCE
from tests.assets.treatments import louder, noisy, resampled, samples_of, values_of, written
from tests.budgets import budget

RATE = 8000
VOICE = V1.voices["aura-2-thalia-en"]
RAW = AudioFormat(Encoding.LINEAR16, Container.NONE, RATE, None)
FORMATS = {
    Encoding.LINEAR16: RAW,
    Encoding.MULAW: AudioFormat(Encoding.MULAW, Container.NONE, RATE, None),
    Encoding.ALAW: AudioFormat(Encoding.ALAW, Container.WAV, RATE, None),
    Encoding.MP3: AudioFormat(Encoding.MP3, Container.NONE, 22050, 48000),
    Encoding.OPUS: AudioFormat(Encoding.OPUS, Container.OGG, 48000, 12000),
    Encoding.FLAC: AudioFormat(Encoding.FLAC, Container.NONE, RATE, None),
    Encoding.AAC: AudioFormat(Encoding.AAC, Container.NONE, 22050, 48000),
}
TEXTS = ("Hello", "Please hold the line.", SENTENCE)
LONG = "x" * 258
FOREIGN = ("a", "No", "Howdy", "Another text that was asked for.")

either_way = pytest.mark.usefixtures("numpy_is_there")
encodings = pytest.mark.parametrize("encoding", FORMATS)


@pytest.fixture(params=[True, False], ids=["with numpy", "without numpy"])
def numpy_is_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the application import numpy, or not."""
    if request.param:
        monkeypatch.setitem(sys.modules, "numpy", numpy)
    else:
        monkeypatch.delitem(sys.modules, "numpy")


def audio(text: str, sound: AudioFormat = RAW) -> bytes:
    return render(text, VOICE.name, 1.0, sound)


def of(*texts: str, sound: AudioFormat = RAW) -> Repertoire:
    repertoire = Repertoire(lambda request: audio(request.spoken, request.sound))
    for text in texts:
        repertoire.add(text, SpeakRequest(text, VOICE, sound))
    return repertoire


def named(found: Identified | None) -> tuple[list[str], bool]:
    """The texts that were found, and whether all of them is there."""
    if found is None:
        return [], False
    return [each.text for each in (found.request, *found.followed_by)], found.complete


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


def with_hole(samples: bytes, at: float, seconds: float) -> bytes:
    start, hole = 2 * round(at * RATE), silence(seconds)
    return (samples[:start] + hole + samples[start + len(hole) :])[: len(samples)]


def echoing(samples: bytes) -> bytes:
    """The same sound with its ends spilt, as frames of 46 ms spill them: 5 dB softer."""
    spilt = round(0.046 * RATE)
    values = [*[0] * spilt, *values_of(samples), *[0] * spilt]
    loud = range(2 * spilt, len(values) - 2 * spilt)
    last = max(at for at in loud if abs(values[at]) > 1000)
    for at in range(spilt):
        values[at] = round(0.55 * values[spilt + at % 160])
        values[last + 1 + at] = round(0.55 * values[last - 159 + at % 160])
    return samples_of(values)


TREATMENTS: dict[str, Callable[[bytes], bytes]] = {
    "as it was": lambda heard: written(heard, RATE),
    "softer": lambda heard: written(louder(heard, 0.05), RATE),
    "clipped": lambda heard: written(louder(heard, 6), RATE),
    "at 11025 Hz": lambda heard: written(resampled(heard, RATE, 11025), 11025),
    "noisy": lambda heard: written(noisy(heard, 2000), RATE),
    "in silence": lambda heard: written(silence(2) + louder(heard, 0.9) + silence(2), RATE),
    "in a noisy room": lambda heard: written(noisy(silence(1) + heard + silence(1), 60), RATE),
    "spilt": lambda heard: written(echoing(heard), RATE),
    "a hole of 20 ms": lambda heard: written(with_hole(heard, 0.1, 0.02), RATE),
}

HARMS: dict[str, Callable[[bytes], bytes]] = {
    "beginning lost": lambda heard: written(heard[2 * RATE // 10 :], RATE),
    "end lost": lambda heard: written(heard[: len(heard) // 3 * 2], RATE),
    "a hole of 0.3 s": lambda heard: written(with_hole(heard, 0.1, 0.3), RATE),
    "a hole of 60 ms": lambda heard: written(with_hole(heard, 0.17, 0.06), RATE),
    "20 ms lost": lambda heard: written(heard[:2000] + heard[2320:], RATE),
    "backwards": lambda heard: written(samples_of(values_of(heard)[::-1]), RATE),
    "too fast": lambda heard: written(heard, RATE + RATE // 5),
    "another at once": lambda heard: written(mixed(heard, audio("Howdy" * 9)), RATE),
}


def mixed(one: bytes, other: bytes) -> bytes:
    pairs = itertools.zip_longest(values_of(one), values_of(other), fillvalue=0)
    return samples_of(map(sum, pairs))


@either_way
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("treatment", TREATMENTS)
def test_a_treated_sound_is_its_own_requests_and_whole(text: str, treatment: str) -> None:
    body = TREATMENTS[treatment](audio(text))
    assert named(of(*TEXTS).identify(body)) == ([text], True)


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_sound_is_its_own_requests_or_nobodys(harm: str) -> None:
    answers = [(text, named(of(*TEXTS).identify(HARMS[harm](audio(text))))) for text in TEXTS]
    assert {text: said for text, (said, _) in answers if said not in ([], [text])} == {}
    if harm not in ("20 ms lost", "another at once"):
        assert not any(complete for _, (_, complete) in answers)


@pytest.mark.parametrize("treatment", [*TREATMENTS, *HARMS])
def test_a_foreign_sound_is_nobodys(treatment: str) -> None:
    treat = (TREATMENTS | HARMS)[treatment]
    assert [of(*TEXTS).identify(treat(audio(text))) for text in FOREIGN] == [None] * len(FOREIGN)


@encodings
def test_a_foreign_sound_of_a_character_or_two_is_nobodys_among_many(encoding: Encoding) -> None:
    sound = FORMATS[encoding]
    repertoire = of(*(f"The order with the number {number}" for number in range(300)), sound=sound)
    foreign = [repertoire.identify(audio(text, sound)) for text in ("a", "b", "c", "OK", "No")]
    assert foreign == [None] * 5


# -- what frames say, and what an ear hears --------------------------------------------------------


@pytest.mark.parametrize("contained", [True, False])
@pytest.mark.parametrize("encoding", [Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW])
def test_a_few_frames_do_not_hide_what_an_ear_hears(encoding: Encoding, contained: bool) -> None:
    container = Container.WAV if contained else Container.NONE
    sound = AudioFormat(encoding, container, RATE, None)
    body = bytearray(audio(SENTENCE, sound))
    width = 2 if encoding is Encoding.LINEAR16 else 1
    hole = slice(len(body) // 30, len(body) // 30 + width * RATE // 50)
    body[hole] = bytes([0 if encoding is Encoding.LINEAR16 else 0xD5]) * (hole.stop - hole.start)
    found = of("Hello", SENTENCE, sound=sound).identify(bytes(body))
    assert named(found) == ([SENTENCE], True)
    assert found is not None
    assert found.how == "ear"


@pytest.mark.parametrize("encoding", [Encoding.MP3, Encoding.OPUS, Encoding.FLAC, Encoding.AAC])
def test_a_few_frames_of_what_no_ear_can_hear_are_nobodys(encoding: Encoding) -> None:
    sound = FORMATS[encoding]
    body = bytearray(audio(SENTENCE, sound))
    body[len(body) // 10 :] = bytes(len(body))
    assert of("Hello", SENTENCE, sound=sound).identify(bytes(body)) is None


def test_an_ear_that_hears_no_more_leaves_it_to_the_frames() -> None:
    found = of(SENTENCE).identify(written(audio(SENTENCE)[:-3000], RATE))
    assert named(found) == ([SENTENCE], False)
    assert found is not None
    assert found.how == "frames"


def test_a_sound_with_a_hole_is_one_sound_and_not_whole() -> None:
    body = written(with_hole(audio(LONG), 6, 1.5), RATE)
    assert named(of(LONG).identify(body)) == ([LONG], False)


@pytest.mark.parametrize("treatment", ["spilt", "in silence"])
def test_what_stands_around_a_long_sound_is_no_part_of_it(treatment: str) -> None:
    body = TREATMENTS[treatment](audio(LONG))
    assert named(of(*TEXTS, LONG).identify(body)) == ([LONG], True)


# -- several sounds --------------------------------------------------------------------------------

GAPS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "nothing": lambda one, two: one + two,
    "37 ms": lambda one, two: one + silence(0.037) + two,
    "3 s": lambda one, two: one + silence(3) + two,
    "2 s of noise": lambda one, two: noisy(one + silence(2) + two, 60),
    "less than its own silence": lambda one, two: one[: -2 * RATE // 16] + two,
    "nothing, and the second is soft": lambda one, two: one + louder(two, 0.05),
    "an echo": lambda one, two: echoing(one) + echoing(two),
}

PAIRS = [(SENTENCE, "Hello"), ("Hello", SENTENCE), (SENTENCE, TEXTS[1]), (TEXTS[1], SENTENCE)]
PAIRS = PAIRS[: budget(2, 4)]


@pytest.mark.deep
@either_way
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_sounds_with_anything_between_them_are_heard_one_by_one(
    gap: str, first: str, second: str
) -> None:
    body = written(GAPS[gap](audio(first), audio(second)), RATE)
    assert named(of(*TEXTS).identify(body)) == ([first, second], True)


@pytest.mark.parametrize("gap", ["nothing", "37 ms", "2 s of noise"])
def test_sounds_that_follow_each_other_survive_a_conversion(gap: str) -> None:
    texts = [SENTENCE, "Hello", SENTENCE, TEXTS[1]]
    joined = audio(texts[0])
    for text in texts[1:]:
        joined = GAPS[gap](joined, audio(text))
    body = written(louder(resampled(joined, RATE, 11025), 0.7), 11025)
    assert named(of(*TEXTS).identify(body)) == (texts, True)


def test_bare_samples_with_something_between_them_are_heard_without_their_rate() -> None:
    body = audio(SENTENCE) + silence(0.037) + audio("Hello")
    assert named(of(*TEXTS).identify(body)) == ([SENTENCE, "Hello"], True)


def test_a_sound_and_a_foreign_one_are_that_one_sound() -> None:
    for body in (
        audio(SENTENCE) + silence(0.1) + audio(FOREIGN[3]),
        audio(FOREIGN[3]) + silence(0.1) + audio(SENTENCE),
    ):
        assert named(of(*TEXTS).identify(written(body, RATE))) == ([SENTENCE], True)


def test_a_sound_that_is_cut_off_and_followed_is_not_whole() -> None:
    body = audio(SENTENCE)[: 2 * 2 * RATE] + silence(0.2) + audio("Hello")
    assert named(of(*TEXTS).identify(written(body, RATE))) == ([SENTENCE, "Hello"], False)


def in_two_channels(left: bytes, right: bytes) -> bytes:
    pairs = itertools.zip_longest(values_of(left), values_of(right), fillvalue=0)
    body = bytearray(written(samples_of(itertools.chain.from_iterable(pairs)), RATE))
    body[22] = 2
    return bytes(body)


def test_channels_that_say_different_things_are_all_heard() -> None:
    body = in_two_channels(audio(SENTENCE), silence(0.5) + audio("Hello"))
    assert named(of(*TEXTS).identify(body)) == ([SENTENCE, "Hello"], True)
    body = in_two_channels(audio(SENTENCE), louder(audio(SENTENCE), 0.5))
    assert named(of(*TEXTS).identify(body)) == ([SENTENCE], True)


# -- all of it -------------------------------------------------------------------------------------


@pytest.mark.deep
@encodings
def test_whatever_is_cut_out_of_a_body_names_no_wrong_request(encoding: Encoding) -> None:
    sound = FORMATS[encoding]
    texts = [*TEXTS, *(f"Order {number}." for number in range(budget(8, 20)))]
    repertoire = of(*texts, sound=sound)
    said: Counter[str] = Counter()
    for text in texts:
        body = audio(text, sound)
        for start, end in itertools.product((0, 7, 100, 0.1), (1.0, 0.9, 0.3)):
            begin = start if isinstance(start, int) else math.floor(start * len(body))
            found = repertoire.identify(body[begin : math.floor(end * len(body))])
            wrong = found is not None and named(found)[0] != [text]
            said["wrong" if wrong else "none" if found is None else "right"] += 1
    assert said["wrong"] == 0
    assert said["right"] > 0


def test_the_longest_of_several_that_begin_alike_is_not_guessed() -> None:
    sound = spell(fingerprint("Hello", VOICE.name, 1.0), symbols_in("Hello", 1.0))
    assert len(sound) == 6
    alike = "The order with the number 62015 is on its way."
    body = audio("Hello")[: -2 * RATE * 80 // 1000]
    assert of("Hello", alike).identify(body) is None
    assert named(of("Hello").identify(body)) == (["Hello"], False)
