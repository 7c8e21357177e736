"""The application's time stands still, and the emulator's does not notice."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from freezegun import freeze_time

from ringback import AsyncEmulator, Emulator
from ringback.settings.settings import EPOCH
from tests.e2e.apps.sdk import ask, ask_async, async_client, client
from tests.e2e.apps.voicemail import APP, CALLBACK, GREETING, Mailbox, on_fastapi

FROZEN = "2031-05-17 12:00:00"
Freezer = Callable[[], AbstractContextManager[Any]]

# freezegun looks at every name of every module. The SDK imports what it holds back when it is
# looked at, and pydantic refuses models whose `datetime` is freezegun's.
frozen = partial(freeze_time, FROZEN, ignore=["deepgram"])

FREEZERS: dict[str, Freezer] = {
    "freezegun": frozen,
    "time-machine": lambda: time_machine.travel(FROZEN, tick=False),
}


@pytest.fixture(params=FREEZERS)
def freezer(request: pytest.FixtureRequest) -> Freezer:
    return FREEZERS[request.param]


def test_the_audio_kept_on_the_third_attempt_is_what_was_sent(
    ringback: Emulator, mailbox: Mailbox, way_there: Any, freezer: Freezer
) -> None:
    with freezer(), client(ringback) as deepgram:
        ringback.connect(APP, way_there)
        mailbox.failures = 2

        request_id = ask(deepgram, GREETING, CALLBACK)
        ringback.run_until_idle()

        delivery = ringback.deliveries.only()
        assert delivery.timeline == ["+0s PUT 503", "+30s PUT 503", "+60s PUT 200"]
        assert mailbox.audio == {request_id: delivery.attempts[2].request.body}
        assert not ringback.pending


@pytest.mark.asyncio
async def test_coroutines_keep_the_audio_of_the_third_attempt_too(
    async_ringback: AsyncEmulator, mailbox: Mailbox, way_there: Any, freezer: Freezer
) -> None:
    with freezer():
        async_ringback.connect(APP, way_there)
        mailbox.failures = 2

        async with async_client(async_ringback) as deepgram:
            request_id = await ask_async(deepgram, GREETING, CALLBACK)
        await async_ringback.run_until_idle()

        delivery = async_ringback.deliveries.only()
        assert delivery.timeline == ["+0s PUT 503", "+30s PUT 503", "+60s PUT 200"]
        assert mailbox.audio == {request_id: delivery.attempts[2].request.body}
        assert not async_ringback.pending


@frozen()
def test_a_decorated_test_may_start_an_emulator_of_its_own(mailbox: Mailbox) -> None:
    with Emulator() as ringback, client(ringback) as deepgram:
        ringback.connect(APP, on_fastapi(mailbox))
        request_id = ask(deepgram, GREETING, CALLBACK)
        ringback.run_until_idle()
        assert mailbox.audio == {request_id: ringback.deliveries.only().audio}


@pytest.mark.asyncio
@frozen()
async def test_a_decorated_coroutine_may_start_an_emulator_of_its_own(mailbox: Mailbox) -> None:
    async with AsyncEmulator() as ringback, async_client(ringback) as deepgram:
        ringback.connect(APP, on_fastapi(mailbox))
        request_id = await ask_async(deepgram, GREETING, CALLBACK)
        await ringback.run_until_idle()
        assert mailbox.audio == {request_id: ringback.deliveries.only().audio}


def test_the_emulator_tells_its_own_time(ringback: Emulator, freezer: Freezer) -> None:
    with freezer():
        ringback.advance(90)
        answer = httpx.post(
            f"{ringback.url}/v1/speak",
            headers={"authorization": f"Token {ringback.api_key}"},
            json={"text": GREETING},
            trust_env=False,
        )
        assert (ringback.clock.now - EPOCH).total_seconds() == 90
    assert answer.headers["date"] == "Thu, 01 Jan 2026 00:01:30 GMT"
    assert answer.headers["dg-request-id"].startswith("019b76dc-0790-7")  # that moment as a UUID v7


@pytest.mark.ringback(clock="real", retry_delay=0.02)
def test_a_real_clock_runs_on(
    ringback: Emulator, mailbox: Mailbox, way_there: Any, freezer: Freezer
) -> None:
    with freezer(), client(ringback) as deepgram:
        ringback.connect(APP, way_there)
        mailbox.failures = 2
        ask(deepgram, GREETING, CALLBACK)
        assert mailbox.kept.wait(timeout=60)
        ringback.settle()  # until the answer has come back too
        delivery = ringback.deliveries.only()
        assert delivery.statuses == [503, 503, 200]
        assert delivery.offsets[2] >= 0.04


@pytest.mark.rule("attempt-limit")
@pytest.mark.ringback(clock="real", attempt_timeout=0.05, retries=0)
def test_a_real_limit_still_ends_an_attempt(ringback: Emulator, freezer: Freezer) -> None:
    with freezer():
        ringback.connect(APP, never_answers)
        delivery = ringback.submit(GREETING, callback=CALLBACK)
        ringback.settle()
        assert delivery.statuses == ["timeout"]
        assert str(delivery.attempts[0].outcome) == "timed out: no answer within 0.05 s"


def test_ringback_may_be_imported_for_the_first_time_in_frozen_time() -> None:
    story = f"""
from freezegun import freeze_time
import ringback

with freeze_time("{FROZEN}"):
    with ringback.Emulator() as emulator:
        emulator.receiver("{APP}", replies=[503, 200])
        delivery = emulator.submit("{GREETING}", callback="{CALLBACK}")
        emulator.run_until_idle()
        print(delivery.offsets, emulator.clock.now.isoformat())
"""
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", story], capture_output=True, text=True, timeout=60
    )
    assert (told.stdout, told.stderr) == ("[0, 30] 2031-05-17T12:00:30+00:00\n", "")


@pytest.mark.parametrize("imported", ["before", "inside"])
def test_a_scenario_may_be_played_for_the_first_time_in_frozen_time(
    imported: str, tmp_path: Path
) -> None:
    """pydantic knows no `datetime` while freezegun's imitation stands in its place."""
    scenario = tmp_path / "one.ringback.yaml"
    scenario.write_text(
        f"""
version: 1
name: One
settings: {{epoch: 2031-05-17T12:00:00Z}}
submit: {{text: Hello, callback: "{CALLBACK}"}}
receiver: [204]
expect: {{attempts: [+0s]}}
"""
    )
    before, inside = ("import ringback", "") if imported == "before" else ("", "import ringback")
    story = f"""
import datetime
from freezegun import freeze_time
{before}
with freeze_time("{FROZEN}"):
    {inside}
    from ringback import Emulator, Settings
    now = datetime.datetime.now(datetime.timezone.utc)
    with Emulator(Settings(epoch=now)) as emulator:
        print(emulator.play({str(scenario)!r}).passed, emulator.clock.now)
"""
    told = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, timeout=60)
    assert (told.stdout, told.stderr) == ("True 2031-05-17 12:00:00+00:00\n", "")


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that has gone quiet: it waits for the caller to leave."""
    while (await receive())["type"] != "http.disconnect":
        pass
