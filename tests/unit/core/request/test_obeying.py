"""What a stream makes of the controls in a turn."""

import pytest

from ringback.core.request.obeying import obeyed_on_a_stream
from ringback.core.request.script import Script
from ringback.core.request.voices import FLUX
from tests.unit.core.request.test_controls import control

KIT = FLUX["flux-kit-en"]


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
