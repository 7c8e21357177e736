"""The lists that voice menus and command lines ask the service for."""

import json

import pytest

from ringback.core.answer.models import key, model, models, projects
from ringback.core.request.voices import AURA, FLUX


def test_a_voice_is_listed_with_all_that_is_published_of_it() -> None:
    assert model(AURA["aura-2-thalia-en"]) == {
        "name": "thalia",
        "canonical_name": "aura-2-thalia-en",
        "architecture": "aura-2",
        "languages": ["en", "en-US"],
        "version": "2025-04-07.0",
        "uuid": "0bb159e1-5c0a-48fb-aa29-ed7c0401f116",
        "metadata": {
            "accent": "American",
            "age": "Adult",
            "color": "#000000",
            "image": "",
            "sample": "",
            "tags": ["feminine", "clear", "confident", "energetic", "enthusiastic"],
            "use_cases": ["Casual chat", "customer service", "IVR"],
            "display_name": None,
        },
    }


@pytest.mark.parametrize(
    ("canonical_name", "name"),
    [("aura-zeus-en", "zeus"), ("aura-2-ama-ja", "ama"), ("flux-kit-en", "kit")],
)
def test_a_voice_is_called_by_its_first_name(canonical_name: str, name: str) -> None:
    assert model({**AURA, **FLUX}[canonical_name])["name"] == name


def test_the_list_has_every_voice_in_its_order_and_no_speech_to_text() -> None:
    listed = models(iter(AURA.values()))
    assert [each["canonical_name"] for each in listed["tts"]] == list(AURA)
    assert listed["stt"] == []


def test_the_list_names_each_language_once() -> None:
    voices = [AURA["aura-zeus-en"], AURA["aura-2-ama-ja"], AURA["aura-luna-en"]]
    languages = models(voices)["languages"]
    assert languages == {"en": "en", "en-US": "en-US", "ja": "ja", "ja-JP": "ja-JP"}
    assert list(languages) == sorted(languages)


def test_an_emulator_has_one_project() -> None:
    assert projects("p-1") == {"projects": [{"project_id": "p-1", "name": "Ringback"}]}


def test_a_key_is_described_by_its_identifier() -> None:
    described = key("k-1", "p-1")
    assert (described["api_key_id"], described["project_id"]) == ("k-1", "p-1")


def test_what_is_listed_is_json() -> None:
    listed = models(AURA.values())
    assert json.loads(json.dumps(listed)) == listed
