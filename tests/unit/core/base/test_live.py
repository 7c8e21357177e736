"""A list as others may see it."""

import pytest

from ringback.core.base.live import Live


def test_what_is_added_is_seen() -> None:
    items = [1, 2]
    live = Live(items)
    items.append(3)
    assert list(live) == [1, 2, 3]
    assert (len(live), live[0], live[-1], live[1:]) == (3, 1, 3, (2, 3))
    with pytest.raises(IndexError):
        live[3]


def test_it_equals_what_has_the_same_items() -> None:
    live = Live([1, 2])
    assert live == [1, 2]
    assert live == (1, 2)
    assert live == Live((1, 2))
    assert live != [1]
    assert live != "12"
    assert not Live([])


def test_it_shows_its_items() -> None:
    assert repr(Live(["one"])) == "('one',)"


def test_nothing_can_be_changed_through_it() -> None:
    live = Live([1, 2])
    assert not hasattr(live, "clear")
    assert not hasattr(live, "append")
    with pytest.raises(TypeError):
        live[0] = 3  # type: ignore[index]
    with pytest.raises(TypeError):
        hash(live)
