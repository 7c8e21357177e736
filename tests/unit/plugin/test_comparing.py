"""Which attempt of which delivery an assertion finds to be other than expected."""

from collections.abc import Iterator
from typing import Any

import pytest

from pytest_ringback.comparing import difference
from ringback import Delivery, Emulator

HOOK = "https://app.example/hook"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.receiver("https://app.example", replies=[503, "timeout", 204])
        yield emulator


@pytest.fixture
def delivery(ringback: Emulator) -> Delivery:
    made = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    return made


def rules(ringback: Emulator, one: Any, other: Any) -> set[str]:
    found = difference([ringback], one, other)
    assert found is not None
    return {rule.name for rule in found.rules}


def test_the_difference_of_a_list_is_found_on_either_side(
    ringback: Emulator, delivery: Delivery
) -> None:
    for sides in (delivery.statuses, [503, 200]), ([503, 200], delivery.statuses):
        found = difference([ringback], *sides)
        assert found is not None
        assert found.remarks == {(0, 2): "expected 200", (0, 3): "not expected"}


def test_when_an_attempt_came_is_by_the_rules_behind_the_one_before(
    ringback: Emulator, delivery: Delivery
) -> None:
    lasting = {"attempt-limit", "retries", "delay", "delay-from-the-end"}
    assert rules(ringback, delivery.offsets, [0, 30, 60]) == lasting
    early = ["+0s POST 503", "+30s POST timeout", "+60s POST 204"]
    assert rules(ringback, delivery.timeline, early) == lasting
    at_once = {"success", "retries", "delay"}
    assert rules(ringback, delivery.offsets, [0, 60, 100]) == at_once


def test_that_an_attempt_came_is_by_the_rules_behind_the_one_before(
    ringback: Emulator, delivery: Delivery
) -> None:
    assert rules(ringback, delivery.offsets, [0, 30]) == {"attempt-limit", "retries"}


def test_what_an_attempt_came_to_is_by_the_first_rule_behind_itself(
    ringback: Emulator, delivery: Delivery
) -> None:
    assert rules(ringback, delivery.statuses, [503, 204]) == {"attempt-limit"}
    assert rules(ringback, delivery.statuses, [503, "timeout", 500]) == {"success"}
    assert rules(ringback, delivery.statuses, [500, "timeout", 204]) == {"success"}


def test_what_never_came_is_by_the_rules_behind_the_last_attempt_once_it_has_ended(
    ringback: Emulator, delivery: Delivery
) -> None:
    expected = [503, "timeout", 204, 204]
    assert rules(ringback, delivery.statuses, expected) == {"success", "one-success"}
    ringback.receiver("https://app.example", replies=[500])
    waiting = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert rules(ringback, waiting.statuses, [500, 500]) == set()


def test_the_first_attempt_has_none_before_it(ringback: Emulator, delivery: Delivery) -> None:
    assert rules(ringback, delivery.offsets, [5, 30, 70]) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [([], []), ([], [503]), ("+0s POST 503", ["+0s POST 503"]), ([1, 2], [3]), (1, [1])],
)
def test_what_is_no_list_of_a_delivery_has_none(
    ringback: Emulator, delivery: Delivery, one: Any, other: Any
) -> None:
    assert difference([ringback], one, other) is None


def test_a_list_that_two_deliveries_have_is_neithers(ringback: Emulator) -> None:
    for _ in range(2):
        ringback.submit("Hello", callback=HOOK)
    assert difference([ringback], [], ["+0s POST 204"]) is None
