"""One walk, driven from two sides."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ringback.clock.steps import Effect, Steps, drive, run


async def ten() -> int:
    return 10


async def failing() -> int:
    raise ZeroDivisionError("of the effect")


def adding(*effects: Effect) -> Steps[int]:
    total = 0
    for effect in effects:
        total += yield effect
    return total


def forgiving(effect: Effect) -> Steps[str]:
    try:
        yield effect
    except ZeroDivisionError as error:
        yield ten
        return f"survived an error {error}"
    raise AssertionError


async def awaited(effect: Effect) -> Any:
    return await effect()


def elsewhere(effect: Effect) -> Any:
    return asyncio.run(awaited(effect))


def blocking(steps: Steps[Any]) -> Any:
    return run(steps, elsewhere)


def awaiting(steps: Steps[Any]) -> Any:
    return asyncio.run(drive(steps, awaited))


both_sides = pytest.mark.parametrize("walk", [blocking, awaiting])
Walk = Callable[[Steps[Any]], Any]


@both_sides
def test_effects_are_carried_out_and_their_results_sent_in(walk: Walk) -> None:
    assert walk(adding(ten, ten, ten)) == 30


@both_sides
def test_a_walk_without_effects_just_returns(walk: Walk) -> None:
    assert walk(adding()) == 0


@both_sides
def test_the_error_of_an_effect_is_raised_inside_the_walk(walk: Walk) -> None:
    assert walk(forgiving(failing)) == "survived an error of the effect"


@both_sides
def test_an_error_that_the_walk_does_not_catch_is_the_callers(walk: Walk) -> None:
    with pytest.raises(ZeroDivisionError, match="of the effect"):
        walk(adding(ten, failing))


@both_sides
def test_a_walk_cleans_up_whatever_ends_it(walk: Walk) -> None:
    cleaned: list[str] = []

    def careful(effect: Effect) -> Steps[None]:
        try:
            yield effect
        finally:
            cleaned.append("clean")

    async def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk(careful(interrupted))
    assert cleaned == ["clean"]


class Interrupted:
    """A walk in which Ctrl-C comes between two of its steps, outside of it."""

    def __init__(self) -> None:
        self.closed = False

    def __next__(self) -> Effect:
        return ten

    def send(self, result: object) -> Effect:
        raise KeyboardInterrupt

    def close(self) -> None:
        self.closed = True


@both_sides
def test_a_walk_is_closed_when_it_is_interrupted_between_two_steps(walk: Walk) -> None:
    """Or it would be under way for as long as somebody keeps the traceback."""
    steps: Any = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        walk(steps)
    assert steps.closed


def test_without_effects_the_awaiting_side_takes_no_turn_of_the_loop() -> None:
    with pytest.raises(StopIteration) as end:
        drive(adding(), awaited).send(None)
    assert end.value.value == 0
