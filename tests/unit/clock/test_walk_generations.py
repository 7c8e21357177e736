"""How a walk counts what causes what at one instant, and where it begins anew."""

from collections.abc import Callable

import pytest

from ringback.clock import generations as generations_module
from ringback.clock.agenda import Agenda
from ringback.clock.generations import MAX_GENERATIONS, Generations
from ringback.clock.verbs import advance, run_until_idle
from ringback.core.base.duration import SECOND
from ringback.errors import Runaway
from tests.unit.clock.walked_by_hand import Plan, a_plan, elapsed, walked


def cascade(plan: Plan, depth: int) -> Callable[[], None]:
    """Something that causes something at the same instant, and so on, *depth* times."""

    def cause() -> None:
        if depth:
            plan.at(elapsed(plan), "child", cascade(plan, depth - 1))

    return cause


@pytest.mark.parametrize("roots", [1, 2, 50])
@pytest.mark.parametrize("too_many", [0, 1])
def test_all_roots_of_a_new_instant_are_its_first_generation(roots: int, too_many: int) -> None:
    """However many were armed for it since the walk began: none of them was caused by another."""
    plan = a_plan()

    def arm() -> None:
        for _ in range(roots):
            plan.at(10, "root", cascade(plan, MAX_GENERATIONS + too_many))

    plan.at(0, "long before", arm)
    walk = advance(plan.clock, 30 * SECOND)
    if too_many:
        with pytest.raises(Runaway, match=rf"\({MAX_GENERATIONS + 1} generations at this instant"):
            next(walk)
        assert elapsed(plan) == 10
    else:
        assert len(walked(walk)) == 1 + roots * (MAX_GENERATIONS + 1)


def test_roots_at_one_instant_are_counted_together_and_not_one_after_the_other() -> None:
    """Each causes as much as is allowed; together that is no deeper."""
    plan = a_plan()
    for _ in range(3):
        plan.at(5, "root", cascade(plan, MAX_GENERATIONS))
    assert len(walked(advance(plan.clock, 10 * SECOND))) == 3 * (MAX_GENERATIONS + 1)


def test_what_was_caused_at_another_instant_is_no_generation_of_this_one() -> None:
    """Half as many as are allowed at each of three instants, the second armed by the first."""
    plan = a_plan()
    half = MAX_GENERATIONS // 2 + 1

    def begin(left: int) -> None:
        cascade(plan, half)()
        if left:
            plan.at(elapsed(plan) + 1, "next instant", lambda: begin(left - 1))

    plan.at(0, "first instant", lambda: begin(2))
    assert len(walked(run_until_idle(plan.clock))) == 3 * (half + 1)


def test_a_step_is_counted_and_the_last_one_that_is_allowed_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generations_module, "MAX_STEPS", 3)
    walk = Generations(Agenda())
    for moment in range(3):
        walk.count((moment, 0, 0))
    assert walk.steps == 3
    with pytest.raises(Runaway, match=r"\(0 generations at this instant, 4 steps in this walk\)"):
        walk.count((3, 0, 0))
