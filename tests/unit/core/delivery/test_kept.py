"""Deliveries by position, of which some are gone."""

import pytest

from ringback.core.delivery.delivery import Delivery, State
from ringback.core.delivery.kept import Kept
from tests.conftest import a_job


def a_delivery(position: int, due_at: int = 0) -> Delivery:
    return Delivery(position, a_job(), State.SCHEDULED, due_at)


def test_what_is_kept_stands_at_its_position_and_in_order_of_acceptance() -> None:
    kept = Kept()
    for position in range(4):
        kept.append(a_delivery(position))
    kept.forget(1)
    kept[2] = a_delivery(2, due_at=7)
    assert (len(kept), kept.positions) == (3, [0, 2, 3])
    assert [each.position for each in kept] == [0, 2, 3]
    assert kept[2].due_at == 7
    assert [each.position for each in kept[1:]] == [2, 3]
    assert kept.has(3)
    assert not kept.has(1)
    with pytest.raises(IndexError, match="position 1 is not kept"):
        kept[1]


@pytest.mark.parametrize("position", [-1, 0])
def test_where_nothing_was_ever_accepted_nothing_is_kept(position: int) -> None:
    kept = Kept()
    kept.append(a_delivery(1))
    assert not kept.has(position)
    with pytest.raises(IndexError, match=f"position {position} is not kept"):
        kept[position]


def test_what_is_forgotten_or_accepted_meanwhile_disturbs_no_walk_through_the_others() -> None:
    kept = Kept()
    for position in range(3):
        kept.append(a_delivery(position))
    walk = iter(kept)
    seen = [next(walk)]
    kept.forget(1)
    kept.append(a_delivery(3))
    assert [each.position for each in (*seen, *walk)] == [0, 1, 2]
    assert kept.positions == [0, 2, 3]
