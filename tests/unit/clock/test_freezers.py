"""How far a time freezer has moved."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time

from ringback.clock.freezers import Wall
from ringback.core.base.duration import SECOND

NOON = datetime(2031, 5, 17, 12, tzinfo=UTC)


def test_without_a_freezer_nothing_has_moved() -> None:
    assert Wall().passed() == (None, 0)


def test_the_first_frozen_instant_that_is_seen_is_no_move() -> None:
    wall = Wall()
    with freeze_time(NOON):
        assert wall.passed() == (NOON, 0)


def test_a_freeze_that_was_there_from_the_beginning_is_counted_from_there() -> None:
    with freeze_time(NOON) as frozen:
        wall = Wall()
        frozen.tick(30)
        assert wall.passed() == (NOON + timedelta(seconds=30), 30 * SECOND)


def test_an_observed_freeze_is_counted_from_where_it_was_first_observed() -> None:
    wall = Wall()
    with freeze_time(NOON) as frozen:
        wall.observe()
        frozen.tick(30)
        wall.observe()
        assert wall.passed() == (NOON + timedelta(seconds=30), 30 * SECOND)


def test_a_freeze_is_news_once() -> None:
    wall = Wall()
    assert not wall.observe()
    with freeze_time(NOON):
        assert [wall.observe(), wall.observe()] == [True, False]
        assert wall.seen == NOON
    assert not wall.observe()
    assert wall.seen is None


def test_a_move_counts_until_it_is_followed() -> None:
    with freeze_time(NOON) as frozen:
        wall = Wall()
        frozen.tick(30)
        assert wall.passed()[1] == wall.passed()[1] == 30 * SECOND
        wall.follow(NOON + timedelta(seconds=30), 10 * SECOND)
        assert wall.passed()[1] == 10 * SECOND
        wall.follow(NOON + timedelta(seconds=30))
        assert wall.passed()[1] == 0


def test_a_freezer_that_went_back_has_moved_by_less_than_nothing() -> None:
    with freeze_time(NOON) as frozen:
        wall = Wall()
        frozen.move_to(NOON - timedelta(hours=1))
        assert wall.passed() == (NOON - timedelta(hours=1), -3600 * SECOND)


def test_a_freeze_that_has_ended_is_forgotten() -> None:
    wall = Wall()
    with freeze_time(NOON):
        wall.observe()
    wall.observe()
    with freeze_time(NOON + timedelta(days=400)):
        assert wall.passed()[1] == 0


def test_one_freeze_after_another_is_a_move_when_nobody_looked_between() -> None:
    wall = Wall()
    with freeze_time(NOON):
        wall.observe()
    with freeze_time(NOON + timedelta(seconds=30)):
        assert wall.passed()[1] == 30 * SECOND


def test_time_machine_is_a_freezer_as_well() -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        wall = Wall()
        traveller.shift(30)
        assert wall.passed() == (NOON + timedelta(seconds=30), 30 * SECOND)


@pytest.mark.parametrize("freeze", [freeze_time, time_machine.travel])
def test_a_freezer_that_stands_at_the_present_is_noticed(freeze: Any) -> None:
    with freeze(datetime.now(UTC)):
        assert Wall().passed()[0] is not None


def test_an_unknown_freezer_is_noticed_when_it_says_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = [NOON]

    class Lying(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Lying":
            return cls.fromtimestamp(told[0].timestamp(), tz)

    monkeypatch.setattr("datetime.datetime", Lying)
    unknown = Wall()
    told.append(told.pop() + timedelta(seconds=30))
    assert unknown.passed() == (NOON + timedelta(seconds=30), 30 * SECOND)
