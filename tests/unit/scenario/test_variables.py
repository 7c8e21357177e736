"""Expected texts: literals, and four variables that stand for what cannot be known before."""

import contextlib

import pytest

from ringback.scenario.variables import MAX_MATCHED, MAX_PATTERN, agrees, check, meaning

KNOWN = {"$key_id": "k-1", "$request_id": "r-1"}


def refusal(text: str) -> str:
    """Why *text* may not be expected."""
    with pytest.raises(ValueError, match=r".") as caught:
        check(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text", ["plain", "", "$key_id", "$request_id", "$any", "$$5", "$regex:a.c", "a $variable"]
)
def test_what_may_be_expected(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "near"), [("$keyid", "$key_id"), ("$Any", "$any"), ("$request", "$request_id")]
)
def test_an_unknown_variable_names_its_nearest(text: str, near: str) -> None:
    assert refusal(text) == (
        f"unknown variable {text!r}; did you mean '{near}'? There are $key_id, $request_id, $any"
        " and $regex:…, and a text that begins with a dollar is written with two"
    )


def test_a_variable_like_no_other_brings_the_list() -> None:
    assert refusal("$5").startswith("unknown variable '$5'; There are $key_id, $request_id, $any")


@pytest.mark.parametrize(
    "text",
    [
        "token $key_id",
        "a$any",
        "$$5 or $request_id",
        "x $regex:a",
        "$regex:token $key_id",
        "$key_id ",
    ],
)
def test_a_variable_inside_a_text_is_refused_for_it_would_stay_as_it_is(text: str) -> None:
    assert "variable" in refusal(text)


@pytest.mark.parametrize(
    "text", ["$$key_id", "$regex:a [$]key_id", r"$regex:a \$any", "a $anything", "costs $5"]
)
def test_what_is_escaped_or_no_variable_may_stand_inside_a_text(text: str) -> None:
    check(text)


@pytest.mark.parametrize("pattern", ["a{99999999999}", "(" * 120 + ")" * 120, "[[a]"])
def test_no_pattern_brings_the_reader_down(pattern: str) -> None:
    with contextlib.suppress(ValueError):
        check(f"$regex:{pattern}")


def test_a_literal_is_compared_as_it_is() -> None:
    assert agrees("audio/mpeg", "audio/mpeg", KNOWN)
    assert not agrees("audio/mpeg", "Audio/mpeg", KNOWN)


def test_a_named_variable_is_its_value() -> None:
    assert agrees("$key_id", "k-1", KNOWN)
    assert not agrees("$key_id", "r-1", KNOWN)
    assert meaning("$request_id", KNOWN) == "r-1"


def test_two_dollars_are_one() -> None:
    assert agrees("$$any", "$any", KNOWN)
    assert not agrees("$$any", "x", KNOWN)


def test_any_agrees_with_everything() -> None:
    assert agrees("$any", "", KNOWN)


def test_a_regular_expression_matches_the_whole_value() -> None:
    assert agrees("$regex:[0-9]{2}", "42", KNOWN)
    assert not agrees("$regex:[0-9]{2}", "420", KNOWN)


def test_a_very_long_value_is_not_matched() -> None:
    assert agrees("$regex:a*", "a" * MAX_MATCHED, KNOWN)
    assert not agrees("$regex:a*", "a" * (MAX_MATCHED + 1), KNOWN)


def test_a_broken_pattern_is_explained() -> None:
    assert refusal("$regex:[") == (
        "'[' is not a regular expression: unterminated character set at position 0"
    )


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(?:a*){3}"])
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    assert refusal(f"$regex:{pattern}") == (
        f"{pattern!r} repeats a group, which can take for ever; write it out"
    )


def test_a_pattern_with_many_repeats_is_refused() -> None:
    check("$regex:.*a?b{1,3}")
    assert refusal("$regex:.*.*.*.*x") == (
        "'.*.*.*.*x' has more than 3 of * + ? {m,n}; simplify it"
    )


@pytest.mark.parametrize(
    "pattern", [r"\(\)\+\*\?\*", "[*+?(){,}]+", "[0-9]{8}-[0-9]{4}", "(?:a|b)c"]
)
def test_what_only_looks_like_a_repeat_is_allowed(pattern: str) -> None:
    check(f"$regex:{pattern}")


def test_a_pattern_has_a_length() -> None:
    check("$regex:" + "a" * MAX_PATTERN)
    assert refusal("$regex:" + "a" * (MAX_PATTERN + 1)) == (
        "a regular expression of more than 200 characters"
    )
