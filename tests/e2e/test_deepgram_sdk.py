"""The newest `deepgram-sdk`, unmodified, as the application's client."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.errors.bad_request_error import BadRequestError
from deepgram.helpers import TextBuilder

from ringback import AsyncEmulator, Emulator, Settings, State
from tests.e2e.apps.sdk import ask, ask_async, async_client, client, environment, in_process_client
from tests.e2e.apps.voicemail import APP, CALLBACK, GREETING, Mailbox


@pytest.fixture
def deepgram(ringback: Emulator) -> Iterator[DeepgramClient]:
    with client(ringback) as sdk:
        yield sdk


@pytest.mark.rule("success", "delay", "method", "body")
def test_the_audio_kept_on_the_third_attempt_is_what_was_sent(
    ringback: Emulator, deepgram: DeepgramClient, mailbox: Mailbox, way_there: Any
) -> None:
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
    async_ringback: AsyncEmulator, mailbox: Mailbox, way_there: Any
) -> None:
    async_ringback.connect(APP, way_there)
    mailbox.failures = 2

    async with async_client(async_ringback) as deepgram:
        request_id = await ask_async(deepgram, GREETING, CALLBACK)
        await async_ringback.run_until_idle()

    delivery = async_ringback.deliveries.only()
    assert delivery.timeline == ["+0s PUT 503", "+30s PUT 503", "+60s PUT 200"]
    assert mailbox.audio == {request_id: delivery.attempts[2].request.body}
    assert not async_ringback.pending


@pytest.mark.rule("dg-token", "basic-auth", "both-authentications")
def test_the_application_sees_both_proofs_of_who_is_calling(
    ringback: Emulator, deepgram: DeepgramClient, mailbox: Mailbox, way_there: Any
) -> None:
    ringback.connect(APP, way_there)
    ask(deepgram, GREETING, CALLBACK)
    ringback.run_until_idle()

    (heard,) = mailbox.heard
    assert heard["dg-token"] == ringback.key_id
    assert heard["authorization"] == "Basic YWRhOnMzY3JldA=="  # ada:s3cret
    assert ringback.api_key not in str(heard.items_as_sent)


@pytest.mark.rule("body", "acknowledgement-headers")
def test_speech_is_the_same_with_a_callback_as_without(
    ringback: Emulator, deepgram: DeepgramClient, mailbox: Mailbox
) -> None:
    ringback.receiver(APP)
    delivery = ringback.submit(GREETING, callback=CALLBACK)
    ringback.run_until_idle()

    with deepgram.speak.v1.audio.with_raw_response.generate(text=GREETING) as answer:
        audio = b"".join(answer.data)

    (attempt,) = delivery.attempts
    assert audio == attempt.request.body
    sent = attempt.request.headers
    for name in ("content-type", "dg-model-name", "dg-model-uuid", "dg-char-count"):
        assert answer.headers[name] == sent[name]
    assert answer.headers["transfer-encoding"] == "chunked"


@pytest.mark.asyncio
async def test_coroutines_receive_speech_too(async_ringback: AsyncEmulator) -> None:
    async with async_client(async_ringback) as deepgram:
        pieces = deepgram.speak.v1.audio.generate(
            text=GREETING, encoding="linear16", container="none", sample_rate=8000
        )
        audio = b"".join([piece async for piece in pieces])
    assert len(audio) > 8000
    assert len(audio) % 2 == 0  # 16 bit
    assert [request.status for request in async_ringback.requests] == [200]


@pytest.mark.asyncio
async def test_the_emulator_itself_can_be_called_in_process(
    async_ringback: AsyncEmulator, mailbox: Mailbox, way_there: Any
) -> None:
    async_ringback.connect(APP, way_there)
    async with in_process_client(async_ringback) as deepgram:
        request_id = await ask_async(deepgram, GREETING, CALLBACK)
    await async_ringback.run_until_idle()
    assert mailbox.audio == {request_id: async_ringback.deliveries.only().audio}


def test_every_parameter_of_the_sdk_is_understood(
    ringback: Emulator, deepgram: DeepgramClient
) -> None:
    ringback.receiver(APP)
    acknowledgement = deepgram.speak.v1.audio.generate(
        text="Grüße, 你好",
        callback="https://app.example/hook?call=1&of=100%25",
        callback_method="POST",
        mip_opt_out=True,
        tag=["tests", "one, two"],
        container="wav",
        encoding="linear16",
        model="aura-2-thalia-en",
        sample_rate=24000.0,
        speed=1.25,
    )
    for _ in acknowledgement:
        pass
    ringback.run_until_idle()

    delivery = ringback.deliveries.only()
    request = delivery.request
    assert request.text == "Grüße, 你好"
    assert delivery.endpoint.url == "https://app.example/hook?call=1&of=100%25"
    assert request.method == "POST"
    assert request.mip_opt_out
    assert request.tags == ("tests", "one, two")
    assert request.voice.name == "aura-2-thalia-en"
    assert request.speed == 1.25
    assert request.sound.content_type == "audio/wav"
    assert request.sound.sample_rate == 24000
    assert delivery.state is State.DELIVERED


REFUSALS: dict[str, tuple[dict[str, Any], type[ApiError], int, str, str]] = {
    "a model that does not exist": (
        {"model": "aura-2-nobody-en"},
        BadRequestError,
        400,
        "INVALID_QUERY_PARAMETER",
        "Invalid 'model' value of 'aura-2-nobody-en'.",
    ),
    "a combination that does not exist": (
        {"sample_rate": 8000},
        BadRequestError,
        400,
        "UNSUPPORTED_AUDIO_FORMAT",
        "Unsupported audio format: `sample_rate` is not applicable when `encoding=mp3`.",
    ),
    "a port that is not permitted": (
        {"callback": "https://app.example:3000/hook"},
        BadRequestError,
        400,
        "INVALID_QUERY_PARAMETER",
        "Invalid callback url.",
    ),
    "no text": (
        {"text": ""},
        BadRequestError,
        400,
        "Bad Request",
        "Input text contains no characters.",
    ),
    "too much text": (
        {"text": "a" * 2001},
        ApiError,
        413,
        "Payload Too Large",
        "Input text exceeds maximum character limit of 2000.",
    ),
}


@pytest.mark.rule("validation")
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_the_exception_that_the_service_causes(
    ringback: Emulator,
    deepgram: DeepgramClient,
    refusal: tuple[dict[str, Any], type[ApiError], int, str, str],
) -> None:
    parameters, exception, status, code, message = refusal
    asked = {"text": GREETING, "callback": CALLBACK, **parameters}

    with pytest.raises(ApiError) as raised:
        list(deepgram.speak.v1.audio.generate(**asked))

    _is(raised.value, exception, status, code, message)
    assert not ringback.deliveries


@pytest.mark.ringback(allow_unknown_keys=True)
def test_a_wrong_key_is_the_exception_that_the_service_causes(ringback: Emulator) -> None:
    with client(ringback, api_key="f" * 40) as deepgram, pytest.raises(ApiError) as raised:
        ask(deepgram, GREETING, CALLBACK)
    _is(raised.value, ApiError, 401, "INVALID_AUTH", "Invalid credentials.")
    assert not ringback.deliveries


@pytest.mark.asyncio
@pytest.mark.ringback(allow_unknown_keys=True)
async def test_coroutines_see_the_same_exceptions(async_ringback: AsyncEmulator) -> None:
    async with async_client(async_ringback) as deepgram:
        with pytest.raises(BadRequestError) as refused:
            await ask_async(deepgram, "", CALLBACK)
    _is(refused.value, BadRequestError, 400, "Bad Request", "Input text contains no characters.")
    async with async_client(async_ringback, api_key="f" * 40) as deepgram:
        with pytest.raises(ApiError) as turned_away:
            await ask_async(deepgram, GREETING, CALLBACK)
    _is(turned_away.value, ApiError, 401, "INVALID_AUTH", "Invalid credentials.")
    assert not async_ringback.deliveries


def _is(error: ApiError, exception: type[ApiError], status: int, code: str, message: str) -> None:
    assert type(error) is exception
    assert error.status_code == status
    assert error.headers is not None
    assert error.body == {
        "err_code": code,
        "err_msg": message,
        "request_id": error.headers["dg-request-id"],
    }
    assert error.headers["dg-error"] == message


# -- controls and tokens ---------------------------------------------------------------------------


def built() -> Any:
    """The SDK's builder of texts, which has no types."""
    builder: Any = TextBuilder
    return builder()


