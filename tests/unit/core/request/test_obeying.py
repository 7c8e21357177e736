"""Which controls a voice obeys, and which it refuses: in a request, and in a turn of a stream."""

# ruff: noqa: RUF001 - IPA has letters like those of others

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.controls import read_script
from ringback.core.request.obeying import obeyed_on_a_stream
from ringback.core.request.script import Script, Silence
from ringback.core.request.voices import AURA, FLUX, Voice
from tests.unit.core.request.test_controls import HALF_A_SECOND, control

THALIA = AURA["aura-2-thalia-en"]
KIT = FLUX["flux-kit-en"]


def refused(text: str, voice: Voice = KIT, speed: float = 1.0) -> tuple[int, str]:
    """Status and code of the refusal of *text*."""
    rejection = read_script(text, voice, speed)
    assert isinstance(rejection, Rejection), rejection
    return rejection.status, rejection.code


@pytest.mark.rule("pronunciations", "flux-pronunciations")
@pytest.mark.parametrize(
    ("voice", "code"),
    [(THALIA, "pronunciation_invalid"), (KIT, "PRONUNCIATIONS_LIMIT_EXCEEDED")],
)
def test_a_request_has_up_to_500_pronunciations(voice: Voice, code: str) -> None:
    assert read_script(control("a", "b") * 500, voice) == Script("a" * 500, 500)
    assert refused(control("a", "b") * 501, voice) == (400, code)


@pytest.mark.rule("pronunciations", "flux-pronunciations")
@pytest.mark.parametrize(
    ("voice", "code"), [(THALIA, "pronunciation_invalid"), (KIT, "PRONUNCIATION_TOO_LONG")]
)
@pytest.mark.parametrize(
    ("word", "longest"), [("a", 15), ("ab", 20), ("abcdefghijkl", 120), ("x" * 13, 128)]
)
def test_a_pronunciation_has_up_to_ten_times_the_length_of_its_word(
    voice: Voice, code: str, word: str, longest: int
) -> None:
    assert read_script(control(word, "ə" * longest), voice) == Script(word, 1)
    rejection = read_script(control(word, "ə" * (longest + 1)), voice)
    assert isinstance(rejection, Rejection)
    assert (rejection.code, rejection.message) == (code, f"Invalid IPA notation for '{word}'")


@pytest.mark.rule("pronunciation-warnings")
def test_a_doubtful_pronunciation_is_applied_and_noted() -> None:
    text = f"{control('a', 'ə5')} {control('b', 'ˈbi')} {control('c', '5ː')} {control('d', 'di')}"
    on_flux = Script("a b c d", 4, warnings=("PRON-001", "PRON-002"), doubtful=2)
    on_aura = Script("a b c d", 4, warnings=("PRON-001", "PRON-008", "PRON-002"), doubtful=3)
    assert (read_script(text, KIT), read_script(text, THALIA)) == (on_flux, on_aura)


# -- pauses ----------------------------------------------------------------------------------------


@pytest.mark.rule("flux-pauses")
def test_a_pause_is_a_silence_and_not_spoken() -> None:
    text = r"\{pause:0.5s\}One\{pause:3000\} two {pause:{duration_ms:700}}."
    silences = (Silence(0, 500), Silence(3, 3000), Silence(8, 700))
    assert read_script(text, KIT) == Script("One two .", 0, silences)


