"""Markers inside a text: what is one, and what is text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.core.request.markers import Part, Pause, Pronunciation, parts_of


def parts(text: str, *, pauses: bool = True) -> list[Part]:
    """What *text* consists of."""
    return list(parts_of(text, pauses=pauses))


@pytest.mark.rule("pronunciations")
@pytest.mark.parametrize(
    "marker",
    [
        r'\{"word": "tomato", "pronounce": "təmetoʊ"\}',
        r'\{"word":"tomato","pronounce":"təmetoʊ"\}',
        r'\{ "pronounce" : "təmetoʊ" , "word" : "tomato" \}',
        r'\{"word":"tom\u0061to","pronounce":"təmeto\u028a"\}',
        r'\{"word":"tomato","pronounce":"təmetoʊ"}',
    ],
)
def test_a_pronunciation_is_an_object_whose_braces_are_escaped(marker: str) -> None:
    tomato = Pronunciation("tomato", "təmetoʊ")
    assert parts(f"A {marker}, a {marker}") == ["A ", tomato, ", a ", tomato]


@pytest.mark.rule("flux-pauses")
@pytest.mark.parametrize(
    ("marker", "milliseconds"),
    [
        (r"\{pause:500\}", 500),
        (r"\{pause:500ms\}", 500),
        (r"\{pause: 500 ms \}", 500),
        (r"\{pause:1s\}", 1000),
        (r"\{pause:1.5s\}", 1500),
        (r"\{pause:2.3s\}", 2300),
        (r"\{pause:0.55s\}", 550),
        (r"\{pause:12.5ms\}", 12.5),
        ("{pause:{duration_ms:500}}", 500),
        ("{pause:{ duration_ms : 700 }}", 700),
    ],
)
def test_a_pause_is_written_in_milliseconds_or_seconds(marker: str, milliseconds: float) -> None:
    assert parts(f"One{marker}two") == ["One", Pause(milliseconds), "two"]


@pytest.mark.rule("flux-pauses")
@pytest.mark.parametrize(
    "marker",
    [
        *["{pause:500ms}", r"\{pause:500ms}", r"{pause:500ms\}", r"\{pause:\}", "{pause:}"],
        *[r"\{pause:{duration_ms:500}\}", r"\{pause:1m\}", r"\{pause:-500ms\}", r"\{pause:1e3\}"],
        *[r"\{pause:½s\}", r"\{pause:" + "9" * 16 + r"\}", "{pause:{duration:500}}", "{pause:"],
    ],
)
def test_a_malformed_pause_is_known_as_one(marker: str) -> None:
    found = parts(f"One {marker} two")
    assert found[:2] == ["One ", Pause(None)]


@pytest.mark.parametrize(
    "text",
    [
        *["plain", "a \\ backslash", "{}", "\\{", "\\{}", "\\{\\}", "\\{a\\}", "{ pause:500ms}"],
        *[r'\{"word":"a"\}', r'\{"word":"","pronounce":"a"\}', r'\{"word":"a","pronounce":""\}'],
        r'\{"word":"a","pronounce":1\}',
        r'\{"word":"a","pronounce":"b","x":"1"\}',
        r'\{"word":"a","word":"b"\}',
        r'{"word":"a","pronounce":"b"}',
        r'\{"word":"\ud800","pronounce":"a"\}',
        r'\{"word":"a","pronounce":"\udc00"\}',
        '\\{"word":"a\nb","pronounce":"c"\\}',
    ],
)
def test_what_is_no_marker_is_text(text: str) -> None:
    assert parts(text) == [text]


def test_without_pauses_their_markers_are_text() -> None:
    text = r"One \{pause:1s\} {pause:2s} {pause:{duration_ms:500}} two"
    assert parts(text, pauses=False) == [text]


def test_what_is_no_marker_does_not_hide_one_that_is() -> None:
    text = r'\{x\} \{"word":"a","pronounce":"b"\}'
    assert parts(text) == [r"\{x\} ", Pronunciation("a", "b")]


@given(st.lists(st.sampled_from([r"\{", r"\}", "{", "}", '"', ":", ",", "\\", "pause", "word"])))
def test_nothing_of_a_text_gets_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    for pauses in (True, False):
        found = parts(text, pauses=pauses)
        kept = [part for part in found if isinstance(part, str)]
        assert "" not in kept
        if len(kept) == len(found):
            assert "".join(kept) == text


@pytest.mark.parametrize(
    "text",
    [
        r"\{" * 500_000,
        '\\{"' * 300_000,
        '\\{"a":"\\\\{","' * 60_000,
        "{pause:" * 150_000,
        '\\{"word":"' + "\\\\" * 500_000,
    ],
    ids=["braces", "strings", "pairs", "pauses", "backslashes"],
)
def test_a_hostile_text_is_looked_at_once(text: str) -> None:
    assert parts(text)  # where it were looked at again from each marker, this would take hours


def test_a_marker_may_say_anything_that_json_can() -> None:
    said = {"word": 'a "b" \\ c}', "pronounce": "d\N{GRINNING FACE}\n"}
    marker = "\\" + json.dumps(said)[:-1] + "\\}"
    assert parts(marker) == [Pronunciation(said["word"], said["pronounce"])]


@pytest.mark.rule("pronunciations")
@pytest.mark.parametrize(("word", "longest"), [("a", 15), ("ab", 20), ("x" * 13, 128)])
def test_a_pronunciation_may_be_ten_times_as_long_as_its_word(word: str, longest: int) -> None:
    assert not Pronunciation(word, "ə" * longest).is_too_long
    assert Pronunciation(word, "ə" * (longest + 1)).is_too_long
