"""The turns of an event loop."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from ringback.clock.turns import MAX_TURNS, _draining, call_on, drained, ended, restless


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


async def in_turns(left: int, done: list[int]) -> None:
    while left:
        await asyncio.sleep(0)
        left -= 1
    done.append(left)


def test_a_drained_loop_has_nothing_left_to_do(loop: asyncio.AbstractEventLoop) -> None:
    done: list[int] = []
    work = loop.create_task(in_turns(61, done))
    loop.run_until_complete(drained())
    assert done == [0]
    assert work.done()


def test_what_waits_for_the_outside_is_not_waited_for(loop: asyncio.AbstractEventLoop) -> None:
    never = loop.create_task(asyncio.Event().wait())
    loop.run_until_complete(drained())
    assert not never.done()
    never.cancel()
    loop.run_until_complete(drained())
    assert never.cancelled()


class Counting(asyncio.SelectorEventLoop):
    """Counts its turns."""

    turns = 0

    def _run_once(self) -> None:
        self.turns += 1
        super()._run_once()  # type: ignore[misc]


async def all_drained(others: int) -> None:
    await asyncio.gather(*(drained() for _ in range(others)))


def test_those_who_wait_for_a_drained_loop_do_not_wait_for_each_other() -> None:
    loop = Counting()
    loop.run_until_complete(all_drained(3))
    loop.close()
    assert loop.turns < 10
    assert not _draining


def test_those_who_wait_together_wait_for_everybody_else() -> None:
    done: list[int] = []

    async def story() -> None:
        work = asyncio.ensure_future(in_turns(61, done))
        await all_drained(3)
        assert work.done()

    asyncio.run(story())
    assert done == [0]


def test_an_application_that_never_rests_is_left_to_itself(loop: asyncio.AbstractEventLoop) -> None:
    done: list[int] = []
    restless = loop.create_task(in_turns(10 * MAX_TURNS, done))
    loop.run_until_complete(drained())
    assert not restless.done()
    restless.cancel()
    loop.run_until_complete(drained())


def test_a_loop_that_cannot_be_asked_gets_a_few_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as uvloop's."""
    done: list[int] = []

    async def story() -> None:
        work = asyncio.ensure_future(in_turns(5, done))
        with monkeypatch.context() as patched:
            patched.setattr(asyncio, "get_running_loop", object)
            assert restless()
            await drained()
        assert work.done()

    asyncio.run(story())
    assert done == [0]


def test_a_loop_is_restless_while_it_has_something_to_do() -> None:
    async def story() -> list[bool]:
        at_rest = restless()
        asyncio.get_running_loop().call_soon(lambda: None)
        return [at_rest, restless()]

    assert asyncio.run(story()) == [False, True]


def test_a_loop_is_called_from_any_thread(loop: asyncio.AbstractEventLoop) -> None:
    called_in: list[int] = []

    async def story() -> None:
        happened = asyncio.Event()

        def call() -> None:
            called_in.append(threading.get_ident())
            happened.set()

        thread = threading.Thread(target=call_on, args=(loop, call))
        thread.start()
        await happened.wait()
        thread.join()

    loop.run_until_complete(story())
    assert called_in == [threading.get_ident()]


def test_a_closed_loop_is_not_called_and_nobody_minds() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    call_on(loop, lambda: pytest.fail("it was called"))


def test_who_waits_for_the_first_of_several_cancels_none_of_them() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        one, other = loop.create_future(), loop.create_future()
        waiting = asyncio.create_task(ended(one, other))
        await drained()
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait({waiting})
        assert (one.cancelled(), other.cancelled()) == (False, False)
        again = asyncio.create_task(ended(one, other))
        await drained()
        one.set_result(None)
        other.set_result(None)
        await again

    asyncio.run(story())
