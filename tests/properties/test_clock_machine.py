"""The clock and the engine against a model that is too simple to be wrong.

The model keeps what is armed in a list and looks for the earliest whenever it wants to know what is
next. Jobs are submitted, cancelled and sent again, to scripted receivers and to applications that
submit more of them, before, between and *while attempts are in flight*; walks are made, refused,
joined, cancelled and held up. Whatever happens, the journal is the model's.

The eighteen invariants and where they are held:

I1  Monotone: `elapsed` never decreases; negative or past targets raise and change nothing.
I2  Exact landing: after `advance(d)` elapsed is exactly old + d; after a cancelled one it is some
    instant in between; after `settle` it is unchanged.
I3  Exact instants: attempt n of a job accepted at s runs at exactly s + processing + (n - 1) x the
    delay, and the virtual durations.
I4  Exactly the due ones: none early, none missing, none twice, nothing after a 2xx, never one more
    than the retries allow.
I5  Time order: the instants of the journal are non-decreasing.
I6  Total order: what is due at one instant runs in the order in which it was armed.
I7  Nothing overdue: after any mover `next_due` is None or later than `elapsed`.
I8  Quiescent: after any mover nothing real is in flight.
I9  One mover: a mover beside another raises and changes nothing; `settle` joins.
I10 The wall clock stands at each instant before the work of that instant, and instants increase.
I11 Chopping: advance(a); advance(b) == advance(a + b).
I12 Eager == stepped: a clock that flows writes the same journal.
I13 Replay: the same script, the same journal, whichever face plays it.
I14 Jitter-immunity: a receiver's real delay changes nothing.
I15 Conservation: what was armed has run, was cancelled, or is pending; what was entered was left.
I16 Wall moves fire nothing.
I17 Guards: an endless cascade ends in `Runaway`, a hung receiver in `Stuck`; time stays.
I18 Close: afterwards every verb raises `ClockClosed`, and no task remains.
"""

import asyncio
import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from ringback import ClockBackwards, ClockBusy, NeverTrue, NothingDue
from ringback.core.base.duration import SECOND
from tests.budgets import budget
from tests.properties.clock_model import APPS, ENDS, PICKS, PLANS, SPANS, Plan, Told
from tests.properties.clock_side_by_side import SideBySide
from tests.properties.clock_stage import numbered


