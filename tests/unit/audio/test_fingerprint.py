"""A fingerprint depends on what is asked, on nothing else, and stays what it is."""

from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.fingerprint import BITS, fingerprint

VOICE = "aura-2-thalia-en"


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    assert fingerprint("Hello", VOICE, 1.0) == 0xB2B7FEDE7786


@given(st.text(), st.floats(0.7, 1.5))
def test_a_fingerprint_fits_its_bits(text: str, speed: float) -> None:
    assert 0 <= fingerprint(text, VOICE, speed) < 1 << BITS


def test_text_voice_or_speed_makes_another_fingerprint() -> None:
    asked = {
        fingerprint("Hello", VOICE, 1.0),
        fingerprint("Hello ", VOICE, 1.0),
        fingerprint("Hello", "aura-2-apollo-en", 1.0),
        fingerprint("Hello", VOICE, 1.1),
    }
    assert len(asked) == 4


def test_a_whole_speed_is_the_same_as_an_int_and_as_a_float() -> None:
    assert fingerprint("Hello", VOICE, 1) == fingerprint("Hello", VOICE, 1.0)


def test_half_a_surrogate_pair_has_a_fingerprint() -> None:
    assert fingerprint("\ud83d", VOICE, 1.0) != fingerprint("\ude00", VOICE, 1.0)
