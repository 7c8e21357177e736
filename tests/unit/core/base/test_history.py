"""A history keeps the latest, and a place in it means the same for ever."""

import pytest

from ringback.core.base.history import History


@pytest.mark.parametrize("keep", [1, 9, 10, 100, 1000])
def test_so_many_are_kept_at_least_and_a_tenth_more_at_most(keep: int) -> None:
    history: History[int] = History(keep)
    for number in range(3 * keep):
        history.add(number)
        assert history.end == number + 1
        assert min(number + 1, keep) <= len(history) <= keep + keep // 10
        assert list(history) == list(range(history.dropped, number + 1))


def test_without_a_number_all_are_kept() -> None:
    history: History[int] = History()
    for number in range(1000):
        history.add(number)
    assert (len(history), history.dropped, history.end) == (1000, 0, 1000)


def test_what_came_since_a_place_is_what_is_kept_of_it() -> None:
    history: History[int] = History(3)
    for number in range(10):
        history.add(number)
    assert history.since(0) == [7, 8, 9]
    assert history.since(8) == [8, 9]
    assert history.since(history.end) == []
