"""Time that flows: how fast, and what stops it."""

import pytest

from ringback.clock import reading
from ringback.clock.verbs import advance
from ringback.core.base.duration import SECOND
from tests.unit.clock.walked_by_hand import Plan, Told, a_clock, elapsed, ended


class RealTime:
    """Real time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 10**15

    def pass_by(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> RealTime:
    time = RealTime()
    monkeypatch.setattr(reading, "monotonic_ns", lambda: time.now)
    return time


def test_a_paused_clock_does_not_flow(real: RealTime) -> None:
    clock = a_clock()
    clock.flow()
    real.pass_by(5)
    assert not clock.flowing
    assert clock.now_ns == 0


@pytest.mark.parametrize("rate", [1, 100])
def test_a_flowing_clock_passes_so_many_seconds_in_a_real_one(rate: int, real: RealTime) -> None:
    clock = a_clock(rate)
    clock.flow()
    real.pass_by(1.5)
    assert clock.flowing
    assert clock.now_ns == round(1.5 * rate * SECOND)
    assert clock.real_seconds_until(3 * rate * SECOND) == 1.5
    assert clock.real_seconds_until(0) == -1.5


def test_to_flow_twice_loses_no_time(real: RealTime) -> None:
    clock = a_clock(1)
    clock.flow()
    real.pass_by(1)
    clock.flow()
    assert clock.now_ns == SECOND


def test_a_fast_clock_slows_down_while_something_is_in_flight(real: RealTime) -> None:
    clock = a_clock(100)
    clock.flow()
    real.pass_by(1)
    first, second = clock.occupy("one"), clock.occupy("two")
    real.pass_by(1)
    assert clock.now_ns == 101 * SECOND
    assert clock.real_seconds_until(102 * SECOND) == 1
    clock.leave(first)
    real.pass_by(1)
    clock.leave(second)
    real.pass_by(1)
    assert clock.now_ns == 202 * SECOND


def test_a_fast_clock_that_begins_to_flow_beside_an_attempt_is_slow(real: RealTime) -> None:
    clock = a_clock(100)
    clock.occupy("one")
    clock.flow()
    real.pass_by(1)
    assert clock.now_ns == SECOND


def test_whoever_waits_for_a_due_moment_learns_that_the_pace_has_changed(real: RealTime) -> None:
    told: list[str] = []
    clock = a_clock(100, listener=Told(told))
    clock.flow()
    assert told == ["look again"]
    clock.leave(clock.occupy("one"))
    assert told == ["look again"] * 2


def test_a_walk_stops_the_flow_and_lets_it_go_on_from_where_it_landed(real: RealTime) -> None:
    plan = Plan(1)
    plan.at(10, "real", real=True)
    plan.clock.flow()
    real.pass_by(2)
    walk = advance(plan.clock, 30 * SECOND)
    next(walk)
    real.pass_by(3600)
    assert not plan.clock.flowing
    plan.end("real")
    ended(walk)
    assert elapsed(plan) == 32
    real.pass_by(1)
    assert elapsed(plan) == 33


def test_a_hold_stops_the_flow(real: RealTime) -> None:
    plan = Plan(100)
    plan.clock.flow()
    real.pass_by(1)
    with plan.clock.hold("the import runs"):
        with plan.clock.hold("and the export"):
            real.pass_by(1)
        real.pass_by(1)
        assert not plan.clock.flowing
    assert elapsed(plan) == 100
    real.pass_by(1)
    assert elapsed(plan) == 200


def test_a_closed_clock_flows_no_more(real: RealTime) -> None:
    clock = a_clock(1)
    clock.flow()
    real.pass_by(1)
    clock.close()
    real.pass_by(1)
    clock.flow()
    real.pass_by(1)
    assert clock.now_ns == SECOND


# -- what is due and has not begun ---------------------------------------------------------------


@pytest.mark.parametrize(("rate", "late"), [(1, 0.999), (100, 0.5), (100, 3600)])
def test_time_waits_for_what_is_due(rate: int, late: float, real: RealTime) -> None:
    clock = a_clock(rate)
    clock.agenda.arm(30 * SECOND, 0)
    clock.flow()
    real.pass_by(30 / rate + late)
    assert clock.now_ns == 30 * SECOND
    assert clock.real_seconds_until(30 * SECOND) == 0


def test_a_real_clock_catches_up_when_it_has_begun(real: RealTime) -> None:
    clock = a_clock(1)
    clock.agenda.arm(30 * SECOND, 0)
    clock.flow()
    real.pass_by(30.5)
    assert clock.now_ns == 30 * SECOND
    clock.flow()
    clock.agenda.drop(0)
    assert clock.now_ns == 30.5 * SECOND


def test_a_fast_clock_does_not_catch_up(real: RealTime) -> None:
    """What a machine is late by is nobody's time."""
    clock = a_clock(100)
    clock.agenda.arm(30 * SECOND, 0)
    clock.flow()
    real.pass_by(5)
    assert clock.now_ns == 30 * SECOND
    clock.agenda.drop(0)
    real.pass_by(0.01)
    assert clock.now_ns == 31 * SECOND


def test_a_real_clock_does_not_wait_for_a_process_that_was_stopped(real: RealTime) -> None:
    clock = a_clock(1)
    clock.agenda.arm(30 * SECOND, 0)
    clock.flow()
    real.pass_by(31.001)
    assert clock.now_ns == 31.001 * SECOND


@pytest.mark.parametrize("rate", [1, 100])
def test_what_is_armed_for_the_past_does_not_turn_time_back(rate: int, real: RealTime) -> None:
    clock = a_clock(rate)
    clock.flow()
    real.pass_by(1)
    before = clock.now_ns
    clock.agenda.arm(before // 2, 0)
    assert clock.now_ns == before
    real.pass_by(0.5)
    assert clock.now_ns == before


def test_it_is_one_moment_while_it_stands_still(real: RealTime) -> None:
    clock = a_clock(1)
    clock.flow()
    real.pass_by(1)
    with clock.still():
        real.pass_by(1)
        with clock.still():
            assert clock.now_ns == SECOND
        assert clock.now_ns == SECOND
    assert clock.now_ns == 2 * SECOND
