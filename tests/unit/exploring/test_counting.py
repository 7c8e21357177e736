"""How many histories there are, told beforehand."""

import pytest

from ringback.core.base.duration import SECOND
from ringback.exploring.counting import Kind, count

REFUSED = Kind(reaches=False, ends=False, takes=0)
TIMED_OUT = Kind(reaches=False, ends=False, takes=10 * SECOND)
LOST = Kind(reaches=True, ends=False, takes=0)
TWICE = Kind(reaches=True, ends=True, takes=0)


def counted(due: list[int], kinds: list[Kind], depth: int, **options: bool) -> int:
    return count(due, kinds, depth, delay=30 * SECOND, attempts=11, **options)


def test_with_one_kind_of_failure_there_are_twelve_histories_of_eleven_attempts() -> None:
    assert counted([0], [REFUSED], 11) == 12


def test_four_kinds_of_failure_and_three_attempts_make_eighty_five() -> None:
    assert counted([0], [REFUSED, TIMED_OUT, LOST, REFUSED], 3) == 1 + 4 + 16 + 64


def test_a_fault_that_delivers_has_no_continuation() -> None:
    assert counted([0], [LOST, TWICE], 3) == 2 * (1 + 1 + 1) + 1


def test_nothing_submitted_and_no_depth_make_the_one_history_without_faults() -> None:
    assert counted([], [LOST], 3) == 1
    assert counted([0, 0], [LOST], 0, interleavings=False) == 1


def test_deliveries_that_never_meet_multiply() -> None:
    alone = counted([0], [REFUSED, TIMED_OUT], 3)
    assert counted([0, SECOND], [REFUSED, TIMED_OUT], 3) == alone**2


@pytest.mark.parametrize(("deliveries", "orders"), [(1, 1), (2, 2), (3, 6), (4, 24)])
def test_attempts_at_one_moment_come_in_every_order(deliveries: int, orders: int) -> None:
    assert counted([0] * deliveries, [], 3) == orders
    assert counted([0] * deliveries, [], 3, interleavings=False) == 1


def test_an_attempt_that_reaches_nobody_has_no_order() -> None:
    # One lets both through, in two orders; two disturb one of them, one both.
    assert counted([0, 0], [REFUSED], 1) == 2 + 2 * 1 + 2
    assert counted([0, 0], [REFUSED], 1, reduced=False) == 2 + 2 * 2 + 2 * 2