class ClockMachine(SideBySide):
    """Drives an emulator and its model side by side."""

    # -- what jobs do ----------------------------------------------------------------------------

    @rule(plan=PLANS)
    def submit(self, plan: Plan) -> None:
        """Nothing happens before the clock is told."""
        assert self.stage.submit(plan) == self.model.accept(plan)

    @rule(plans=st.lists(PLANS, min_size=2, max_size=8))
    def submit_many(self, plans: list[Plan]) -> None:
        """Their attempts are due at one instant, and run in this order (I6)."""
        for plan in plans:
            self.submit(plan)

    @precondition(lambda self: self._pending)
    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        """A delivery is given up, scheduled or waiting for a late answer."""
        position = self._pending[pick % len(self._pending)]
        self.emulator.cancel(self.emulator.deliveries[position], "no longer wanted")
        self.model.cancel(position)

    # -- walks -----------------------------------------------------------------------------------

    @rule(span=SPANS)
    def advance(self, span: int) -> None:
        """I2: it lands exactly where it was sent."""
        self._walk(self.emulator.advance(span / SECOND), target=self.model.now + span)

    @rule(span=SPANS, as_datetime=st.booleans())
    def advance_to(self, span: int, as_datetime: bool) -> None:
        """In seconds since the start, or as a datetime, which is no finer than a microsecond."""
        target = self.model.now + span
        if as_datetime:
            target = math.ceil(target / 1000) * 1000
            moment = self.emulator.clock.now + timedelta(
                microseconds=target // 1000 - self.model.now // 1000
            )
            self._walk(self.emulator.advance_to(moment), target=target)
        else:
            self._walk(self.emulator.advance_to(target / SECOND), target=target)

    @rule()
    def settle(self) -> None:
        """I2: time is unchanged."""
        self._walk(self.emulator.settle(), target=self.model.now)

    @rule()
    def advance_to_next(self) -> None:
        """All of the next moment, or a refusal."""
        first = self.model.next
        if first is None:
            self._refused(NothingDue, self.emulator.advance_to_next())
        else:
            self._walk(self.emulator.advance_to_next(), target=first.due)

    @rule()
    def step(self) -> None:
        """One attempt, or a refusal when none is left."""
        before = len(self.model.ended)
        if self.model.next is None:
            self._refused(NothingDue, self.emulator.step())
        else:
            self._walk(
                self.emulator.step(),
                target=None,
                enough=lambda: len(self.model.ended) > before,
                overdue=True,
            )

    @rule()
    def run_until_idle(self) -> None:
        """After it nothing is pending."""
        self._walk(self.emulator.run_until_idle(), target=None)
        assert not self.emulator.pending

    @rule(count=st.integers(0, 3), within=SPANS)
    def advance_until(self, count: int, within: int) -> None:
        """It stops at the step that made it true, or lands at its limit and raises."""
        wanted = len(self.model.ended) + count
        target = self.model.now + within
        verb = self.emulator.advance_until(lambda: len(self.stage.ended) >= wanted, within / SECOND)
        before = len(self.model.ended)
        self.model.walk(target, lambda: len(self.model.ended) >= wanted)
        if len(self.model.ended) >= wanted:
            assert numbered(self._run(verb)) == self._new(before)
        else:
            with pytest.raises(NeverTrue):
                self._run(verb)

    # -- while an attempt is in flight -----------------------------------------------------------

    @rule(
        app=APPS,
        span=SPANS,
        meanwhile=st.lists(PLANS, max_size=3),
        joined=st.booleans(),
        end=st.sampled_from(ENDS),
    )
    def act_while_an_attempt_is_in_flight(
        self, app: Plan, span: int, meanwhile: list[Plan], joined: bool, end: str
    ) -> None:
        """An application takes its time; jobs come, another mover is refused, settle joins."""
        self.submit(app)
        before, target = len(self.model.ended), self.model.now + span
        self.stage.gated = self.model.gated = True
        self.model.walk(target)
        walk = self.loop.create_task(self.emulator.advance(span / SECOND))
        self._run(self._either(walk, self.stage.arrived))
        position = self.model.at_gate
        if position is None:
            self.stage.gated = self.model.gated = False
            assert numbered(walk.result()) == self._new(before)
            return
        assert self._elapsed == self.model.now
        self._refused(ClockBusy, self.emulator.run_until_idle())
        for plan in meanwhile:
            self.submit(plan)
        waiting = self.loop.create_task(self.emulator.settle()) if joined else None
        self._run(asyncio.sleep(0))
        if end == "cancel the walk":
            self._cancel_the_walk(walk, waiting)
        else:
            self._end_in_flight(position, end)
            self.model.walk(target)
            assert numbered(self._run(walk)) == self._new(before)
            assert waiting is None or self._run(waiting) == []
        self._after_a_walk()

    def _cancel_the_walk(self, walk: Any, waiting: Any) -> None:
        """I2: time stays where it was; the attempt is settled by whoever comes next."""
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            self._run(walk)
        assert self._elapsed == self.model.now
        before, target = len(self.model.ended), self.model.now
        self.model.open_gate()
        self.model.walk(target)
        following = waiting or self.loop.create_task(self.emulator.settle())
        self._rest()  # until it is the mover itself, and waits for the attempt
        assert not following.done()
        self._open_gate()
        assert numbered(self._run(following)) == self._new(before)

    def _end_in_flight(self, position: int, end: str) -> None:
        if end == "cancel it":
            self.emulator.cancel(self.emulator.deliveries[position], "no longer wanted")
            self.model.cancel(position)
        if end == "abort it":
            self.model.cancel(position)
            self.model.open_gate("aborted")
            self.emulator._service.engine.abort("that is enough")
            self._run(asyncio.sleep(0))
        else:
            self.model.open_gate()
        self._open_gate()

    @rule(span=SPANS)
    def hold(self, span: int) -> None:
        """While something is held no walk moves."""
        before = len(self.model.ended)
        with self.emulator.hold("the import runs"):
            walk = self.loop.create_task(self.emulator.advance(span / SECOND))
            self._rest()
            assert self._elapsed == self.model.now
            assert not walk.done()
        self.model.walk(self.model.now + span)
        assert numbered(self._run(walk)) == self._new(before)
        self._after_a_walk()

    # -- what is refused, and what changes nothing -----------------------------------------------

    @rule(span=st.integers(1, 100 * SECOND))
    def go_back(self, span: int) -> None:
        """I1: it raises and changes nothing."""
        self._refused(ClockBackwards, self.emulator.advance(timedelta(seconds=-1)))
        self._refused(ClockBackwards, self.emulator.advance_until(bool, -span / SECOND))
        past = self.emulator.clock.now - timedelta(microseconds=1)
        self._refused(ClockBackwards, self.emulator.advance_to(past))

    @rule(hours=st.integers(-10_000, 10_000))
    def set_wall(self, hours: int) -> None:
        """I16: journal, heap and elapsed are unchanged."""
        with self._unchanged():
            self.emulator._service.clock.set_wall(self.emulator.clock.now + timedelta(hours=hours))
        self.offset += timedelta(hours=hours)


def test_the_clock_agrees_with_the_model() -> None:
    run_state_machine_as_test(
        ClockMachine,
        settings=settings(
            max_examples=budget(20, 150),
            stateful_step_count=30,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("joined", [True, False])
def test_the_clock_agrees_with_the_model_however_an_attempt_in_flight_ends(
    end: str, joined: bool
) -> None:
    """So that no run is without one of them."""
    machine = ClockMachine()
    machine.begin(retries=1, delay=30 * SECOND, processing=0)
    failing = Plan((Told("503"),))
    app = Plan((Told("503", children=(failing,)), Told("200")), app=True)
    machine.submit(failing)
    machine.act_while_an_attempt_is_in_flight(app, 40 * SECOND, [app, failing], joined, end)
    machine.both_agree_about_the_time()
    machine.both_agree_about_every_attempt()
    machine.nothing_gets_lost()
    machine.run_until_idle()
    machine.both_agree_about_every_attempt()
    machine.there_is_never_one_attempt_too_many()
    machine.teardown()
