"""An awaited emulator on the test's own loop: no thread, no socket, and an application whose tasks
are followed."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from ringback import AsyncEmulator, ClockBusy
from tests.integration.both_faces import APP, HOOK

DESCRIPTORS = Path("/proc/self/fd")


class Chain:
    """An application that answers 202 and goes on in a task, which asks for the next text."""

    def __init__(self, ringback: AsyncEmulator, *texts: str) -> None:
        self.left = list(texts)
        self.working: set[asyncio.Task[None]] = set()
        self.app = app = FastAPI()
        self.pause: Callable[[], Any] = lambda: asyncio.sleep(0)
        self.deepgram = httpx.AsyncClient(
            transport=httpx.ASGITransport(ringback.app), base_url="http://deepgram"
        )
        self.headers = {"authorization": f"Token {ringback.api_key}"}

        @app.post("/hook", status_code=202)
        async def done() -> None:
            task = asyncio.create_task(self.go_on())
            self.working.add(task)
            task.add_done_callback(self.working.discard)

    async def ask(self) -> None:
        """Have the next text spoken."""
        answer = await self.deepgram.post(
            "/v1/speak",
            params={"callback": HOOK},
            json={"text": self.left.pop(0)},
            headers=self.headers,
        )
        answer.raise_for_status()

    async def go_on(self) -> None:
        """Work a little, then ask."""
        await self.pause()
        if self.left:
            await self.ask()


@pytest.mark.parametrize("turns", [0, 1, 50])
def test_a_task_that_goes_on_after_the_answer_and_asks_again_is_followed(turns: int) -> None:
    async def test() -> None:
        async with AsyncEmulator() as ringback:
            chain = Chain(ringback, "One", "Two", "Three")

            async def pause() -> None:
                for _ in range(turns):
                    await asyncio.sleep(0)

            chain.pause = pause
            ringback.connect(APP, chain.app)
            await chain.ask()
            await ringback.run_until_idle()
            assert [each.timeline for each in ringback.deliveries] == [["+0s POST 202"]] * 3

    asyncio.run(test())


ALONE = """
import asyncio, os, threading
from tests.integration.test_async_in_process import Chain
from tests.integration.both_faces import APP
from ringback import AsyncEmulator, Settings
from ringback.clock import guard

guard.PATIENCE = 600  # a busy machine is no reason for a thread

def count():
    links = [f"/proc/self/fd/{each}" for each in os.listdir("/proc/self/fd")]
    sockets = [each for each in links if os.path.exists(each) and "socket" in os.readlink(each)]
    return threading.active_count(), len(sockets)

async def test():
    before = count()
    async with AsyncEmulator(Settings(guard=1000)) as ringback:
        chain = Chain(ringback, "One", "Two", "Three")
        ringback.connect(APP, chain.app, faults=[503, "timeout"])
        await chain.ask()
        await ringback.run_until_idle()
        assert [each.statuses for each in ringback.deliveries] == [[503, "timeout", 202]] * 3
        assert not chain.working
        assert count() == before, (before, count())

asyncio.run(test())
print(threading.active_count())
"""


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="descriptors are counted in /proc")
def test_an_application_on_the_tests_own_loop_costs_no_thread_and_no_socket() -> None:
    """In a process of its own, where nothing else has begun a thread before."""
    run = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False, timeout=120
    )
    assert (run.returncode, run.stdout.strip()) == (0, "1"), run.stderr


def test_a_task_that_waits_for_a_thread_is_followed_under_a_hold() -> None:
    async def test() -> None:
        async with AsyncEmulator() as ringback:
            chain = Chain(ringback, "One", "Two")
            gate = threading.Event()

            async def pause() -> None:
                await asyncio.to_thread(gate.wait, 60)

            chain.pause = pause
            ringback.connect(APP, chain.app)
            await chain.ask()
            await ringback.run_until_idle()
            assert len(ringback.deliveries) == 1, "nobody sees what a detached task waits for"
            gate.set()
            await ringback.wait_until(lambda: len(ringback.deliveries) == 2, timeout=60)

            async def held() -> None:
                with ringback.hold("the application asks for more"):
                    await chain.go_on()

            chain.left = ["Three"]
            going_on = asyncio.create_task(held())
            await asyncio.sleep(0)  # the hold is open, as where it is opened before the answer
            await ringback.run_until_idle()
            assert going_on.done()
            assert [each.statuses for each in ringback.deliveries] == [[202]] * 3

    asyncio.run(test())


@pytest.mark.parametrize("kind", ["asyncio", "anyio"])
def test_a_task_group_of_the_call_itself_is_waited_for(kind: str) -> None:
    """It ends before the call does, whether it was answered within or before."""
    done: list[str] = []

    async def work() -> None:
        await asyncio.to_thread(bool)
        done.append("work")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body"})
        if kind == "asyncio":
            async with asyncio.TaskGroup() as group:
                group.create_task(work())
        else:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(work)

    async def test() -> None:
        async with AsyncEmulator() as ringback:
            ringback.connect(APP, app)
            delivery = ringback.submit("Hello", callback=HOOK)
            await ringback.run_until_idle()
            assert (delivery.statuses, done) == ([202], ["work"])

    asyncio.run(test())


def test_a_test_may_move_the_clock_in_a_task_group_beside_its_application() -> None:
    async def test() -> None:
        async with AsyncEmulator() as ringback:
            chain = Chain(ringback, "One", "Two")
            ringback.connect(APP, chain.app)
            async with asyncio.TaskGroup() as group:
                group.create_task(chain.ask())
                moving = group.create_task(ringback.run_until_idle())
            assert [str(each) for each in moving.result()] == ["+0s POST 202"] * 2

    asyncio.run(test())


def test_two_movers_in_one_task_group_are_told_so() -> None:
    async def test() -> None:
        async with AsyncEmulator() as ringback:

            async def app(scope: Any, receive: Any, send: Any) -> None:
                await asyncio.sleep(0)
                await send({"type": "http.response.start", "status": 202, "headers": []})
                await send({"type": "http.response.body"})

            ringback.connect(APP, app)
            ringback.submit("Hello", callback=HOOK)
            moving = [ringback.run_until_idle(), ringback.run_until_idle()]
            with pytest.raises(ExceptionGroup) as failed:
                await together(*moving)
            assert failed.group_contains(ClockBusy)

    asyncio.run(test())


async def together(*work: Coroutine[Any, Any, object]) -> None:
    """Do all *work* in one task group."""
    async with asyncio.TaskGroup() as group:
        for each in work:
            group.create_task(each)