@pytest.mark.rule("flux-pauses")
@pytest.mark.parametrize(
    ("marker", "code"),
    [
        (r"\{pause:400ms\}", "BREAK_OUT_OF_RANGE"),
        (r"\{pause:0\}", "BREAK_OUT_OF_RANGE"),
        (r"\{pause:3.1s\}", "BREAK_OUT_OF_RANGE"),
        ("{pause:{duration_ms:99999}}", "BREAK_OUT_OF_RANGE"),
        (r"\{pause:550ms\}", "BREAK_INCREMENT_INVALID"),
        (r"\{pause:1.55s\}", "BREAK_INCREMENT_INVALID"),
        (r"\{pause:500.5ms\}", "BREAK_INCREMENT_INVALID"),
        ("{pause:800ms}", "BREAK_SYNTAX_INVALID"),
        (r"\{pause:{duration_ms:500}\}", "BREAK_SYNTAX_INVALID"),
        (r"\{pause:soon\}", "BREAK_SYNTAX_INVALID"),
        (f"{HALF_A_SECOND}{HALF_A_SECOND}", "BREAKS_LIMIT_EXCEEDED"),
        (f"{HALF_A_SECOND} \n {HALF_A_SECOND}", "BREAKS_LIMIT_EXCEEDED"),
        (f"a {HALF_A_SECOND} " * 9, "BREAKS_LIMIT_EXCEEDED"),
    ],
)
def test_a_pause_that_is_wrong_is_refused_by_a_code_of_its_own(marker: str, code: str) -> None:
    assert refused(f"One {marker} two") == (400, code)


@pytest.mark.rule("flux-pauses")
def test_a_request_has_up_to_eight_pauses() -> None:
    script = read_script(f"a {HALF_A_SECOND} " * 8, KIT)
    assert isinstance(script, Script)
    assert len(script.silences) == 8


@pytest.mark.rule("flux-combinations")
@pytest.mark.parametrize("speed", [0.5, 1.0, 1.1, 1.15])
def test_a_pause_goes_with_a_speed_of_up_to_1_15(speed: float) -> None:
    assert isinstance(read_script(f"One {HALF_A_SECOND} two", KIT, speed), Script)


@pytest.mark.rule("flux-combinations")
@pytest.mark.parametrize("speed", [1.2, 1.5])
def test_a_pause_goes_with_no_higher_speed(speed: float) -> None:
    text = f"One {HALF_A_SECOND} two"
    assert refused(text, KIT, speed) == (400, "PAUSE_SPEED_CAP_EXCEEDED")


@pytest.mark.rule("flux-combinations")
@pytest.mark.parametrize(
    ("text", "speed"),
    [
        (control("a", "b"), 0.95),
        (control("a", "b"), 1.05),
        (control("a", "b") + HALF_A_SECOND, 1.0),
        (control("a", "b") + HALF_A_SECOND, 1.5),
    ],
)
def test_a_pronunciation_goes_with_no_pause_and_no_speed(text: str, speed: float) -> None:
    assert refused(text, KIT, speed) == (400, "CONTROL_COMBINATION_INVALID")


@pytest.mark.rule("flux-combinations")
def test_on_aura_a_pronunciation_goes_with_any_speed() -> None:
    assert read_script(control("a", "b"), THALIA, 0.8) == Script("a", 1)


# -- on a stream -----------------------------------------------------------------------------------


@pytest.mark.rule("stream-v2-pronunciations")
def test_a_turn_obeys_its_pronunciations() -> None:
    text = f"Take {control('basil', 'bæzəl')} twice."
    assert obeyed_on_a_stream(text, KIT) == (Script("Take basil twice.", 1), ())


@pytest.mark.rule("stream-v2-pronunciations")
def test_a_doubtful_pronunciation_is_applied_and_warned_of() -> None:
    script, codes = obeyed_on_a_stream(control("a", "5") + control("b", "6"), KIT)
    assert (script.spoken, script.pronunciations, script.doubtful) == ("ab", 2, 2)
    assert codes == ("PRONUNCIATION_WARNINGS",)


@pytest.mark.rule("stream-v2-pronunciations")
def test_one_that_is_too_long_is_dropped_and_its_word_spoken() -> None:
    script, codes = obeyed_on_a_stream(control("a", "b" * 16) + control("c", "d"), KIT)
    assert (script.spoken, script.pronunciations, script.doubtful) == ("ac", 1, 1)
    assert codes == ("PRONUNCIATION_TOO_LONG",)


@pytest.mark.rule("stream-v2-pronunciations")
def test_of_those_beyond_the_limit_the_words_are_dropped_too() -> None:
    script, codes = obeyed_on_a_stream(control("a", "b") * 502 + "!", KIT)
    assert (script.spoken, script.pronunciations) == ("a" * 500 + "!", 500)
    assert codes == ("PRONUNCIATIONS_LIMIT_EXCEEDED",)
