"""What is next among attempts, late answers and limits, and to go no way at all."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Reply
from ringback.core.facts import ClockMoved

APP = "https://app.example"
SLOW = "https://slow.example"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.receiver(APP, [500, 204])
        emulator.receiver(SLOW, [Reply(503, after=5), 204])
        yield emulator


# -- a late answer beside a retry ----------------------------------------------------------------


@pytest.mark.parametrize("first", [APP, SLOW])
def test_a_late_answer_comes_before_the_retry_of_another_delivery(
    ringback: Emulator, first: str
) -> None:
    for origin in (APP, SLOW) if first == APP else (SLOW, APP):
        ringback.submit("Hello", callback=f"{origin}/hook")
    ringback.settle()
    assert ringback.clock.next_due == 5
    assert [str(attempt.status) for attempt in ringback.advance_to_next()] == ["503"]
    assert ringback.clock.elapsed == 5
    assert ringback.clock.next_due == 30
    ringback.advance_to_next()
    assert ringback.clock.next_due == 35


def test_a_retry_comes_before_a_later_answer_of_another_delivery(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=f"{APP}/hook")
    ringback.advance(27)
    ringback.submit("Hello", callback=f"{SLOW}/hook")
    ringback.settle()
    assert ringback.clock.next_due == 30
    ringback.advance_to_next()
    assert ringback.clock.next_due == 32


# -- no way at all -------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [0, 0.0, -0.0, timedelta()])
def test_to_advance_by_nothing_runs_what_is_due_and_goes_nowhere(
    ringback: Emulator, nothing: Any
) -> None:
    delivery = ringback.submit("Hello", callback=f"{APP}/hook")
    assert [attempt.offset for attempt in ringback.advance(nothing)] == [0]
    assert ringback.advance(nothing) == []
    assert (ringback.clock.elapsed, delivery.offsets) == (0, [0])
    moves = [fact for fact in ringback.journal if isinstance(fact, ClockMoved)]
    assert moves == [ClockMoved(0, 0, "advance")] * 2


def test_to_advance_to_the_present_or_within_nothing_goes_nowhere_either(
    ringback: Emulator,
) -> None:
    ringback.advance(10)
    ringback.submit("Hello", callback=f"{APP}/hook")
    ringback.submit("Hello", callback=f"{APP}/hook")
    assert len(ringback.advance_to(10)) == 2
    ringback.submit("Hello", callback=f"{APP}/hook")
    assert len(ringback.advance_until(lambda: len(ringback.deliveries[-1].attempts), 0)) == 1
    assert ringback.clock.elapsed == 10


@pytest.mark.asyncio
async def test_an_awaited_clock_advances_by_nothing_as_well() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(APP, [500])
        ringback.submit("Hello", callback=f"{APP}/hook")
        assert [attempt.offset for attempt in await ringback.advance(0)] == [0]
        assert ringback.clock.elapsed == 0
