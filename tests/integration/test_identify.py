"""An emulator tells which of its requests a body of audio answers, whichever way it went out."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from websockets.sync.client import connect

import ringback as package
from ringback import AsyncEmulator, Emulator, Identified
from ringback.audio import hearing
from ringback.audio.reading import Reading
from tests.assets.treatments import louder, written

HOOK = "https://app.example/hook"
TEXT = "Your order has been packed, and is on its way."


def spoken(ringback: Emulator | AsyncEmulator, text: str = TEXT, **parameters: object) -> bytes:
    """The audio with which a request is answered at once."""
    request = Request(
        f"{ringback.url}/v1/speak?{urlencode(parameters)}",
        text.encode(),
        {"authorization": f"Token {ringback.api_key}", "content-type": "text/plain"},
    )
    with urlopen(request, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def identified(ringback: Emulator | AsyncEmulator, audio: bytes) -> Identified:
    found = ringback.identify(audio)
    assert found is not None
    return found


@pytest.mark.parametrize("encoding", ["mp3", "linear16", "mulaw", "alaw", "opus", "flac", "aac"])
def test_an_answer_is_known_whole_and_cut(ringback: Emulator, encoding: str) -> None:
    body = spoken(ringback, encoding=encoding)
    spoken(ringback, "Something else altogether.", encoding=encoding)
    found = identified(ringback, body)
    assert found.request.text == TEXT
    assert found.request_ids == (ringback.requests[0].request_id,)
    assert (found.complete, found.how) == (True, "bytes")
    cut = identified(ringback, body[: len(body) // 2])
    assert (cut.request, cut.request_ids) == (found.request, found.request_ids)
    assert (cut.complete, cut.how) == (False, "bytes")


def test_what_a_callback_brought_is_known(ringback: Emulator) -> None:
    receiver = ringback.receiver("https://app.example")
    delivery = ringback.submit(TEXT, callback=HOOK)
    again = ringback.redeliver(delivery)
    other = ringback.submit(TEXT, callback=HOOK, tag="another")
    ringback.run_until_idle()
    found = identified(ringback, receiver.requests[0].body)
    assert found.request is delivery.request
    assert again.request_id == delivery.request_id
    assert found.request_ids == (delivery.request_id, other.request_id)


def test_audio_can_be_asked_about_before_its_callback_is_sent(ringback: Emulator) -> None:
    first = ringback.submit(TEXT, callback=HOOK)
    assert identified(ringback, first.audio).request is first.request
    second = ringback.submit("Goodbye, then, until Monday.", callback=HOOK)
    assert identified(ringback, second.audio).request is second.request
    ringback.cancel(first, "not wanted")
    ringback.cancel(second, "not wanted")


def test_what_came_out_of_a_stream_is_known_flush_by_flush(ringback: Emulator) -> None:
    audio = []
    with connect(
        f"{ringback.ws_url}/v1/speak?sample_rate=16000",
        additional_headers={"authorization": f"Token {ringback.api_key}"},
        proxy=None,
    ) as stream:
        for text in (TEXT, "Goodbye, then."):
            stream.send(json.dumps({"type": "Speak", "text": text}))
            stream.send('{"type": "Flush"}')
            audio.append(b"")
            for frame in stream:
                if isinstance(frame, bytes):
                    audio[-1] += frame
                elif json.loads(frame)["type"] == "Flushed":
                    break
    request_id = ringback.requests[0].request_id
    first, second = (identified(ringback, each) for each in audio)
    assert (first.request.text, second.request.text) == (TEXT, "Goodbye, then.")
    both = Identified(first.request, (request_id,), True, "bytes", (second.request,))
    assert identified(ringback, b"".join(audio)) == both
    assert not identified(ringback, b"".join(audio)[:-1]).complete


def test_what_the_application_converted_is_heard(ringback: Emulator) -> None:
    samples = spoken(ringback, encoding="linear16", container="none", sample_rate=16000)
    softer = louder(samples, 0.5)
    found = identified(ringback, written(softer, 16000, channels=2))
    assert (found.request.text, found.complete, found.how) == (TEXT, True, "ear")
    assert ringback.identify(softer) is None
    assert ringback.identify(softer, sample_rate=16000) == found


def test_a_text_is_known_by_what_is_spoken_of_it(ringback: Emulator) -> None:
    found = identified(ringback, spoken(ringback, speed=1.2))
    assert found.request.speed == 1.2


def test_the_audio_of_another_emulator_is_nobodys(
    ringback: Emulator, make_ringback: Callable[..., Emulator]
) -> None:
    other = make_ringback()
    body = spoken(other, encoding="linear16")
    spoken(ringback, "Something else altogether.", encoding="linear16")
    assert ringback.identify(body) is None
    assert ringback.identify(body[44:], sample_rate=24000) is None
    assert other.identify(body) is not None


def test_a_reset_forgets(ringback: Emulator) -> None:
    body = spoken(ringback)
    ringback.reset()
    assert ringback.identify(body) is None


def test_others_are_answered_while_a_sound_is_heard(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = []

    def heard(samples: bytes, rate: int) -> list[Reading]:
        meanwhile.append(spoken(ringback, "Meanwhile."))
        return []

    samples = spoken(ringback, encoding="linear16", container="none", sample_rate=16000)
    monkeypatch.setattr(hearing, "read_pcm", heard)
    assert ringback.identify(louder(samples, 0.5), 16000.0) is None
    assert ringback.identify(memoryview(meanwhile[0])) is not None


def test_a_refused_request_has_no_audio(ringback: Emulator) -> None:
    delivery = ringback.submit(TEXT, callback=HOOK)
    ringback.cancel(delivery, "not wanted")
    assert ringback.identify(b'{"request_id":"..."}') is None
    assert ringback.identify(b"") is None


def test_an_awaited_emulator_knows_its_audio_too() -> None:
    async def story() -> Identified:
        async with AsyncEmulator() as ringback:
            body = await asyncio.to_thread(spoken, ringback)
            return identified(ringback, body)

    assert asyncio.run(story()).request.text == TEXT


def test_the_value_is_public() -> None:
    assert package.Identified is Identified
