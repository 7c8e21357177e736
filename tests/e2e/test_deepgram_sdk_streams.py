"""Streams of the newest `deepgram-sdk`, unmodified: it is understood, and it understands."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.core.events import EventType
from deepgram.speak.v1.types import (
    SpeakV1Cleared,
    SpeakV1Flushed,
    SpeakV1Metadata,
    SpeakV1Text,
    SpeakV1Warning,
)
from deepgram.speak.v2.types import (
    SpeakV2Configure,
    SpeakV2ConfigureFailure,
    SpeakV2ConfigureSuccess,
    SpeakV2Connected,
    SpeakV2Error,
    SpeakV2Flushed,
    SpeakV2Interrupt,
    SpeakV2SessionMetadata,
    SpeakV2Speak,
    SpeakV2SpeechInterrupted,
    SpeakV2SpeechMetadata,
    SpeakV2SpeechStarted,
    SpeakV2Warning,
)
from websockets.exceptions import ConnectionClosedError

from ringback import AsyncEmulator, Emulator
from tests.e2e.apps.sdk import async_client, client

TEXT = SpeakV1Text(type="Speak", text="Hello, world.")


@pytest.fixture
def deepgram(ringback: Emulator) -> Iterator[DeepgramClient]:
    with client(ringback) as sdk:
        yield sdk


def read(model: type[Any], message: Any) -> Any:
    """*message* as the *model* that it must be: the SDK itself checks nothing."""
    assert message.type == model.__name__[len("SpeakV1") :]
    return model.model_validate(message.model_dump())


def test_the_sdk_hears_what_a_request_would_have_given_it(deepgram: DeepgramClient) -> None:
    options: dict[str, Any] = {"model": "aura-2-thalia-en", "encoding": "linear16", "speed": 1.25}
    with deepgram.speak.v1.connect(**options, sample_rate="16000") as stream:
        metadata = read(SpeakV1Metadata, stream.recv())
        stream.send_text(TEXT)
        stream.send_flush()
        pieces = []
        while isinstance(message := stream.recv(), bytes):
            pieces.append(message)
        assert read(SpeakV1Flushed, message).sequence_id == 0
        stream.send_clear()
        assert read(SpeakV1Cleared, stream.recv()).sequence_id == 1
        stream.send_close()
        assert list(stream) == []
    assert metadata.model_name == "aura-2-thalia-en"
    request = deepgram.speak.v1.audio.generate(
        text=TEXT.text, container="none", sample_rate=16000.0, **options
    )
    assert b"".join(pieces) == b"".join(request)


def test_the_sdk_reads_the_warning(deepgram: DeepgramClient) -> None:
    with deepgram.speak.v1.connect() as stream:
        stream.recv()
        for _ in range(21):
            stream.send_flush()
        *_, last = (stream.recv() for _ in range(21))
    assert read(SpeakV1Warning, last).code == "EXCESSIVE_FLUSH"


def test_listeners_of_the_sdk_hear_everything_in_order(deepgram: DeepgramClient) -> None:
    heard: list[str] = []
    with deepgram.speak.v1.connect() as stream:
        stream.on(EventType.OPEN, lambda _: heard.append("open"))
        stream.on(EventType.MESSAGE, lambda message: heard.append(type(message).__name__))
        stream.on(EventType.ERROR, lambda error: heard.append(repr(error)))
        stream.on(EventType.CLOSE, lambda _: heard.append("close"))
        stream.send_text(TEXT)
        stream.send_close()
        stream.start_listening()
    assert heard[:2] == ["open", "SpeakV1Metadata"]
    assert set(heard[2:-1]) == {"bytes"}
    assert heard[-1] == "close"


@pytest.mark.asyncio
async def test_coroutines_of_the_sdk_stream_too(async_ringback: AsyncEmulator) -> None:
    async with async_client(async_ringback) as sdk, sdk.speak.v1.connect() as stream:
        read(SpeakV1Metadata, await stream.recv())
        await stream.send_text(TEXT)
        await stream.send_flush()
        assert isinstance(await stream.recv(), bytes)


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.asyncio
async def test_the_sdk_tells_a_stranger_so(async_ringback: AsyncEmulator) -> None:
    async with async_client(async_ringback, "wrong") as sdk:
        with pytest.raises(ApiError) as refused:
            await sdk.speak.v1.connect().__aenter__()
    assert refused.value.status_code == 401


# -- Flux ------------------------------------------------------------------------------------------


def test_the_sdk_reads_every_message_of_a_conversation_in_turns(deepgram: DeepgramClient) -> None:
    options: dict[str, Any] = {"model": "flux-haley-en", "speed": 0.75, "tag": "tests"}
    with deepgram.speak.v2.connect(**options, encoding="linear16") as stream:
        assert read(SpeakV2Connected, stream.recv()).model_name == "flux-haley-en"
        stream.send_configure(SpeakV2Configure(speed=9))
        assert read(SpeakV2ConfigureFailure, stream.recv()).code == "SPEED_OUT_OF_RANGE"
        stream.send_configure(SpeakV2Configure(speed=1.5))
        assert read(SpeakV2ConfigureSuccess, stream.recv()).applied.speed == 1.5
        stream.send_flush()
        assert read(SpeakV2Warning, stream.recv()).code == "NO_ACTIVE_SPEECH"
        stream.send_speak(SpeakV2Speak(text=TEXT.text))
        stream.send_flush()
        turn = read(SpeakV2SpeechStarted, stream.recv()).speech_id
        assert read(SpeakV2Flushed, stream.recv()).speech_id == turn
        pieces = []
        while isinstance(message := stream.recv(), bytes):
            pieces.append(message)
        assert read(SpeakV2SpeechMetadata, message).speech_id == turn
        offset: Any = {"type": "time_ms", "value": 100}
        stream.send_interrupt(SpeakV2Interrupt(playback_offset=offset))
        assert read(SpeakV2SpeechInterrupted, stream.recv()).metadata.speech_id == turn
        stream.send_close()
        (last,) = list(stream)
        assert read(SpeakV2SessionMetadata, last).total_audio_duration_ms == 100
    request = deepgram.speak.v2.audio.generate(
        text=TEXT.text,
        model="flux-haley-en",
        encoding="linear16",
        container="none",
        speed=1.5,
    )
    assert b"".join(pieces) == b"".join(request)


def test_the_sdk_reads_why_a_conversation_ended(deepgram: DeepgramClient) -> None:
    with deepgram.speak.v2.connect(model="flux-haley-en") as stream:
        stream.recv()
        stream.send_speak(SpeakV2Speak(text="Wait {pause:500ms} for it"))
        *_, error = list(_until_the_end(stream))
    assert read(SpeakV2Error, error).code == "DATA-0002"


def _until_the_end(stream: Any) -> Iterator[Any]:
    with suppress(ConnectionClosedError):
        yield from stream
