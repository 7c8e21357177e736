"""`wait_until`: real time, for what an application does by itself."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from freezegun import freeze_time

from ringback import AsyncEmulator, Emulator, NeverTrue, Settings, WrongFace

ORIGIN, CALLBACK = "https://app.example", "https://app.example/done"


@contextmanager
def working(ringback: Emulator | AsyncEmulator, name: str = "worker") -> Iterator[threading.Event]:
    """An application that submits in a thread of its own, once it is told to."""
    go = threading.Event()

    def work() -> None:
        go.wait()
        ringback.submit("Hello", callback=CALLBACK)

    thread = threading.Thread(target=work, name=name)
    thread.start()
    try:
        yield go
    finally:
        go.set()
        thread.join()


def test_a_request_from_another_thread_is_waited_for() -> None:
    with Emulator() as ringback:
        ringback.receiver(ORIGIN)
        with working(ringback) as go:
            go.set()
            ringback.wait_until(lambda: ringback.requests, timeout=60)
        assert ringback.deliveries.only().request.text == "Hello"
        assert ringback.clock.elapsed == 0


@pytest.mark.asyncio
async def test_awaited_it_lets_the_loop_go_on() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(ORIGIN)

        async def application() -> None:
            await asyncio.sleep(0)
            ringback.submit("Hello", callback=CALLBACK)

        task = asyncio.create_task(application())
        await ringback.wait_until(lambda: ringback.requests, timeout=60)
        await task


@pytest.mark.parametrize("mode", ["auto", "x1000000"])
def test_a_delivery_on_a_clock_that_moves_itself_is_waited_for(mode: str) -> None:
    with Emulator(Settings(clock=mode)) as ringback:
        ringback.receiver(ORIGIN, replies=[503, 200])
        delivery = ringback.submit("Hello", callback=CALLBACK)
        ringback.wait_until(lambda: delivery.settled, timeout=60)
        assert len(delivery.attempts) == 2


def test_what_happens_elsewhere_is_looked_at_from_time_to_time() -> None:
    asked = []

    def third_time() -> bool:
        asked.append(1)
        return len(asked) == 3

    with Emulator() as ringback:
        ringback.wait_until(third_time, timeout=60)
    assert len(asked) == 3


@pytest.mark.asyncio
async def test_frozen_time_stops_no_wait() -> None:
    asked = []

    def third_time() -> bool:
        asked.append(1)
        return len(asked) == 3

    with freeze_time(datetime(2031, 1, 1, tzinfo=UTC)):
        async with AsyncEmulator() as ringback:
            await ringback.wait_until(third_time, timeout=60)
        with pytest.raises(NeverTrue):
            await AsyncEmulator().open().wait_until(lambda: False, timeout=0.05)


def test_what_is_so_already_is_not_waited_for() -> None:
    with Emulator() as ringback:
        ringback.wait_until(lambda: True, timeout=0)


def test_it_gives_up_with_the_timeline_and_says_when_the_clock_stands() -> None:
    with Emulator() as ringback:
        ringback.receiver(ORIGIN)
        delivery = ringback.submit("Hello", callback=CALLBACK)
        with pytest.raises(NeverTrue) as raised:
            ringback.wait_until(lambda: delivery.settled, timeout=0.03)
    assert "not true within 0.03 real seconds. The clock stands" in str(raised.value)
    assert "POST https://app.example/done" in str(raised.value)


@pytest.mark.parametrize("face", [Emulator, AsyncEmulator])
@pytest.mark.asyncio
async def test_what_a_predicate_raises_comes_out(face: type[Emulator | AsyncEmulator]) -> None:
    def fails() -> bool:
        raise KeyError("mine")

    ringback = face().open()
    waiting = (
        ringback.wait_until(fails)
        if isinstance(ringback, AsyncEmulator)
        else asyncio.to_thread(ringback.wait_until, fails)
    )
    with pytest.raises(KeyError, match="mine"):
        await waiting
    ringback.close()


@pytest.mark.asyncio
async def test_inside_a_loop_the_blocking_one_refuses() -> None:
    with Emulator() as ringback, pytest.raises(WrongFace, match="await wait_until"):
        ringback.wait_until(lambda: True)


def test_what_cannot_be_waited_for_is_refused() -> None:
    with Emulator() as ringback:
        with pytest.raises(TypeError, match=r"wait_until\(lambda: ringback.requests\)"):
            ringback.wait_until(True)  # type: ignore[arg-type]  # that is the mistake
        with pytest.raises(ValueError, match="0 or more"):
            ringback.wait_until(lambda: True, timeout=-1)


# -- virtual time that runs out --------------------------------------------------------------------


def test_advance_until_names_the_threads_that_may_still_be_at_work() -> None:
    told = pytest.raises(NeverTrue, match=r"not the emulator's: .*tts worker.*wait_until\(…\)")
    with Emulator() as ringback, working(ringback, "tts worker"), told:
        ringback.advance_until(lambda: ringback.requests, within=600)


def test_advance_until_names_no_thread_of_the_emulator() -> None:
    with Emulator() as ringback:
        assert ringback.url
        with pytest.raises(NeverTrue) as raised:
            ringback.advance_until(lambda: ringback.requests, within=600)
    if "threads that are not" in str(raised.value):  # of a plugin that is here too
        assert "ringback" not in str(raised.value).split("threads")[1].split(".")[0]
