"""An attempt is never lost, whatever its receiver in this process does."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Settings
from ringback.core.facts import AttemptFinished, AttemptStarted, Fact
from ringback.errors import Stuck
from tests.integration import misbehaving_asgi, misbehaving_wsgi
from tests.integration.misbehaving import Misbehaving

APP = "https://app.example"
HOOK = "https://app.example/hook"
OTHER = "https://other.example"

CASES = {
    f"{kind}-{name}": each
    for kind, apps in (("asgi", misbehaving_asgi.APPS), ("wsgi", misbehaving_wsgi.APPS))
    for name, each in apps.items()
}
HANGING = {name: each for name, each in CASES.items() if each.hangs}


@pytest.fixture(autouse=True)
def _threads_end() -> Iterator[None]:
    misbehaving_wsgi.released.clear()
    yield
    misbehaving_wsgi.released.set()


def settings(case: Misbehaving) -> Settings:
    """A guard that is short where it has to ring, and never rings elsewhere."""
    return Settings(retries=0, guard=0.1 if case.hangs else 60)


def stop_afterwards(ringback: Emulator | AsyncEmulator, case: Misbehaving) -> None:
    """Give up on what goes on without end, once its attempt has ended."""
    engine = ringback._service.engine
    seen: list[str] = []

    def look(fact: Fact) -> None:
        if isinstance(fact, AttemptFinished) and not seen:
            seen.extend(ringback.clock._virtual.busy)
            engine.abort("that is enough")
            assert "background work after attempt 1 of" in " ".join(seen)

    if case.goes_on:
        ringback.journal.on_append = look


def check(ringback: Emulator | AsyncEmulator, case: Misbehaving) -> None:
    """Whether the one attempt has come to its end, and what is said of it."""
    ringback.clock._guard = 60  # on a busy machine, too, the next verb has its time
    (delivery,) = ringback.deliveries
    (attempt,) = delivery.attempts
    assert re.fullmatch(rf"{case.said}\)?", str(attempt.outcome)), str(attempt.outcome)
    assert delivery.settled
    assert ringback.clock._virtual.busy == []
    facts = list(ringback.journal)
    assert len([each for each in facts if isinstance(each, AttemptStarted)]) == 1
    assert len([each for each in facts if isinstance(each, AttemptFinished)]) == 1


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_whatever_an_app_does_its_attempt_ends_and_the_next_verb_works(case: Misbehaving) -> None:
    with Emulator(settings(case)) as ringback:
        ringback.connect(APP, case.app)
        ringback.submit("Hello", callback=HOOK)
        stop_afterwards(ringback, case)
        if case.hangs:
            with pytest.raises(Stuck, match="in flight: attempt 1 of"):
                ringback.settle()
        else:
            assert len(ringback.settle()) == 1
        check(ringback, case)
        works(ringback.receiver(OTHER), ringback.submit("Hi", callback=OTHER), ringback.settle())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_on_the_loop_of_the_test(case: Misbehaving) -> None:
    async def story() -> None:
        async with AsyncEmulator(settings(case)) as ringback:
            ringback.connect(APP, case.app)
            ringback.submit("Hello", callback=HOOK)
            stop_afterwards(ringback, case)
            if case.hangs:
                with pytest.raises(Stuck):
                    await ringback.settle()
            else:
                assert len(await ringback.settle()) == 1
            check(ringback, case)
            receiver, delivery = ringback.receiver(OTHER), ringback.submit("Hi", callback=OTHER)
            works(receiver, delivery, await ringback.settle())

    asyncio.run(story())


def works(receiver: Any, delivery: Any, made: list[Any]) -> None:
    """Whether another delivery has gone its way."""
    assert (len(receiver.requests), delivery.statuses, len(made)) == (1, [200], 1)


@pytest.mark.parametrize("case", HANGING.values(), ids=HANGING)
def test_while_time_flows_an_app_that_hangs_times_out_at_its_limit(case: Misbehaving) -> None:
    chosen = Settings(clock="real", retries=0, attempt_timeout=0.1)
    with Emulator(chosen) as ringback:
        ringback.connect(APP, case.app)
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert [str(each.outcome) for each in delivery.attempts] == [
            "timed out: no answer within 0.1 s"
        ]
        assert ringback.clock._virtual.busy == []
