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
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ringback import (
    AsyncEmulator,
    Attempt,
    ClockBackwards,
    ClockBusy,
    ClockClosed,
    Emulator,
    NeverTrue,
    NothingDue,
    Reply,
    Runaway,
    Settings,
    Stuck,
)
from ringback.clock.turns import drained
from ringback.clock.walk import MAX_GENERATIONS
from ringback.core.duration import SECOND
from ringback.core.journal import AttemptFinished, AttemptStarted

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 10 * SECOND

# -- what jobs are made of -----------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What one attempt is told, after so many nanoseconds; meanwhile *children* are submitted."""

    word: str
    takes: int = 0
    children: "tuple[Plan, ...]" = ()

    @property
    def is_answer(self) -> bool:
        return self.word.isdigit()


@dataclass(frozen=True)
class Plan:
    """What the attempts of one job are told; the last repeats. An *app* is really called."""

    told: tuple[Told, ...]
    app: bool = False

    def of(self, number: int) -> Told:
        return self.told[min(number, len(self.told)) - 1]


WORDS = st.sampled_from(["200", "204", "301", "500", "503", "503", "refused", "reset"])
DURATIONS = st.sampled_from([0, 0, 0, 1, 5 * SECOND, LIMIT, LIMIT + 1, 30 * SECOND])
SCRIPTED = st.lists(st.builds(Told, WORDS, DURATIONS), min_size=1, max_size=4).map(
    lambda told: Plan(tuple(told))
)
APPS = st.lists(
    st.builds(
        Told,
        st.sampled_from(["200", "500", "503"]),
        children=st.lists(SCRIPTED, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=3,
).map(lambda told: Plan(tuple(told), app=True))
PLANS = st.one_of(SCRIPTED, APPS)
SPANS = st.one_of(
    st.sampled_from([0, 1, SECOND, LIMIT, 30 * SECOND - 1, 30 * SECOND, 30 * SECOND + 1]),
    st.integers(0, 400 * SECOND),
)
PICKS = st.integers(0, 1_000)
ENDS = ("answer", "cancel the walk", "cancel it", "abort it")


def reply_of(told: Told) -> Any:
    """How a scripted receiver is told to say *told*."""
    return Reply(int(told.word), after=told.takes / SECOND) if told.is_answer else told.word


# -- the model -----------------------------------------------------------------------------------

Ended: TypeAlias = tuple[int, int, int, int, str]
"""One attempt: position, number, start, end, word."""


@dataclass
class Job:
    """One delivery, as the model sees it."""

    plan: Plan
    attempts: int = 0
    state: str = "scheduled"


@dataclass
class Armed:
    """Something that comes at *due*; *ends* is what the end of an attempt in flight will say."""

    due: int
    sequence: int
    position: int
    ends: tuple[int, str] | None = None


@dataclass
class Model:
    """Time, what is armed, and what has ended."""

    retries: int
    delay: int
    processing: int
    now: int = 0
    sequence: int = 0
    armed: list[Armed] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    gated: bool = False
    at_gate: int | None = None

    def accept(self, plan: Plan) -> int:
        self.jobs.append(Job(plan))
        self._arm(self.now + self.processing, len(self.jobs) - 1)
        return len(self.jobs) - 1

    def cancel(self, position: int) -> None:
        self.jobs[position].state = "cancelled"
        self.armed = [each for each in self.armed if each.position != position or each.ends]

    @property
    def next(self) -> Armed | None:
        return min(self.armed, key=lambda each: (each.due, each.sequence), default=None)

    def run_next(self) -> None:
        first = self.next
        assert first is not None
        self.armed.remove(first)
        self.now = first.due
        if first.ends is not None:
            self._end(first.position, *first.ends)
            return
        job = self.jobs[first.position]
        job.state = "in flight"
        told = job.plan.of(job.attempts + 1)
        if told.is_answer and told.takes:
            word = "timeout" if told.takes > LIMIT else told.word
            self._arm(self.now + min(told.takes, LIMIT), first.position, (self.now, word))
        elif job.plan.app and self.gated:
            self.gated, self.at_gate = False, first.position
        else:
            self._answer(first.position)

    def walk(self, target: int | None, enough: Callable[[], bool] = bool) -> None:
        """Run what is due by *target* (None: all there is); stop at the gate, or when *enough*."""
        while self.at_gate is None and not enough():
            first = self.next
            if first is None or (target is not None and first.due > target):
                self.now = self.now if target is None else target
                return
            self.run_next()

    def open_gate(self, word: str | None = None) -> None:
        """The application answers as planned, or the attempt ends as *word* says."""
        position, self.at_gate = self.at_gate, None
        assert position is not None
        if word is None:
            self._answer(position)
        else:
            self._end(position, self.now, word)

    def _answer(self, position: int) -> None:
        told = self.jobs[position].plan.of(self.jobs[position].attempts + 1)
        for child in told.children:
            self.accept(child)
        self._end(position, self.now, told.word)

    def _end(self, position: int, started: int, word: str) -> None:
        job = self.jobs[position]
        job.attempts += 1
        self.ended.append((position, job.attempts, started, self.now, word))
        if job.state == "cancelled":
            return
        if word in ("200", "204"):
            job.state = "delivered"
        elif job.attempts > self.retries:
            job.state = "exhausted"
        else:
            job.state = "scheduled"
            self._arm(self.now + self.delay, position)

    def _arm(self, due: int, position: int, ends: tuple[int, str] | None = None) -> None:
        self.sequence += 1
        self.armed.append(Armed(due, self.sequence, position, ends))


# -- the emulator --------------------------------------------------------------------------------


class Stage:
    """Puts jobs on an emulator, and reads its journal as the model writes it."""

    def __init__(self, emulator: Emulator | AsyncEmulator, turns: Callable[[], int] = int) -> None:
        """*turns* says how many turns of the loop an application takes for each answer."""
        self.emulator = emulator
        self.gated = False
        self.arrived = asyncio.Event()
        self.gate = asyncio.Event()
        self.seen: list[tuple[datetime, int]] = []
        self._turns = turns

    def submit(self, plan: Plan) -> int:
        position = len(self.emulator.deliveries)
        origin = f"https://job{position}.example"
        if plan.app:
            self.emulator.connect(origin, self._app(plan))
        else:
            self.emulator.receiver(origin, [reply_of(told) for told in plan.told])
        return self.emulator.submit("Hello", callback=origin).position

    def _app(self, plan: Plan) -> Any:
        arrivals = iter(range(1, 1_000))

        async def app(scope: Any, receive: Any, send: Any) -> None:
            told = plan.of(next(arrivals))
            clock = self.emulator.clock
            self.seen.append((clock.now, round(clock.elapsed * SECOND)))
            for _ in range(self._turns()):
                await asyncio.sleep(0)
            if self.gated:
                self.gated = False
                self.arrived.set()
                await self.gate.wait()
            for child in told.children:
                self.submit(child)
            await send({"type": "http.response.start", "status": int(told.word), "headers": []})
            await send({"type": "http.response.body"})

        return app

    @property
    def ended(self) -> list[Ended]:
        return [
            (
                fact.position,
                fact.attempt.number,
                fact.attempt.started_at,
                fact.attempt.finished_at,
                fact.attempt.outcome.word,
            )
            for fact in self.emulator.journal
            if isinstance(fact, AttemptFinished)
        ]


def numbered(attempts: list[Attempt]) -> list[tuple[int, int, str]]:
    return [(each.number, round(each.started_at * SECOND), each.word) for each in attempts]


class ClockMachine(RuleBasedStateMachine):
    """Drives an emulator and its model side by side."""

    @initialize(
        retries=st.integers(0, 3),
        delay=st.sampled_from([0, SECOND, 30 * SECOND]),
        processing=st.sampled_from([0, 0, 2 * SECOND]),
    )
    def begin(self, retries: int, delay: int, processing: int) -> None:
        """An emulator with few retries, so that deliveries come to their end."""
        self.loop = asyncio.new_event_loop()
        self.emulator = AsyncEmulator(
            Settings(
                retries=retries,
                retry_delay=delay // SECOND,
                processing_time=processing // SECOND,
                seed=0,
            )
        ).open()
        self.stage = Stage(self.emulator)
        self.model = Model(retries, delay, processing)
        self.offset = timedelta()
        self.last = 0

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

    # -- invariants ------------------------------------------------------------------------------

    @invariant()
    def time_never_goes_back(self) -> None:
        """I1."""
        assert self._elapsed >= self.last
        self.last = self._elapsed

    @invariant()
    def both_agree_about_the_time(self) -> None:
        """I2: to the nanosecond."""
        assert self._elapsed == self.model.now
        assert self.emulator.clock.now == self._wall(self._elapsed)

    @invariant()
    def both_agree_about_every_attempt(self) -> None:
        """I3, I4, I6: the same attempts at the same instants in the same order."""
        assert self.stage.ended == self.model.ended

    @invariant()
    def the_journal_is_in_order(self) -> None:
        """I5: its instants are non-decreasing."""
        moments = [fact.at for fact in self.emulator.journal if not hasattr(fact, "verb")]
        assert moments == sorted(moments)

    @invariant()
    def there_is_never_one_attempt_too_many(self) -> None:
        """I4."""
        for position, job in enumerate(self.model.jobs):
            delivery = self.emulator.deliveries[position]
            assert delivery.state == job.state
            assert len(delivery.attempts) == job.attempts <= self.model.retries + 1

    @invariant()
    def receivers_see_the_instant_of_their_attempt(self) -> None:
        """I10: instants increase, and the wall clock is there first."""
        elapsed = [moment for _, moment in self.stage.seen]
        begun = {fact.at for fact in self.emulator.journal if isinstance(fact, AttemptStarted)}
        assert elapsed == sorted(elapsed)
        assert begun.issuperset(elapsed)
        self.stage.seen.clear()

    @invariant()
    def nothing_gets_lost(self) -> None:
        """I15: armed = run + cancelled + pending, and `next_due` is set while something is."""
        first = self.model.next
        clock = self.emulator.clock
        assert (clock.next_due is None) == (first is None)
        assert first is None or round((clock.next_due or 0) * SECOND) == first.due
        assert len(self.emulator.pending) == len(self._pending)
        assert self.emulator._service.clock.busy == []

    def teardown(self) -> None:
        """I18: after the end every verb raises, and no task remains."""
        if not hasattr(self, "loop"):
            return
        self.emulator.close()
        for verb in (self.emulator.settle(), self.emulator.advance(1), self.emulator.step()):
            with pytest.raises(ClockClosed):
                self._run(verb)
        self._run(asyncio.sleep(0))
        assert asyncio.all_tasks(self.loop) == set()
        self.loop.close()

    # -- the machine's own questions -------------------------------------------------------------

    @property
    def _pending(self) -> list[int]:
        return [
            position
            for position, job in enumerate(self.model.jobs)
            if job.state in ("scheduled", "in flight")
        ]

    @property
    def _elapsed(self) -> int:
        return self.emulator._service.clock.now_ns

    def _wall(self, elapsed: int) -> datetime:
        return EPOCH + self.offset + timedelta(microseconds=elapsed // 1000)

    def _run(self, verb: Any) -> Any:
        return self.loop.run_until_complete(verb)

    def _rest(self) -> None:
        """Until nobody has anything left to do, not even those who wait for just that."""
        for _ in range(10):
            self._run(drained())

    def _new(self, before: int) -> list[tuple[int, int, str]]:
        return [
            (number, started, word) for _, number, started, _, word in self.model.ended[before:]
        ]

    def _walk(
        self,
        verb: Any,
        target: int | None,
        enough: Callable[[], bool] = bool,
        *,
        overdue: bool = False,
    ) -> None:
        before = len(self.model.ended)
        self.model.walk(target, enough)
        assert numbered(self._run(verb)) == self._new(before)
        self._after_a_walk(overdue=overdue)

    def _after_a_walk(self, *, overdue: bool = False) -> None:
        """I7: nothing is overdue. I8: nothing real is in flight."""
        due = self.emulator._service.engine.next_due
        assert overdue or due is None or due[0] > self._elapsed
        assert self.emulator._service.clock.busy == []

    def _refused(self, error: type[Exception], verb: Any) -> None:
        with self._unchanged(), pytest.raises(error):
            self._run(verb)

    def _unchanged(self) -> Any:
        return _Unchanged(self)

    def _state(self) -> Any:
        return (
            self._elapsed,
            len(self.emulator.journal),
            self.emulator.clock.next_due,
            [delivery.state for delivery in self.emulator.deliveries],
        )

    async def _either(self, walk: Any, arrived: asyncio.Event) -> None:
        arriving = asyncio.ensure_future(arrived.wait())
        await asyncio.wait({walk, arriving}, return_when=asyncio.FIRST_COMPLETED)
        arriving.cancel()

    def _open_gate(self) -> None:
        self.stage.gate.set()
        self._run(asyncio.sleep(0))
        self.stage.gate.clear()
        self.stage.arrived.clear()


class _Unchanged:
    """Time, journal, heap and states are afterwards what they were."""

    def __init__(self, machine: ClockMachine) -> None:
        self._machine = machine

    def __enter__(self) -> None:
        self._before = self._machine._state()

    def __exit__(self, *error: object) -> None:
        assert self._machine._state() == self._before


def test_the_clock_agrees_with_the_model() -> None:
    run_state_machine_as_test(
        ClockMachine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
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


# -- whole stories -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """Jobs, and how far time goes after each of them."""

    retries: int
    delay: int
    acts: tuple[tuple[Plan, int], ...]

    @property
    def settings(self) -> Settings:
        return Settings(retries=self.retries, retry_delay=self.delay // SECOND, seed=0)


def stories(plans: st.SearchStrategy[Plan]) -> st.SearchStrategy[Story]:
    return st.builds(
        Story,
        st.integers(0, 10),
        st.sampled_from([0, SECOND, 30 * SECOND]),
        st.lists(st.tuples(plans, SPANS), min_size=1, max_size=6).map(tuple),
    )


def told(story: Story) -> tuple[list[Ended], int]:
    """What the model makes of *story*, and when it is over."""
    model = Model(story.retries, story.delay, 0)
    for plan, span in story.acts:
        model.accept(plan)
        model.walk(model.now + span)
    model.walk(None)
    return model.ended, model.now


def played(story: Story, chop: Callable[[int], list[int]] = lambda span: [span]) -> Any:
    """What an emulator makes of it; *chop* cuts each span into pieces."""
    with Emulator(story.settings) as emulator:
        stage = Stage(emulator)
        for plan, span in story.acts:
            stage.submit(plan)
            for piece in chop(span):
                emulator.advance(piece / SECOND)
        emulator.run_until_idle()
        return stage.ended, round(emulator.clock.elapsed * SECOND)


def played_on_a_loop(story: Story, turns: Callable[[], int] = int) -> Any:
    """What it makes of it on the other face; applications take *turns* of the loop to answer."""

    async def play() -> Any:
        async with AsyncEmulator(story.settings) as emulator:
            stage = Stage(emulator, turns)
            for plan, span in story.acts:
                stage.submit(plan)
                await emulator.advance(span / SECOND)
            await emulator.run_until_idle()
            return stage.ended, round(emulator.clock.elapsed * SECOND)

    return asyncio.run(play())


quickly = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(stories(SCRIPTED), st.data())
def test_a_chopped_advance_is_the_same_as_a_whole_one(story: Story, data: st.DataObject) -> None:
    """I11: any chopping, then run_until_idle, == run_until_idle."""

    def chop(span: int) -> list[int]:
        cuts = sorted(data.draw(st.lists(st.integers(0, span), max_size=4)))
        return [end - start for start, end in zip([0, *cuts], [*cuts, span], strict=True)]

    assert played(story, chop) == played(story) == told(story)


@quickly
@given(stories(SCRIPTED))
def test_one_story_is_always_told_alike(story: Story) -> None:
    """I13: any number of times, and on either face."""
    assert played(story) == played(story) == played_on_a_loop(story) == told(story)


@quickly
@given(stories(PLANS), st.data())
def test_a_receivers_real_delay_changes_nothing(story: Story, data: st.DataObject) -> None:
    """I14: what an application takes in real time is no virtual time."""
    jitter = st.integers(0, 50)
    assert played_on_a_loop(story, lambda: data.draw(jitter)) == told(story)


@settings(max_examples=20, deadline=None)
@given(st.lists(SCRIPTED, min_size=1, max_size=5))
def test_to_flow_and_to_walk_write_the_same_journal(plans: list[Plan]) -> None:
    """I12: eager == stepped. The jobs are submitted at one moment, whenever that is."""
    story = Story(3, 30 * SECOND, tuple((plan, 0) for plan in plans))
    with Emulator(story.settings.changed(clock="x1000000")) as emulator:
        stage = Stage(emulator)
        with emulator.hold("all jobs are submitted"):
            begun = round(emulator.clock.elapsed * SECOND)
            for plan in plans:
                stage.submit(plan)
        while emulator.pending:
            emulator.settle()
        ended = [(*each[:2], each[2] - begun, each[3] - begun, each[4]) for each in stage.ended]
    assert ended == told(replace(story, acts=story.acts))[0]


# -- invariants that need a story of their own ---------------------------------------------------


@given(st.integers(1, 2 * MAX_GENERATIONS))
@settings(max_examples=30, deadline=None)
def test_a_cascade_runs_away_when_it_is_too_deep(depth: int) -> None:
    """I17: an endless cascade ends in `Runaway` with elapsed unchanged; a long one does not."""

    async def story() -> None:
        async with AsyncEmulator() as emulator:
            left = depth

            async def echo(scope: Any, receive: Any, send: Any) -> None:
                nonlocal left
                if left:
                    left -= 1
                    emulator.submit("Again", callback="https://echo.example")
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body"})

            emulator.connect("https://echo.example", echo)
            emulator.submit("Hello", callback="https://echo.example")
            if depth > MAX_GENERATIONS:
                with pytest.raises(Runaway):
                    await emulator.advance(30)
                assert emulator.clock.elapsed == 0
            else:
                assert len(await emulator.advance(30)) == depth + 1

    asyncio.run(story())


def test_a_hung_receiver_is_stuck_within_two_guards() -> None:
    """I17."""

    async def story() -> None:
        async with AsyncEmulator(Settings(guard=0.05)) as emulator:
            loop = asyncio.get_running_loop()
            emulator.connect("https://hung.example", hung)
            emulator.submit("Hello", callback="https://hung.example")
            begun = loop.time()
            with pytest.raises(Stuck):
                await emulator.advance(30)
            assert 0.05 <= loop.time() - begun < 5, "the default guard is ten"
            assert emulator.clock.elapsed == 0

    async def hung(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    asyncio.run(story())
