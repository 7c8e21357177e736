"""A clock that drives itself writes the journal that a walk writes, whatever happens."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback import AsyncEmulator, Emulator, Settings
from ringback.core.base.duration import SECOND
from ringback.core.facts import ClockMoved, Fact
from tests.budgets import budget
from tests.properties.clock_model import PLANS, SCRIPTED, SPANS, Model, Plan
from tests.properties.clock_stage import Stage

PATIENCE = 30


@dataclass(frozen=True)
class History:
    """Jobs that are submitted together, and, once all is idle, how far time is moved by hand."""

    retries: int
    delay: int
    processing: int
    acts: tuple[tuple[tuple[Plan, ...], int], ...]

    def settings(self, clock: str) -> Settings:
        return Settings(
            clock=clock,
            retries=self.retries,
            retry_delay=self.delay // SECOND,
            processing_time=self.processing // SECOND,
            seed=0,
        )


def histories(plans: st.SearchStrategy[Plan]) -> st.SearchStrategy[History]:
    return st.builds(
        History,
        st.integers(0, 10),
        st.sampled_from([0, SECOND, 30 * SECOND]),
        st.sampled_from([0, 0, 2 * SECOND]),
        st.lists(
            st.tuples(st.lists(plans, min_size=1, max_size=4).map(tuple), SPANS),
            min_size=1,
            max_size=3,
        ).map(tuple),
    )


def told(history: History) -> Any:
    """What the model makes of it."""
    model = Model(history.retries, history.delay, history.processing)
    for plans, span in history.acts:
        for plan in plans:
            model.accept(plan)
        model.walk(None)
        model.walk(model.now + span)
    return model.ended, model.now


def written(emulator: Emulator | AsyncEmulator, stage: Stage) -> Any:
    """The attempts, where time stands, and every fact but those of verbs."""
    facts = [str(fact) for fact in emulator.journal if not isinstance(fact, ClockMoved)]
    return (stage.ended, round(emulator.clock.elapsed * SECOND)), facts


def driven(history: History) -> Any:
    """What a paused clock makes of it, driven by a test."""
    with Emulator(history.settings("paused").changed(api_key="one-key-for-all")) as emulator:
        stage = Stage(emulator)
        for plans, span in history.acts:
            for plan in plans:
                stage.submit(plan)
            emulator.run_until_idle()
            emulator.advance(span / SECOND)
        return written(emulator, stage)


def by_itself(history: History) -> Any:
    """What an `auto` clock makes of it, which is only held while jobs are submitted."""
    with Emulator(history.settings("auto").changed(api_key="one-key-for-all")) as emulator:
        idle = threading.Event()
        emulator.journal.on_append = _when_idle(emulator, idle.set)
        stage = Stage(emulator)
        for plans, span in history.acts:
            idle.clear()
            with emulator.hold("jobs are submitted together"):
                for plan in plans:
                    stage.submit(plan)
            assert idle.wait(PATIENCE)
            emulator.advance(span / SECOND)
        return written(emulator, stage)


def by_itself_on_a_loop(history: History, turns: Callable[[], int]) -> Any:
    """The same on the other face; applications take *turns* of the loop to answer."""

    async def play() -> Any:
        chosen = history.settings("auto").changed(api_key="one-key-for-all")
        async with AsyncEmulator(chosen) as emulator:
            idle = asyncio.Event()
            emulator.journal.on_append = _when_idle(emulator, idle.set)
            stage = Stage(emulator, turns)
            for plans, span in history.acts:
                idle.clear()
                for plan in plans:  # nothing begins before the loop has its turn
                    stage.submit(plan)
                await asyncio.wait_for(idle.wait(), PATIENCE)
                await emulator.advance(span / SECOND)
            return written(emulator, stage)

    return asyncio.run(play())


def _when_idle(
    emulator: Emulator | AsyncEmulator, then: Callable[[], object]
) -> Callable[[Fact], None]:
    def hear(fact: Fact) -> None:
        if fact.name == "attempt.finished" and not emulator.pending:
            then()

    return hear


quickly = settings(max_examples=budget(8, 100), suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(histories(SCRIPTED))
def test_a_clock_that_drives_itself_writes_what_a_driven_one_writes(history: History) -> None:
    alone, paused = by_itself(history), driven(history)
    assert alone == paused
    assert alone[0] == told(history)


@quickly
@given(histories(PLANS), st.data())
def test_so_it_does_with_applications_however_long_they_take(
    history: History, data: st.DataObject
) -> None:
    jitter = st.integers(0, 50)
    alone, facts = by_itself_on_a_loop(history, lambda: data.draw(jitter))
    assert alone == told(history)
    assert facts == by_itself_on_a_loop(history, int)[1]
