"""Applications that ask for more from inside their handlers."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ringback import AsyncEmulator, Emulator, Runaway
from tests.integration.both_faces import APP, HOOK, Application, Face, submit, times


class Echo:
    """Asks for another callback from inside its handler for the first one."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self.app = Application(self._act)
        self._ask = ask
        self._asked = False

    def _act(self) -> None:
        if not self._asked:
            self._asked = True
            self._ask()


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_a_handler_that_calls_speak_and_blocks_deadlocks_nobody(interface: str) -> None:
    """Its own delivery is scheduled for this instant, and is part of the same walk."""
    with Emulator() as ringback:
        key = {"authorization": f"Token {ringback.api_key}"}
        url = f"{ringback.url}/v1/speak"

        def ask() -> None:
            answer = httpx.post(url, params={"callback": HOOK}, headers=key, json={"text": "Again"})
            assert answer.status_code == 200

        ringback.connect(APP, getattr(Echo(ask).app, interface))
        ringback.submit("Hello", callback=HOOK)
        assert times(ringback.settle()) == [0, 0]
        assert [each.statuses for each in ringback.deliveries] == [[200], [200]]


@pytest.mark.parametrize("over", ["sockets", "ASGI"])
@pytest.mark.asyncio
async def test_a_handler_that_awaits_speak_deadlocks_nobody(over: str) -> None:
    async with AsyncEmulator() as ringback:
        transport = httpx.ASGITransport(ringback.app) if over == "ASGI" else None
        asked: list[int] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if not asked:
                async with httpx.AsyncClient(transport=transport, base_url=ringback.url) as client:
                    answer = await client.post(
                        "/v1/speak",
                        params={"callback": HOOK},
                        headers={"authorization": f"Token {ringback.api_key}"},
                        json={"text": "Again"},
                    )
                    asked.append(answer.status_code)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

        ringback.connect(APP, app)
        ringback.submit("Hello", callback=HOOK)
        assert times(await ringback.settle()) == [0, 0]
        assert asked == [200]


@pytest.mark.asyncio
async def test_what_the_test_has_just_started_on_its_loop_has_its_turn_first() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(APP)

        async def application() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            ringback.submit("Hello", callback=HOOK)

        task = asyncio.create_task(application())
        assert times(await ringback.settle()) == [0]
        await task


@pytest.mark.asyncio
async def test_a_task_that_a_handler_leaves_behind_is_part_of_the_walk() -> None:
    tasks: list[asyncio.Task[None]] = []

    async def later() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        if len(ringback.deliveries) < 3:
            ringback.submit("Again", callback=HOOK)

    async with AsyncEmulator() as ringback:
        app = Application(lambda: tasks.append(asyncio.create_task(later())))
        ringback.connect(APP, app.asgi)
        ringback.submit("Hello", callback=HOOK)
        assert times(await ringback.settle()) == [0, 0, 0]


def test_an_endless_echo_is_a_runaway_and_time_stands_still(face: Face) -> None:
    """I17: a zero-delay cascade ends in Runaway, with elapsed unchanged."""
    face.emulator.connect(APP, Application(lambda: submit(face)).asgi)
    face.call("advance", 5)
    submit(face)
    with pytest.raises(Runaway, match=r"at \+5s callbacks keep causing callbacks"):
        face.call("advance", 30)
    assert face.emulator.clock.elapsed == 5
