"""The text of a turn as it comes in."""

import pytest

from ringback.core.request.voices import FLUX
from ringback.core.stream.gathering import Gathering, heard_of
from tests.unit.core.request.test_controls import control

KIT = FLUX["flux-kit-en"]
BASIL = control("basil", "bæzəl")


def gathered(*pieces: str) -> Gathering:
    """A turn of which so many *pieces* have come."""
    gathering = Gathering(KIT)
    for piece in pieces:
        gathering.add(piece)
    return gathering


def test_a_text_is_put_together_of_its_pieces() -> None:
    gathering = gathered("One ", "two")
    assert (gathering.text, gathering.length) == ("One two", 7)
    gathering.add(" three")
    assert (gathering.text, gathering.length) == ("One two three", 13)
    assert (gathering.has_pause, gathering.has_pronunciation) == (False, False)


@pytest.mark.rule("stream-v2-combinations")
@pytest.mark.parametrize("cut", range(len(BASIL) + 1))
def test_a_pronunciation_is_seen_with_its_last_piece(cut: int) -> None:
    gathering = gathered("Take ", BASIL[:cut])
    assert gathering.has_pronunciation == (cut == len(BASIL))
    gathering.add(BASIL[cut:] + " twice.")
    assert gathering.has_pronunciation
    gathering.add("And so on.")
    assert gathering.has_pronunciation


@pytest.mark.rule("stream-v2-pauses")
@pytest.mark.parametrize("pause", [r"\{pause:1s\}", "{pause:{duration_ms:500}}"])
@pytest.mark.parametrize("before", ["", r"\{", r'\{"word": "', "}"])
def test_a_pause_is_seen_however_it_is_cut(pause: str, before: str) -> None:
    for cut in range(len(pause)):
        assert gathered(before, pause[:cut], pause[cut:], "more").has_pause


def test_half_a_marker_is_not_waited_for_for_ever() -> None:
    gathering = gathered(BASIL[:10], "x" * 2000, BASIL[10:])
    assert not gathering.has_pronunciation


@pytest.mark.rule("stream-v2-pronunciations")
def test_what_is_heard_has_its_controls_obeyed() -> None:
    script, codes = heard_of(f"Take {BASIL}.", KIT)
    assert (script.spoken, script.pronunciations, codes) == ("Take basil.", 1, ())
    assert heard_of("Hello", KIT)[0].spoken == "Hello"
