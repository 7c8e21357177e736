"""Which scenarios an expression means."""

import pytest

from ringback.errors import SettingsError
from ringback.scenario.choosing import everything, read_choice

NAMES = "late/put.ringback.yaml A receiver that accepts on the Third try"


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("late", True),
        ("THIRD", True),
        ("timeout", False),
        ("not timeout", True),
        ("late and put", True),
        ("late and timeout", False),
        ("timeout or put", True),
        ("timeout or late and put", True),
        ("(timeout or late) and not (put and third)", False),
        ("not not late", True),
        ("NOT timeout AND late", True),
        ("notes", False),
        ("put.ringback.yaml", True),
    ],
)
def test_words_and_or_not_and_brackets(expression: str, meant: bool) -> None:
    assert read_choice(expression)(NAMES) is meant


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (" ", "the expression is empty"),
        ("late and", "lacks a word at the end"),
        ("and late", "lacks a word before 'and'"),
        ("(late", r"lacks '\)' at the end"),
        ("late put", "lacks 'and' or 'or' before 'put'"),
        ("late)", r"lacks 'and' or 'or' before '\)'"),
        ("not " * 60 + "late", "nested more than 50 levels"),
    ],
)
def test_what_is_no_expression_is_refused_with_what_it_lacks(expression: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read_choice(expression)


def test_without_an_expression_everything_is_meant() -> None:
    assert everything(NAMES)
