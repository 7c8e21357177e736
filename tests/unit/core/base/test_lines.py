"""Headers as they stand in a message, or not."""

import pytest

from ringback.core.base.lines import lines_of


@pytest.mark.parametrize("value", ["", "a", "a b\tc", "caf\xe9", '{"a": 1}'])
def test_a_header_that_may_be_sent_is_a_line(value: str) -> None:
    assert lines_of([("x-one", value), ("x-two", "2")]) == (
        f"x-one: {value}\r\nx-two: 2\r\n".encode("latin-1")
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", "a\r\nforged: 1"),
        ("x", "a\nb"),
        ("x", "a\0"),
        ("x", " a"),
        ("x", "a "),
        ("x\r\n", "a"),
        ("x y", "a"),
        ("", "a"),
        ("caf\xe9", "a"),
        ("x", "\u20ac"),
    ],
)
def test_a_header_that_may_not_be_sent_is_left_to_h11_to_refuse(name: str, value: str) -> None:
    assert lines_of([("fine", "1"), (name, value)]) is None
