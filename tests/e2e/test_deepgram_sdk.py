"""The newest `deepgram-sdk`, unmodified, as the application's client."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from deepgram import DeepgramClient

from ringback import AsyncEmulator, Emulator
from tests.e2e.apps.hosting import hosted
from tests.e2e.apps.sdk import async_client, client
from tests.e2e.apps.voicemail import FRAMEWORKS, Mailbox

APP = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/hook"
TEXT = "Hello, how can I help you today?"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(params=FRAMEWORKS)
def app(request: pytest.FixtureRequest, mailbox: Mailbox) -> Any:
    return FRAMEWORKS[request.param](mailbox)


@pytest.fixture(params=["over sockets", "in process"])
def way_there(request: pytest.FixtureRequest, app: Any) -> Iterator[Any]:
    """What `connect` is given: the application's base URL, or the application."""
    with hosted(app) if request.param == "over sockets" else nullcontext(app) as way:
        yield way


@pytest.fixture
def deepgram(ringback: Emulator) -> Iterator[DeepgramClient]:
    with client(ringback) as sdk:
        yield sdk


def test_the_audio_kept_on_the_third_attempt_is_what_was_sent(
    ringback: Emulator, deepgram: DeepgramClient, mailbox: Mailbox, way_there: Any
) -> None:
    ringback.connect(APP, way_there)
    mailbox.failures = 2

    answer = b"".join(
        deepgram.speak.v1.audio.generate(text=TEXT, callback=CALLBACK, callback_method="PUT")
    )
    acknowledged = json.loads(answer)
    ringback.run_until_idle()

    delivery = ringback.deliveries.only()
    assert acknowledged == {"request_id": delivery.request_id}
    assert delivery.timeline == ["+0s PUT 503", "+30s PUT 503", "+60s PUT 200"]
    assert mailbox.audio == {delivery.request_id: delivery.attempts[2].request.body}
    assert not ringback.pending


@pytest.mark.asyncio
async def test_the_same_with_coroutines(
    async_ringback: AsyncEmulator, mailbox: Mailbox, way_there: Any
) -> None:
    async_ringback.connect(APP, way_there)
    mailbox.failures = 2

    async with async_client(async_ringback) as deepgram:
        pieces = deepgram.speak.v1.audio.generate(
            text=TEXT, callback=CALLBACK, callback_method="PUT"
        )
        answer = b"".join([piece async for piece in pieces])
    acknowledged = json.loads(answer)
    await async_ringback.run_until_idle()

    delivery = async_ringback.deliveries.only()
    assert acknowledged == {"request_id": delivery.request_id}
    assert delivery.timeline == ["+0s PUT 503", "+30s PUT 503", "+60s PUT 200"]
    assert mailbox.audio == {delivery.request_id: delivery.attempts[2].request.body}
    assert not async_ringback.pending
