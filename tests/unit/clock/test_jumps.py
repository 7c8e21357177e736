"""The steps of a clock that goes from due moment to due moment by itself."""

from collections.abc import Callable
from typing import Any

import pytest

from ringback import ClockError, Runaway, Stuck
from ringback.clock import jumps
from ringback.clock.agenda import Due
from ringback.clock.generations import MAX_BY_ITSELF
from ringback.clock.jumps import Jumps
from ringback.clock.listener import Launch
from ringback.clock.timer import Timer
from ringback.clock.verbs import advance, advance_to_next, run_until_idle, settle, step
from ringback.core.base.duration import SECOND
from ringback.core.facts import ClockFailed
from tests.unit.clock.walked_by_hand import Plan, elapsed, ended, moves, walked


class Auto(Plan):
    """Things on an `auto` clock, whose bell and alarm the test hears; what is real is launched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(auto=True)
        self.launched = 0
        self.rung = 0
        self.alarms: list[tuple[float, Timer]] = []
        monkeypatch.setattr(jumps, "set_alarm", self._set)
        self.jumps = Jumps(self.clock, self._ring, guard=10)

    def run(self) -> None:
        """Take steps until it has to be called again."""
        while self.jumps.go_on():
            pass

    def alarm(self) -> None:
        """The guard's time is up."""
        self.alarms[-1][1].fire()
        self.run()

    def begin(self, position: int, due: Due) -> Launch | None:
        return self._launch if super().begin(position, due) is not None else None

    def _launch(self, awaited: bool) -> Any:
        self.launched += 1
        assert not awaited

    def _ring(self) -> None:
        self.rung += 1

    def _set(self, seconds: float, ring: Callable[[], None]) -> Timer:
        self.alarms.append((seconds, Timer(ring)))
        return self.alarms[-1][1]


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Auto:
    return Auto(monkeypatch)


def test_time_goes_to_each_due_moment_in_order_and_no_further(plan: Auto) -> None:
    for due, name in ((30, "later"), (0, "now"), (30, "last"), (10, "soon")):
        plan.at(due, name)
    plan.run()
    assert plan.ran == [(0, "now"), (10, "soon"), (30, "later"), (30, "last")]
    assert elapsed(plan) == 30
    assert moves(plan) == []


def test_nothing_begins_beside_what_is_in_flight(plan: Auto) -> None:
    plan.at(5, "first", real=True)
    plan.at(5, "second")
    plan.run()
    assert (plan.launched, plan.ran, elapsed(plan)) == (1, [], 5)
    plan.end("first")
    assert plan.rung == 1
    plan.run()
    assert plan.ran == [(5, "first"), (5, "second")]


@pytest.mark.parametrize("label", ["a request to /v1/speak", "background work", "an upgrade"])
def test_whatever_is_in_flight_holds_time_back_and_its_end_wakes_once(
    plan: Auto, label: str
) -> None:
    plan.at(5, "it")
    token = plan.clock.occupy(label)
    for _ in range(3):
        plan.run()
    assert (plan.ran, elapsed(plan), plan.rung) == ([], 0, 0)
    plan.clock.leave(token)
    assert plan.rung == 1
    plan.run()
    assert plan.ran == [(5, "it")]


def test_a_hold_holds_it_back(plan: Auto) -> None:
    plan.at(0, "it")
    with plan.clock.hold("looking at what is pending"):
        plan.run()
        assert plan.ran == []
        assert plan.clock.next_due == 0
    plan.run()
    assert plan.ran == [(0, "it")]


def test_what_an_attempt_causes_at_its_own_moment_comes_before_later_ones(plan: Auto) -> None:
    plan.at(5, "first", lambda: plan.at(5, "caused"))
    plan.at(6, "second")
    plan.run()
    assert plan.ran == [(5, "first"), (5, "caused"), (6, "second")]


def test_what_is_in_the_background_comes_in_its_turn_and_draws_nobody_on(plan: Auto) -> None:
    told: list[str] = []
    plan.clock.call_at(3 * SECOND, lambda: told.append("limit"), background=True)
    plan.clock.call_at(90 * SECOND, lambda: told.append("another"), background=True)
    plan.run()
    assert (told, elapsed(plan)) == ([], 0)
    plan.at(5, "it")
    plan.run()
    assert (told, elapsed(plan)) == (["limit"], 5)


def test_it_keeps_out_of_the_way_of_a_walk_and_goes_on_after_it(plan: Auto) -> None:
    plan.at(1, "real", real=True)
    plan.at(30, "later")
    walk = advance(plan.clock, 10 * SECOND)
    next(walk)
    plan.run()
    assert plan.ran == []
    plan.end("real")
    plan.run()
    assert plan.ran == [(1, "real")]
    assert ended(walk) == ["real"]
    assert elapsed(plan) == 10
    plan.run()
    assert plan.ran == [(1, "real"), (30, "later")]


