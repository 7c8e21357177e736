"""The voices that exist, and the ids by which answers name them."""

import uuid
from collections import Counter

import pytest

from ringback.core.request.voices import AURA, DEFAULT_VOICE, FLUX, Voice


def test_the_default_voice_is_asteria_of_the_first_generation() -> None:
    assert DEFAULT_VOICE.name == "aura-asteria-en"


def test_speak_knows_every_voice_of_the_specification_but_the_withdrawn_one() -> None:
    counts = Counter((voice.architecture, voice.name[-2:]) for voice in AURA.values())
    assert counts == {
        ("aura", "en"): 12,
        ("aura-2", "en"): 41,
        ("aura-2", "es"): 17,
        ("aura-2", "de"): 7,
        ("aura-2", "nl"): 9,
        ("aura-2", "fr"): 2,
        ("aura-2", "it"): 9,
        ("aura-2", "ja"): 5,
    }
    assert "aura-2-perseo-it" not in AURA


def test_helios_has_no_second_generation() -> None:
    assert "aura-helios-en" in AURA
    assert "aura-2-helios-en" not in AURA


def test_flux_voices_belong_to_the_other_endpoint() -> None:
    assert len(FLUX) == 36
    assert not FLUX.keys() & AURA.keys()
    assert {voice.architecture for voice in FLUX.values()} == {"flux-tts"}


@pytest.mark.parametrize("voice", [*AURA.values(), *FLUX.values()], ids=lambda voice: voice.name)
def test_a_voice_is_named_after_its_model_and_its_language(voice: Voice) -> None:
    family = {"aura": "aura", "aura-2": "aura-2", "flux-tts": "flux"}[voice.architecture]
    assert voice.name.startswith(f"{family}-")
    assert voice.name.endswith(f"-{voice.languages[0]}")
    assert voice.tags[0] in ("feminine", "masculine")
    assert voice.age
    assert voice.accent


def test_a_published_uuid_is_used_as_it_is() -> None:
    assert AURA["aura-2-thalia-en"].model_uuid == "0bb159e1-5c0a-48fb-aa29-ed7c0401f116"


def test_a_voice_without_a_published_uuid_has_one_of_its_own_that_never_changes() -> None:
    apollo = AURA["aura-2-apollo-en"]
    assert not apollo.uuid
    assert apollo.model_uuid == "150f2d9f-fd82-5aa6-abf8-8d455842d6ae"


def test_no_two_voices_share_a_uuid() -> None:
    ids = [uuid.UUID(voice.model_uuid) for voice in (*AURA.values(), *FLUX.values())]
    assert len(set(ids)) == len(ids)
