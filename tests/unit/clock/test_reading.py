"""What a clock of virtual time says: elapsed, and the wall clock."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ringback.clock.verbs import advance
from ringback.core.base.duration import SECOND
from tests.unit.clock.walked_by_hand import EPOCH, a_clock, a_plan, unmoved, walked


def test_a_clock_starts_at_its_epoch() -> None:
    clock = a_clock()
    assert clock.now_ns == 0
    assert clock.now == EPOCH
    assert repr(clock) == "<VirtualClock +0s [0 in flight]>"


def test_now_is_the_epoch_and_what_has_elapsed() -> None:
    plan = a_plan()
    walked(advance(plan.clock, 90 * SECOND + 1_500))
    assert plan.clock.now == EPOCH + timedelta(seconds=90, microseconds=1)


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=2)), ZoneInfo("Europe/Berlin")])
def test_an_epoch_of_any_time_zone_is_told_in_utc(zone: Any) -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=zone)
    clock = a_clock(epoch=summer)
    assert clock.now == summer
    assert clock.now.tzinfo is UTC
    assert clock.unix_ns(0) == int(summer.timestamp()) * SECOND


def test_summer_time_neither_skips_nor_repeats_an_hour() -> None:
    before = datetime(2026, 3, 29, 1, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    clock = a_clock(epoch=before)
    assert clock.at(120 * SECOND).timestamp() - before.timestamp() == 120


def test_the_unix_time_of_a_moment_is_exact_to_the_nanosecond() -> None:
    assert a_clock().unix_ns(1) == 1767225600 * SECOND + 1


def test_a_new_wall_clock_neither_elapses_nor_fires_anything() -> None:
    """I16: set_wall leaves journal, heap and elapsed unchanged."""
    plan = a_plan(0, 30)
    walked(advance(plan.clock, SECOND))
    with unmoved(plan):
        plan.clock.set_wall(EPOCH - timedelta(days=400))
    assert plan.clock.now == EPOCH - timedelta(days=400)
    assert plan.clock.at(0) == EPOCH - timedelta(days=400, seconds=1)
