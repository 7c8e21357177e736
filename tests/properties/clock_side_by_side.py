"""An emulator and its model side by side: how they begin and end, and what must always hold."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from ringback import AsyncEmulator, ClockClosed, Settings
from ringback.clock.turns import drained
from ringback.core.base.duration import SECOND
from ringback.core.facts import AttemptStarted
from tests.properties.clock_model import EPOCH, Model
from tests.properties.clock_stage import Stage, numbered


class SideBySide(RuleBasedStateMachine):
    """An emulator and its model, which a machine drives by its rules."""

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
        due = self.emulator._service.clock.next_due
        assert overdue or due is None or due > self._elapsed
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

    def __init__(self, machine: SideBySide) -> None:
        self._machine = machine

    def __enter__(self) -> None:
        self._before = self._machine._state()

    def __exit__(self, *error: object) -> None:
        assert self._machine._state() == self._before
