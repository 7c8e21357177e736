"""What an attempt or a request costs does not grow with what was before it.

Costs are counted, in calls of functions, so that a busy machine changes nothing.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from ringback import Emulator, Reply, Settings
from ringback.clock.agenda import Agenda, Due

APP = "https://app.example"
HOOK = f"{APP}/hook"
EMPTY: list[Any] = []


def calls(work: Callable[[], object]) -> int:
    """How many functions are called in *work*, those that are written in C among them."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@contextmanager
def pending(number: int) -> Iterator[Emulator]:
    """An emulator with so many deliveries, none of which succeeds before its third attempt."""
    with Emulator() as ringback:
        ringback.receiver(APP, [503] * 2 * number + [200])
        for _ in range(number):
            ringback.submit("Hello", callback=HOOK)
        yield ringback


LOOKS: dict[str, Callable[[Emulator], object]] = {
    "pending": lambda ringback: not ringback.pending,
    "how many are pending": lambda ringback: len(ringback.pending) == 0,
    "an empty list": lambda ringback: ringback.pending == EMPTY,
    "one origin's": lambda ringback: ringback.deliveries.to(APP)[-1].settled,
    "one request's": lambda ringback: (
        ringback.deliveries.for_request(ringback.deliveries[-1].request_id).settled
    ),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_at_each_step_costs_the_same_however_many_deliveries_there_are(look: str) -> None:
    def cost(number: int) -> float:
        with pending(number) as ringback:
            work = calls(lambda: ringback.advance_until(lambda: LOOKS[look](ringback), 300))
            assert [len(each.attempts) for each in ringback.deliveries] == [3] * number
            return work / number

    assert cost(100) < 1.3 * cost(10)


def test_what_a_receiver_has_seen_is_not_copied_at_each_look() -> None:
    with pending(20) as ringback:
        receiver = ringback.receiver(APP)
        before = receiver.requests
        assert not before
        ringback.run_until_idle()
        assert len(before) == 20
        assert receiver.requests is before


def test_a_step_past_many_beginnings_looks_at_each_once() -> None:
    def cost(number: int) -> float:
        with Emulator() as ringback:
            ringback.receiver(APP, [Reply(200, after=5)])
            for _ in range(number):
                ringback.submit("Hello", callback=HOOK)
            work = calls(ringback.step)
            assert [each.status for each in ringback.deliveries[0].attempts] == [200]
            return work / number

    assert cost(200) < 1.3 * cost(20)


def test_a_host_is_looked_up_the_same_way_however_many_origins_are_connected() -> None:
    def cost(number: int) -> int:
        with Emulator(Settings(resolve_callbacks=True)) as ringback:
            for each in range(number):
                ringback.receiver(f"https://app-{each}.example")
            callback = f"https://app-{number - 1}.example/hook"
            ringback.submit("Hello", callback=callback)
            return calls(lambda: ringback.submit("Hello", callback=callback))

    assert cost(100) < 1.3 * cost(10)


# -- in all ----------------------------------------------------------------------------------------


def test_a_step_looks_once_at_what_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts, late answers and limits stand in one agenda, and a step asks it once."""
    looks: list[Due | None] = []
    look = Agenda.look

    def noted(agenda: Agenda, limit: int | None) -> Due | None:
        looks.append(look(agenda, limit))
        return looks[-1]

    monkeypatch.setattr(Agenda, "look", noted)
    with pending(10) as ringback:
        attempts = len(ringback.run_until_idle())
        assert attempts == 30
        assert looks.count(None) == 1, "where nothing is due any more, the walk is over"
        assert len(looks) == attempts + 1


def test_an_attempt_calls_little() -> None:
    """All of it: clock, machine, message, receiver, journal. Some seventy calls are enough."""
    with Emulator() as ringback:
        ringback.receiver(APP, [503])
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()  # what is made when it is first needed is there
        ringback.reset()
        ringback.receiver(APP, [503])
        for _ in range(20):
            ringback.submit("Hello", callback=HOOK)
        work = calls(ringback.run_until_idle)
        assert sum(len(each.attempts) for each in ringback.deliveries) == 220
    assert work / 220 < 85


def test_to_begin_again_calls_little() -> None:
    with Emulator() as ringback:
        for _ in range(3):  # what is made when it is first needed is there
            ringback.reset()
        assert min(calls(ringback.reset) for _ in range(3)) < 160
