"""Plain scalars are read by YAML 1.2, whatever other readers make of them."""

import pytest

from ringback.scenario.scalars import resolve


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "y", "12:30", "1_000", "+30s", "tRue"])
def test_what_yaml_1_1_read_otherwise_is_a_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null_has_five_spellings(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("FALSE", False)],
)
def test_truths_are_true_and_false_only(text: str, value: bool) -> None:
    assert resolve(text) is value


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("503", 503), ("+30", 30), ("-5", -5), ("0o14", 12), ("0x1f", 31)]
)
def test_integers(text: str, value: int) -> None:
    assert resolve(text) == value
    assert isinstance(resolve(text), int)


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000.0), (".5", 0.5), ("5.", 5.0)])
def test_floats(text: str, value: float) -> None:
    assert resolve(text) == value
    assert isinstance(resolve(text), float)


@pytest.mark.parametrize("text", ["012", "00", "-012"])
def test_a_leading_zero_is_refused_because_readers_disagree_about_it(text: str) -> None:
    with pytest.raises(ValueError, match="begins with a zero") as caught:
        resolve(text)
    assert str(caught.value) == (
        f"{text} begins with a zero, which some YAML readers take for octal; write it without the"
        " zero, or put it in quotes"
    )


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "-1e999"])
def test_numbers_without_a_value_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number that a scenario can use"):
        resolve(text)


def test_the_longest_integer_has_eighteen_digits() -> None:
    assert resolve("9" * 18) == 10**18 - 1
    with pytest.raises(ValueError, match="more than 18 digits; put it in quotes"):
        resolve("9" * 19)
