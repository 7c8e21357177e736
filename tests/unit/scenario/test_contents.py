"""What is in a body, as a story expects it: documents with variables, texts, parts."""

from typing import Any

import pytest

from ringback.scenario.contents import content_checks, first_difference
from ringback.scenario.story.seeing import WantedBody

KNOWN = {"$request_id": "id-1"}


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": [1, "x", None, True, 1.5]}, {"a": [1, "x", None, True, 1.5]}),
        ({"a": "$any", "b": "$any"}, {"a": {"deep": 1}, "b": None}),
        ({"id": "$request_id"}, {"id": "id-1"}),
        ({"a": "$regex:[0-9]+", "b": "$$x"}, {"a": "12", "b": "$x"}),
        ("text", "text"),
    ],
)
def test_a_document_agrees_with_what_is_expected(expected: Any, got: Any) -> None:
    assert first_difference(expected, got, KNOWN) is None


@pytest.mark.parametrize(
    ("expected", "got", "difference"),
    [
        ({"a": [1, 2]}, {"a": [1, 3]}, (("a", 1), "2", "3")),
        ({"a": 1}, {"a": True}, (("a",), "1", "true")),
        ({"a": 1}, {}, (("a",), "1", "none")),
        ({}, {"a": 1}, ((), "no key 'a'", "1")),
        ([1], [1, 2], ((), "1 entries", "2")),
        ({"id": "$request_id"}, {"id": "id-2"}, (("id",), '"id-1"', '"id-2"')),
        ({"a": "$regex:[0-9]+"}, {"a": 12}, (("a",), '"$regex:[0-9]+"', "12")),
    ],
)
def test_the_first_difference_is_told_with_its_place(
    expected: Any, got: Any, difference: Any
) -> None:
    assert first_difference(expected, got, KNOWN) == difference


def test_a_message_may_have_more_keys_on_its_outside_alone() -> None:
    assert first_difference({"a": 1}, {"a": 1, "b": 2}, KNOWN, partly=True) is None
    assert first_difference({"a": {}}, {"a": {"b": 2}}, KNOWN, partly=True) is not None


@pytest.mark.parametrize(
    ("written", "body", "said"),
    [
        ({"text": "é"}, "é".encode(), []),
        ({"text": "e"}, b"\xff\xfe", ["b, text: expected 'e', got 2 bytes that are no text"]),
        ({"contains": "ell"}, b"Hello", []),
        ({"contains": ["H", "x"]}, b"Hello", ["b, contains: expected 'x', got 'Hello'"]),
        ({"json": {"a": 1}}, b"{", ["b, json: expected {\"a\": 1}, got no JSON: '{'"]),
        ({"json": {"a": [1]}}, b'{"a": [2]}', ["b, json, a[0]: expected 1, got 2"]),
    ],
)
def test_a_body_is_held_against_what_is_in_it(
    written: dict[str, Any], body: bytes, said: list[str]
) -> None:
    wanted = WantedBody.model_validate(written)
    checks = content_checks("b", ("body",), wanted, body, KNOWN)
    assert [str(check) for check in checks if not check.passed] == said
