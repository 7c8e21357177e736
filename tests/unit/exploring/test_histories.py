"""The tree of histories, on a machine that is a function of its choices."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ringback.exploring.histories import (
    Branch,
    Choices,
    Histories,
    Met,
    disturbances,
    simpler,
)


def met(choices: Choices, failures: int, depth: int) -> list[Met]:
    """What one delivery meets: it is asked again after each fault, up to *depth* times."""
    found = []
    for place in range(depth):
        chosen = choices[place] if place < len(choices) else 0
        found.append(Met(failures + 1, hash(choices[:place])))
        if not chosen:
            break
    return found


def tried(failures: int, depth: int, share: int = 0, shares: int = 1) -> list[Choices]:
    histories, found = Histories(share, shares), []
    for branch in histories:
        if histories.is_own(branch):
            found.append(branch.choices)
        histories.grow(branch, met(branch.choices, failures, depth))
    return found


@given(st.integers(1, 4), st.integers(0, 4))
def test_each_history_is_tried_once_and_the_shortest_first(failures: int, depth: int) -> None:
    found = tried(failures, depth)
    assert len(found) == len(set(found)) == sum(failures**each for each in range(depth + 1))
    assert [*map(disturbances, found)] == sorted(map(disturbances, found))


@given(st.integers(1, 4), st.integers(0, 4), st.integers(1, 5))
def test_shares_make_up_the_whole(failures: int, depth: int, shares: int) -> None:
    found = [tried(failures, depth, share, shares) for share in range(shares)]
    assert sorted(itertools.chain(*found)) == sorted(tried(failures, depth))


def test_a_branch_knows_what_its_parent_met_at_its_last_choice() -> None:
    histories = Histories()
    branch = next(iter(histories))
    histories.grow(branch, [Met(1, 7), Met(2, 8)])
    assert next(iter(histories)) == Branch((0, 1), 8)


def test_a_simpler_history_lacks_one_disturbance() -> None:
    assert list(simpler((1, 0, 2, 3))) == [(1, 0, 2), (1, 0, 0, 3), (0, 0, 2, 3)]
    assert list(simpler((0, 5))) == [()]
