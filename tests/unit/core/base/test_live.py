"""Lists as others may see them."""

import pytest

from ringback.core.base.live import Live, Prefix


def test_a_prefix_is_what_was_there_when_it_was_made() -> None:
    items = [1, 2]
    prefix = Prefix(items)
    items.append(3)
    assert list(prefix) == [1, 2]
    assert (len(prefix), prefix[0], prefix[-1], prefix[1:]) == (2, 1, 2, (2,))
    with pytest.raises(IndexError):
        prefix[2]


def test_a_prefix_equals_what_has_the_same_items() -> None:
    prefix = Prefix([1, 2])
    assert prefix == [1, 2]
    assert prefix == (1, 2)
    assert prefix == Prefix((1, 2, 3)[:2])
    assert prefix != [1]
    assert prefix != [1, 3]
    assert prefix != "12"
    assert not Prefix([])


def test_a_prefix_shows_its_items() -> None:
    assert repr(Prefix(["one"])) == "('one',)"


def test_a_prefix_copies_nothing() -> None:
    class Counting(list[int]):
        looks = 0

        def __getitem__(self, index: int) -> int:  # type: ignore[override] # asked for no slices
            self.looks += 1
            return super().__getitem__(index)

    items = Counting(range(1000))
    prefix = Prefix(items)
    assert (len(prefix), bool(prefix), prefix[-1], items.looks) == (1000, True, 999, 1)


def test_a_live_list_shows_what_is_added() -> None:
    items = [1, 2]
    live = Live(items)
    items.append(3)
    assert list(live) == [1, 2, 3]
    assert (len(live), live[0], live[-1], live[1:]) == (3, 1, 3, (2, 3))
    with pytest.raises(IndexError):
        live[3]


def test_a_live_list_equals_what_has_the_same_items() -> None:
    live = Live([1, 2])
    assert live == [1, 2]
    assert live == (1, 2)
    assert live == Prefix([1, 2])
    assert live != [1]
    assert live != "12"
    assert repr(live) == "(1, 2)"


def test_nothing_can_be_changed_through_a_live_list() -> None:
    live = Live([1, 2])
    assert not {"append", "clear", "pop"} & set(dir(live))
    with pytest.raises(TypeError):
        live[0] = 3  # type: ignore[index]
    with pytest.raises(TypeError):
        hash(live)
