"""The description of the speak endpoint agrees with the tables by which it answers."""

from typing import Any

import pytest

from ringback.core.openapi.speak import media_types, speak
from ringback.core.request.editions import V1, V2, Edition
from ringback.core.request.encodings import Container, Encoding

EDITIONS = pytest.mark.parametrize("edition", [V1, V2], ids=lambda edition: edition.path)


def schema(edition: Edition, name: str) -> dict[str, Any]:
    (found,) = (each for each in speak(edition)["parameters"] if each["name"] == name)
    schema: dict[str, Any] = found["schema"]
    return schema


@EDITIONS
def test_every_parameter_is_there_once_with_what_it_is_for(edition: Edition) -> None:
    described = [(each["name"], each["description"]) for each in speak(edition)["parameters"]]
    assert described == [(each.name, each.about) for each in edition.parameters.values()]


@EDITIONS
def test_words_are_those_of_the_tables(edition: Edition) -> None:
    assert schema(edition, "encoding")["enum"] == [*Encoding]
    assert schema(edition, "container")["enum"] == [*Container]
    assert schema(edition, "callback_method")["enum"] == ["POST", "PUT"]
    assert schema(edition, "model")["enum"] == [*edition.voices]


def test_a_model_is_needed_where_there_is_no_default() -> None:
    assert schema(V1, "model")["default"] == "aura-asteria-en"
    assert "default" not in schema(V2, "model")
    needed = [
        [each["name"] for each in speak(e)["parameters"] if each["required"]] for e in (V1, V2)
    ]
    assert needed == [[], ["model"]]


def test_numbers_have_the_ranges_of_the_tables() -> None:
    assert schema(V1, "speed") == {"type": "number", "minimum": 0.7, "maximum": 1.5, "default": 1.0}
    assert schema(V2, "speed") == {
        "type": "number",
        "minimum": 0.5,
        "maximum": 1.5,
        "multipleOf": 0.05,
        "default": 1.0,
    }
    assert schema(V2, "expressivity")["minimum"] == -2
    assert schema(V1, "bit_rate") == {"type": "integer", "minimum": 4000, "maximum": 650_000}
    assert 44100 in schema(V2, "sample_rate")["enum"]
    assert schema(V1, "sample_rate")["enum"] == [8000, 16000, 22050, 24000, 32000, 48000]


def test_what_is_left_out_has_its_default() -> None:
    defaults = {name: schema(V1, name)["default"] for name in ("encoding", "mip_opt_out")}
    assert defaults == {"encoding": "mp3", "mip_opt_out": False}
    assert schema(V1, "callback_method")["default"] == "POST"


def test_a_tag_may_repeat() -> None:
    assert schema(V1, "tag") == {"type": "array", "items": {"type": "string", "maxLength": 128}}


def test_what_goes_together_is_told_of_each_encoding() -> None:
    lines = speak(V1)["description"].splitlines()
    assert [line.split("`")[1] for line in lines[2:]] == [*Encoding]
    assert (
        "- `opus`: `container` ogg; `sample_rate` 48000; `bit_rate` 4000 to 650000 (default 12000)"
        in lines
    )
    assert "- `alaw`: `container` wav, none; `sample_rate` 8000, 16000 (default 8000)" in lines


@EDITIONS
def test_audio_comes_in_the_types_that_the_formats_have(edition: Edition) -> None:
    assert media_types(edition) == [
        *["audio/wav", "audio/l16", "audio/mulaw", "audio/alaw", "audio/mpeg", "audio/ogg"],
        *["audio/flac", "audio/aac"],
    ]
    answer = speak(edition)["responses"]["200"]
    assert [*answer["content"]] == [*media_types(edition), "application/json"]


def test_a_body_is_json_with_a_text_or_a_url_or_it_is_plain_text() -> None:
    content = speak(V1)["requestBody"]["content"]
    choices = content["application/json"]["schema"]["oneOf"]
    assert [each["required"] for each in choices] == [["text"], ["url"]]
    assert content["text/plain"]["schema"]["maxLength"] == 2000


def test_the_callback_is_described_by_the_methods_that_it_may_have() -> None:
    (callback,) = speak(V1)["callbacks"]["audio"].values()
    assert [*callback] == ["post", "put"]


def test_each_edition_has_an_operation_of_its_own_name() -> None:
    assert (speak(V1)["operationId"], speak(V2)["operationId"]) == ("speak_v1", "speak_v2")
