"""Controls inside a text: which voices obey them, and which they refuse."""

import json

import pytest

from ringback.core.request.controls import read_script
from ringback.core.request.script import Script
from ringback.core.request.voices import AURA, FLUX, Voice

THALIA = AURA["aura-2-thalia-en"]
ALVARO = AURA["aura-2-alvaro-es"]
KIT = FLUX["flux-kit-en"]
OBEYING = pytest.mark.parametrize("voice", [THALIA, ALVARO, KIT], ids=lambda voice: voice.name)
HALF_A_SECOND = r"\{pause:500ms\}"


def control(word: str, ipa: str) -> str:
    """A pronunciation, as it is written into a text."""
    document = json.dumps({"word": word, "pronounce": ipa}, ensure_ascii=False)
    return "\\" + document[:-1] + "\\}"


@pytest.mark.rule("pronunciations", "flux-pronunciations")
@OBEYING
def test_a_word_is_spoken_and_its_pronunciation_is_not(voice: Voice) -> None:
    text = f"Take {control('tomato', 'təmetoʊ')} and {control('basil', 'bæzəl')}."
    assert read_script(text, voice) == Script("Take tomato and basil.", 2)


@pytest.mark.parametrize(
    "voice", [AURA["aura-zeus-en"], AURA["aura-2-elara-de"]], ids=lambda voice: voice.name
)
def test_other_voices_speak_what_is_written(voice: Voice) -> None:
    text = control("tomato", "təmetoʊ") + HALF_A_SECOND
    assert read_script(text, voice) == Script(text)


@OBEYING
@pytest.mark.parametrize("text", ["plain", "{}", r"\{", r"\{a\}", r'\{"word":"a"\}'])
def test_what_is_no_control_is_spoken(voice: Voice, text: str) -> None:
    assert read_script(text, voice) == Script(text)


@pytest.mark.rule("flux-pauses")
def test_aura_speaks_a_pause_as_it_is_written() -> None:
    assert read_script(f"One {HALF_A_SECOND} two", THALIA) == Script(f"One {HALF_A_SECOND} two")
