"""The clock's verbs as tests call them, of either face: what they return, and what they refuse."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ringback import ClockBackwards, Emulator, NeverTrue, NothingDue, Reply, WrongFace
from ringback.core.facts import ClockMoved
from tests.integration.both_faces import APP, HOOK, VERBS, Application, Face, submit, times, unmoved

# -- exactness -----------------------------------------------------------------------------------


def test_ten_failing_retries_come_at_exactly_thirty_second_steps(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    delivery = submit(face)
    made = face.call("run_until_idle")
    assert times(made) == delivery.offsets == list(range(0, 301, 30))
    assert made == delivery.attempts
    assert face.emulator.clock.elapsed == 300
    assert not face.emulator.pending


def test_a_microsecond_too_early_is_too_early(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    submit(face)
    assert times(face.call("settle")) == [0]
    assert face.call("advance", 29.999999) == []
    assert times(face.call("advance", 0.000001)) == [30]
    assert times(face.call("advance", 30)) == [60]


def test_a_real_receivers_slowness_costs_no_virtual_time(face: Face) -> None:
    """I14: its real delay changes nothing."""
    face.emulator.connect(APP, Application(lambda: time.sleep(0.005), status=503).asgi)
    submit(face)
    assert times(face.call("advance", 60)) == [0, 30, 60]
    assert face.emulator.clock.elapsed == 60


# -- the verbs -----------------------------------------------------------------------------------


def test_each_verb_returns_the_attempts_that_it_made(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    submit(face)
    submit(face)
    clock = face.emulator.clock
    assert times(face.call("settle")) == [0, 0]
    assert clock.next_due == 30
    assert times(face.call("step")) == [30]
    assert times(face.call("advance_to_next")) == [30]
    assert times(face.call("advance_to_next")) == [60, 60]
    assert times(face.call("advance", timedelta(seconds=30))) == [90, 90]
    assert times(face.call("advance_to", 120)) == [120, 120]
    assert times(face.call("advance_to", timedelta(seconds=150))) == [150, 150]
    assert times(face.call("advance_to", clock.now + timedelta(seconds=30))) == [180, 180]
    assert times(face.call("advance_until", lambda: clock.elapsed >= 210, 60)) == [210]
    assert times(face.call("sync")) == [210]
    assert len(face.call("run_until_idle")) == 6
    assert clock.next_due is None


def test_the_clock_tells_the_time(face: Face) -> None:
    clock = face.emulator.clock
    assert (clock.elapsed, clock.now) == (0, datetime(2026, 1, 1, tzinfo=UTC))
    face.call("advance", 1.5)
    assert (clock.elapsed, clock.now) == (1.5, datetime(2026, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC))
    assert repr(clock) == f"<{type(clock).__name__} <VirtualClock +1.5s [0 in flight]>>"


def test_with_nothing_armed_time_moves_and_a_fact_remains(face: Face) -> None:
    assert face.call("advance", 60) == []
    assert face.call("run_until_idle") == []
    assert list(face.emulator.journal) == [
        ClockMoved(0, 60 * 10**9, "advance"),
        ClockMoved(60 * 10**9, 60 * 10**9, "run_until_idle"),
    ]


@pytest.mark.parametrize("verb", ["step", "advance_to_next"])
def test_with_nothing_armed_there_is_nothing_to_step_to(face: Face, verb: str) -> None:
    with unmoved(face), pytest.raises(NothingDue, match="Has the application called /v1/speak"):
        face.call(verb)


def test_a_predicate_that_never_comes_true_shows_the_way(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    submit(face)
    with pytest.raises(
        NeverTrue, match=r"not true within \+45s.*\n  \+0s POST 500\n  \+30s POST 500$"
    ):
        face.call("advance_until", lambda: False, 45)
    assert face.emulator.clock.elapsed == 45


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [("advance", ()), ("advance_to", ()), ("advance_until", (bool,))],
)
@pytest.mark.parametrize(
    ("span", "error", "message"),
    [
        (float("nan"), ValueError, "nan is not a span of time; give seconds or a timedelta"),
        (float("inf"), ValueError, "inf is not a span of time"),
        ("30", TypeError, r"\(\) takes seconds or a timedelta, not '30' \(str\)"),
        (None, TypeError, r"\(\) takes seconds or a timedelta, not None"),
        (-0.5, ClockBackwards, "the clock cannot go back"),
        (1e15, ValueError, "beyond the year 9999"),
    ],
)
def test_what_is_no_span_of_time_is_refused(
    face: Face,
    verb: str,
    arguments: tuple[Any, ...],
    span: Any,
    error: type[Exception],
    message: str,
) -> None:
    submit(face)
    with unmoved(face), pytest.raises(error, match=message):
        face.call(verb, *arguments, span)


def test_a_moment_needs_a_time_zone(face: Face) -> None:
    with unmoved(face), pytest.raises(ValueError, match="give an aware datetime"):
        face.call("advance_to", datetime(2026, 1, 2))  # noqa: DTZ001


def test_replies_that_take_virtual_time_are_waited_for_by_the_walk(face: Face) -> None:
    """I3: attempts run at exactly s + after + (n - 1) x 30 s, and virtual durations."""
    face.emulator.receiver(APP, [Reply(503, after=2.5), "timeout", 204])
    delivery = submit(face)
    assert times(face.call("run_until_idle")) == [0, 32.5, 72.5]
    assert [each.finished_at for each in delivery.attempts] == [2.5, 42.5, 72.5]


# -- the wrong face ------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", [*VERBS, "sync"])
async def test_a_blocking_verb_refuses_to_block_a_running_loop(verb: str) -> None:
    with Emulator() as ringback:
        call = getattr(ringback if verb in VERBS else ringback.clock, verb)
        message = (
            rf"^{verb}\(\) blocks, and was called inside a running event loop.*"
            rf"Use AsyncEmulator \(fixture async_ringback\) and await {verb}\(\), or call it in a"
            r" thread: await asyncio\.to_thread"
        )
        with pytest.raises(WrongFace, match=message):
            call(*VERBS.get(verb, ()))
        assert len(ringback.journal) == 0


@pytest.mark.asyncio
async def test_a_blocking_verb_may_be_called_in_a_thread_as_the_message_says() -> None:
    with Emulator() as ringback:
        ringback.connect(APP, Application().asgi)
        ringback.submit("Hello", callback=HOOK)
        assert times(await asyncio.to_thread(ringback.advance, 30)) == [0]
