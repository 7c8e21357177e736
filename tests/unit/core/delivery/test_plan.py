"""The faults of deliveries, and how far attempts have come through them."""

import pytest

from ringback.core.delivery.plan import Plan, read_plan
from ringback.core.delivery.shape import Shape
from ringback.errors import SettingsError


def test_an_entry_is_for_each_attempt_and_beyond_the_list_there_is_none() -> None:
    plan = Plan((None, Shape("reset")))
    assert [plan.at(number) for number in (1, 2, 3)] == [None, Shape("reset"), None]


def test_a_list_of_faults_becomes_a_plan_and_an_empty_one_none() -> None:
    plan = read_plan(["reset", None], 2, "https://app.example")
    assert plan is not None
    assert [shape and shape.name for shape in plan.shapes] == ["reset", None]
    assert plan.whose == "https://app.example"
    assert read_plan([], 2, "nobody") is None
    with pytest.raises(SettingsError, match="faults=… has 3 entries".replace("…", "\\[…\\]")):
        read_plan([None] * 3, 2, "nobody")
