"""An application that calls `/v1/speak` from inside its callback handler."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Runaway, State
from tests.e2e.apps.hosting import hosted
from tests.e2e.apps.sdk import ask, ask_async, async_client, client
from tests.e2e.apps.storyteller import CALLBACK, STORYTELLERS, Service, Story, on_flask

LINES = ["Once upon a time", "there was a callback", "that came back."]
APP = "https://stories.example"

Storyteller = Callable[[Story, Service], Any]
Way = Callable[[Any], AbstractContextManager[Any]]

each_storyteller = pytest.mark.parametrize("storyteller", STORYTELLERS.values(), ids=STORYTELLERS)
each_way = pytest.mark.parametrize("way", [hosted, nullcontext], ids=["over sockets", "in process"])


@each_storyteller
@each_way
def test_a_handler_may_ask_for_the_next_callback(
    ringback: Emulator, storyteller: Storyteller, way: Way
) -> None:
    story = Story(LINES)
    with way(storyteller(story, ringback)) as app, client(ringback) as deepgram:
        ringback.connect(APP, app)
        ask(deepgram, LINES[0], CALLBACK, "POST")

        ringback.step()
        assert [each.state for each in ringback.deliveries] == [State.DELIVERED, State.SCHEDULED]

        ringback.run_until_idle()
    assert [each.request.text for each in ringback.deliveries] == LINES
    assert [each.timeline for each in ringback.deliveries] == [["+0s POST 204"]] * 3
    assert story.told == [each.audio for each in ringback.deliveries]


@pytest.mark.asyncio
@each_storyteller
@each_way
async def test_a_handler_may_ask_while_coroutines_wait(
    async_ringback: AsyncEmulator, storyteller: Storyteller, way: Way
) -> None:
    story = Story(LINES)
    with way(storyteller(story, async_ringback)) as app:
        async_ringback.connect(APP, app)
        async with async_client(async_ringback) as deepgram:
            await ask_async(deepgram, LINES[0], CALLBACK, "POST")

        await async_ringback.step()
        deliveries = async_ringback.deliveries
        assert [each.state for each in deliveries] == [State.DELIVERED, State.SCHEDULED]

        await async_ringback.run_until_idle()
    assert [each.request.text for each in deliveries] == LINES
    assert [each.timeline for each in deliveries] == [["+0s POST 204"]] * 3
    assert story.told == [each.audio for each in deliveries]


@each_storyteller
@pytest.mark.ringback(clock="real")
def test_a_handler_may_ask_while_time_passes_by_itself(
    ringback: Emulator, storyteller: Storyteller
) -> None:
    story = Story(LINES)
    ringback.connect(APP, storyteller(story, ringback))
    ringback.submit(LINES[0], callback=CALLBACK)
    assert story.over.wait(timeout=60)
    ringback.settle()  # until the last answer has come back too
    assert [each.statuses for each in ringback.deliveries] == [[204]] * 3


@pytest.mark.asyncio
@each_storyteller
@pytest.mark.ringback(clock="real")
async def test_a_handler_may_ask_while_time_passes_and_coroutines_wait(
    async_ringback: AsyncEmulator, storyteller: Storyteller
) -> None:
    story = Story(LINES)
    async_ringback.connect(APP, storyteller(story, async_ringback))
    async_ringback.submit(LINES[0], callback=CALLBACK)
    assert await asyncio.to_thread(story.over.wait, timeout=60)
    await async_ringback.settle()
    assert [each.statuses for each in async_ringback.deliveries] == [[204]] * 3


@pytest.mark.ringback(processing_time=2)
def test_what_a_handler_asks_for_is_due_when_it_has_been_processed(ringback: Emulator) -> None:
    ringback.connect(APP, on_flask(Story(LINES), ringback))
    ringback.submit(LINES[0], callback=CALLBACK)
    ringback.advance(5)
    assert [each.accepted_at for each in ringback.deliveries] == [0, 2, 4]
    assert [each.due_at for each in ringback.pending] == [6]
    ringback.run_until_idle()


@pytest.mark.ringback(allow_pending=True)
def test_a_handler_that_asks_for_ever_is_found_out(ringback: Emulator) -> None:
    ringback.connect(APP, on_flask(Story(["Again!"] * 1000), ringback))
    ringback.submit("Again!", callback=CALLBACK)
    with pytest.raises(Runaway, match="at \\+0s callbacks keep causing callbacks"):
        ringback.run_until_idle()
