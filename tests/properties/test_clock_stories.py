"""Whole stories: chopped, flowing, told twice, on either face; and those of single invariants."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback import AsyncEmulator, Emulator, Runaway, Settings, Stuck
from ringback.clock.generations import MAX_GENERATIONS
from ringback.core.base.duration import SECOND
from tests.budgets import budget
from tests.properties.clock_model import PLANS, SCRIPTED, SPANS, Ended, Model, Plan
from tests.properties.clock_stage import Stage


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


quickly = settings(max_examples=budget(15, 100), suppress_health_check=[HealthCheck.too_slow])


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


@settings(max_examples=budget(10, 40))
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
@settings(max_examples=budget(10, 60))
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
            assert 0.05 <= loop.time() - begun < 10, "the default guard is ten"
            assert emulator.clock.elapsed == 0

    async def hung(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    asyncio.run(story())
