"""Controls inside a text."""

import json

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.controls import Script, read_script
from ringback.core.request.voices import AURA, FLUX, Voice

THALIA = AURA["aura-2-thalia-en"]
ALVARO = AURA["aura-2-alvaro-es"]


def control(word: str, ipa: str) -> str:
    """A pronunciation, as it is written into a text."""
    return "\\" + json.dumps({"word": word, "pronounce": ipa}, ensure_ascii=False)


@pytest.mark.rule("pronunciations")
@pytest.mark.parametrize("voice", [THALIA, ALVARO], ids=lambda voice: voice.name)
def test_a_word_is_spoken_and_its_pronunciation_is_not(voice: Voice) -> None:
    text = f"Take {control('tomato', 'təmetoʊ')} and {control('basil', 'bæzəl')}."
    assert read_script(text, voice) == Script("Take tomato and basil.", 2)


@pytest.mark.parametrize(
    "voice",
    [AURA["aura-zeus-en"], AURA["aura-2-elara-de"], FLUX["flux-kit-en"]],
    ids=lambda voice: voice.name,
)
def test_other_voices_speak_what_is_written(voice: Voice) -> None:
    text = control("tomato", "təmetoʊ")
    assert read_script(text, voice) == Script(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a \\ backslash",
        "{}",
        "\\{",
        "\\{}",
        "\\{a}",
        '\\{"word":"a"}',
        '\\{"word":"","pronounce":"a"}',
        '\\{"word":"a","pronounce":""}',
        '\\{"word":"a","pronounce":1}',
        '\\{"word":"a","pronounce":"b","x":1}',
        "\\{" + '"a":[' * 500,
        '\\{"word":"\\ud800","pronounce":"a"}',
        '\\{"word":"a","pronounce":"\\udc00"}',
    ],
)
def test_what_is_no_control_is_spoken(text: str) -> None:
    assert read_script(text, THALIA) == Script(text)


def test_what_is_no_control_does_not_hide_one_that_is() -> None:
    assert read_script(f"\\{{x}} {control('a', 'b')}", THALIA) == Script("\\{x} a", 1)


@pytest.mark.rule("pronunciations")
def test_a_request_has_up_to_500_pronunciations() -> None:
    assert read_script(control("a", "b") * 500, THALIA) == Script("a" * 500, 500)
    rejection = read_script(control("a", "b") * 501, THALIA)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, "500 pronunciations" in rejection.message) == (400, True)


@pytest.mark.rule("pronunciations")
@pytest.mark.parametrize(
    ("word", "longest"), [("a", 15), ("ab", 20), ("abcdefghijkl", 120), ("x" * 13, 128)]
)
def test_a_pronunciation_has_up_to_ten_times_the_length_of_its_word(
    word: str, longest: int
) -> None:
    assert read_script(control(word, "ə" * longest), THALIA) == Script(word, 1)
    rejection = read_script(control(word, "ə" * (longest + 1)), THALIA)
    assert isinstance(rejection, Rejection)
    assert word in rejection.message