@pytest.mark.rule("flux-pauses", "controls-applied")
def test_a_pause_that_the_sdk_writes_is_silence(
    ringback: Emulator, deepgram: DeepgramClient
) -> None:
    text = built().text("Your number is 4 7 2.").pause(3000).text(" Anything else?").build()
    with deepgram.speak.v2.audio.with_raw_response.generate(
        text=text, model="flux-haley-en", encoding="linear16", container="none", sample_rate=8000
    ) as answer:
        audio = b"".join(answer.data)
    assert bytes(int(2.9 * 8000) * 2) in audio
    assert answer.headers["dg-breaks-applied"] == "1"
    assert int(answer.headers["dg-char-count"]) == len("Your number is 4 7 2. Anything else?")
    found = ringback.identify(audio)
    assert found is not None
    assert (found.request.text, found.complete) == (text, True)


@pytest.mark.rule("pronunciations", "flux-pronunciations")
@pytest.mark.parametrize("model", ["flux-haley-en", "aura-2-thalia-en"])
def test_a_pronunciation_that_the_sdk_writes_is_obeyed(
    deepgram: DeepgramClient, model: str
) -> None:
    text = built().text("Take ").pronunciation("basil", "bæzəl").text(" twice.").build()
    speak = deepgram.speak.v2 if model.startswith("flux") else deepgram.speak.v1
    with speak.audio.with_raw_response.generate(text=text, model=model) as answer:
        for _ in answer.data:
            pass
    assert answer.headers["dg-pronunciations-applied"] == "1"
    assert answer.headers["dg-char-count"] == str(len("Take basil twice."))
    assert "dg-warnings" not in answer.headers


@pytest.mark.rule("flux-combinations")
def test_what_is_not_combined_is_a_bad_request_for_the_sdk(deepgram: DeepgramClient) -> None:
    text = built().text("One").pause(500).text("two").build()
    with pytest.raises(BadRequestError) as refused:
        list(deepgram.speak.v2.audio.generate(model="flux-haley-en", text=text, speed=1.2))
    assert refused.value.body["err_code"] == "PAUSE_SPEED_CAP_EXCEEDED"


@pytest.mark.rule("any-token")
def test_an_access_token_is_let_in_where_any_key_is() -> None:
    with (
        Emulator(Settings(any_key=True)) as ringback,
        httpx.Client(verify=False, trust_env=False) as connections,
    ):
        deepgram = DeepgramClient(
            access_token="a-token-from-elsewhere",
            environment=environment(ringback.url),
            httpx_client=connections,
        )
        assert b"".join(deepgram.speak.v1.audio.generate(text=GREETING))
        with deepgram.speak.v2.connect(model="flux-haley-en") as stream:
            message: Any = stream.recv()
            assert message.type == "Connected"