def test_a_walk_lands_where_it_was_sent(plan: Auto) -> None:
    plan.at(5, "it")
    assert walked(advance(plan.clock, 90 * SECOND)) == ["it"]
    assert elapsed(plan) == 90
    assert walked(run_until_idle(plan.clock)) == []


@pytest.mark.parametrize("verb", [step, advance_to_next])
def test_a_step_that_would_be_a_matter_of_chance_is_refused(plan: Auto, verb: Any) -> None:
    plan.at(5, "it")
    with pytest.raises(ClockError, match=rf"{verb.__name__}\(\).*run_until_idle.*clock='paused'"):
        next(verb(plan.clock))
    assert elapsed(plan) == 0


def test_frames_on_their_way_are_heard_before_time_moves(plan: Auto) -> None:
    told: list[tuple[float, object]] = []

    def listen() -> None:
        told.append((elapsed(plan), plan.clock.occupy("frames")))

    plan.clock.before_walks(listen)
    plan.at(0, "now")
    plan.at(5, "later")
    plan.run()
    assert plan.ran == [(0, "now")]
    plan.clock.leave(told[0][1])
    plan.run()
    assert plan.ran == [(0, "now"), (5, "later")]
    assert [moment for moment, _ in told] == [0]


# -- what goes wrong ------------------------------------------------------------------------------


def cascade(plan: Auto, depth: int) -> None:
    if depth:
        plan.at(0, "again", lambda: cascade(plan, depth - 1))


def test_an_endless_cascade_halts_it_once_and_is_told(plan: Auto) -> None:
    cascade(plan, 1 << 30)
    plan.at(30, "later")
    plan.run()
    plan.run()
    assert len(plan.ran) == MAX_BY_ITSELF + 1
    (failed,) = [fact for fact in plan.clock.journal if isinstance(fact, ClockFailed)]
    assert failed.reason.startswith("has halted until a verb moves it: at +0s callbacks keep")
    assert [type(error) for error in plan.clock.unheard] == [Runaway]


def test_one_that_has_halted_goes_on_once_a_verb_has_ended_well(plan: Auto) -> None:
    plan.at(5, "later")
    plan.clock.halt(Runaway("it runs away"))
    with pytest.raises(Runaway):
        next(settle(plan.clock))
    plan.run()
    assert plan.ran == []
    assert walked(settle(plan.clock)) == []
    plan.run()
    assert plan.ran == [(5, "later")]


def test_a_long_cascade_that_ends_is_no_runaway_and_idleness_begins_the_count_anew(
    plan: Auto,
) -> None:
    for _ in range(2):
        cascade(plan, MAX_BY_ITSELF)
        plan.run()
    assert len(plan.ran) == 2 * MAX_BY_ITSELF
    assert plan.clock.unheard == []


def test_a_moment_that_no_calendar_has_halts_it(plan: Auto) -> None:
    plan.at(10**12, "never")
    plan.run()
    assert elapsed(plan) == 0
    assert [type(error) for error in plan.clock.unheard] == [ValueError]


def test_what_cannot_begin_is_given_up_and_the_others_go_on(
    plan: Auto, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    plan.at(0, "bad", fail)
    plan.at(1, "good")
    plan.run()
    assert plan.ran == [(1, "good")]
    assert "an attempt could not begin" in caplog.text


def test_what_keeps_it_for_a_whole_guard_is_aborted_and_told(plan: Auto) -> None:
    plan.at(0, "hung", real=True)
    plan.run()
    assert [seconds for seconds, _ in plan.alarms] == [10]
    plan.alarm()
    assert plan.aborted == ["it kept the clock waiting for longer than Settings.guard"]
    (error,) = plan.clock.unheard
    assert isinstance(error, Stuck)
    assert "nothing moved for 10 real seconds; still in flight: hung" in str(error)
    (failed,) = [fact for fact in plan.clock.journal if isinstance(fact, ClockFailed)]
    assert failed.reason == f"has waited in vain: {error}"


def test_what_has_begun_since_the_guard_was_set_has_a_guard_of_its_own(plan: Auto) -> None:
    plan.at(0, "first", real=True)
    plan.at(0, "second", real=True)
    plan.run()
    plan.end("first")
    plan.run()
    plan.alarm()
    assert plan.aborted == []
    plan.alarm()
    assert len(plan.aborted) == 1


def test_a_hold_may_last_for_longer_than_the_guard(plan: Auto) -> None:
    plan.at(0, "it")
    with plan.clock.hold("a look"):
        plan.run()
        plan.alarm()
        assert plan.clock.unheard == []
    plan.run()
    assert plan.ran == [(0, "it")]


def test_a_stopped_one_leaves_no_alarm_behind(plan: Auto) -> None:
    plan.jumps.stop()
    plan.at(0, "it", real=True)
    plan.run()
    plan.jumps.stop()
    assert plan.alarms[-1][1].over


def test_a_closed_clock_goes_nowhere(plan: Auto) -> None:
    plan.at(0, "it")
    plan.clock.close()
    plan.run()
    assert plan.ran == []
