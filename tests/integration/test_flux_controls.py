"""Pauses and pronunciations of Flux, over REST, on a stream and in a callback."""

import json
from collections.abc import Iterator

import httpx
import pytest
from websockets.sync.client import ClientConnection

from ringback import Emulator
from tests.integration.streaming import end_of, heard, opened

FLUX = "/v2/speak?model=flux-haley-en"
PAUSED = r"Your number is 4 7 2. \{pause:1s\} Is there anything else?"
UNPAUSED = "Your number is 4 7 2.  Is there anything else?"
PRONOUNCED = r'Hello, \{"word": "Mr.", "pronounce": "ˈmɪstɚ"\} Bond.'  # noqa: RUF001 - IPA
RAW = "&encoding=linear16&container=none&sample_rate=16000"


@pytest.fixture
def http(ringback: Emulator) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Token {ringback.api_key}"}
    with httpx.Client(base_url=ringback.url, headers=headers, trust_env=False) as client:
        yield client


def longest_silence(samples: bytes) -> float:
    """Seconds of the longest stretch of zeros in samples of 16 bits at 16000 Hz."""
    longest = run = 0
    for at in range(0, len(samples), 2):
        run = 0 if samples[at : at + 2] != b"\0\0" else run + 1
        longest = max(longest, run)
    return longest / 16000


@pytest.mark.rule("flux-pauses", "controls-applied")
@pytest.mark.parametrize("speed", ["", "&speed=1.15"])
def test_a_pause_is_silence_of_that_length_and_not_billed(http: httpx.Client, speed: str) -> None:
    paused, plain = (
        http.post(FLUX + RAW + speed, json={"text": text}) for text in (PAUSED, UNPAUSED)
    )
    assert longest_silence(plain.content) < 0.2
    assert abs(longest_silence(paused.content) - 1.0) < 0.1
    assert paused.headers["dg-char-count"] == plain.headers["dg-char-count"] == str(len(UNPAUSED))
    assert paused.headers["dg-breaks-applied"] == "1"
    assert paused.headers["dg-pronunciations-applied"] == "0"
    assert "dg-warnings" not in paused.headers


@pytest.mark.rule("flux-pauses")
@pytest.mark.parametrize("encoding", ["mp3", "linear16", "mulaw", "alaw", "opus", "flac", "aac"])
def test_audio_with_a_pause_is_identified(
    ringback: Emulator, http: httpx.Client, encoding: str
) -> None:
    paused = http.post(f"{FLUX}&encoding={encoding}", json={"text": PAUSED}).content
    http.post(f"{FLUX}&encoding={encoding}", json={"text": UNPAUSED})
    found = ringback.identify(paused)
    assert found is not None
    assert found.request.text == PAUSED
    assert found.request_ids == (ringback.requests[0].request_id,)
    assert found.complete
    cut = ringback.identify(paused[: len(paused) * 3 // 4])
    assert cut is not None
    assert (cut.request, cut.complete) == (found.request, False)


@pytest.mark.rule("flux-pronunciations", "controls-applied")
def test_a_pronunciation_is_billed_by_its_word(http: httpx.Client) -> None:
    answer = http.post(FLUX, json={"text": PRONOUNCED})
    assert answer.headers["dg-char-count"] == "16"  # the page's own example
    assert answer.headers["dg-pronunciations-applied"] == "1"
    assert answer.headers["dg-breaks-applied"] == "0"


@pytest.mark.rule("pronunciation-warnings")
@pytest.mark.parametrize(
    ("path", "codes"),
    [(FLUX, "PRON-001"), ("/v1/speak?model=aura-2-thalia-en", "PRON-008,PRON-001")],
)
def test_doubtful_ipa_is_told_in_a_header(http: httpx.Client, path: str, codes: str) -> None:
    text = r'\{"word": "a", "pronounce": "ˈtə"\} \{"word": "b", "pronounce": "b5"\}'  # noqa: RUF001
    answer = http.post(path, json={"text": text})
    assert answer.headers["dg-pronunciations-applied"] == "2"
    assert answer.headers["dg-warnings"] == codes


@pytest.mark.rule("flux-combinations", "flux-pauses")
@pytest.mark.parametrize(
    ("query", "text", "code"),
    [
        ("&speed=1.2", PAUSED, "PAUSE_SPEED_CAP_EXCEEDED"),
        ("&speed=0.9", PRONOUNCED, "CONTROL_COMBINATION_INVALID"),
        ("", PAUSED + PRONOUNCED, "CONTROL_COMBINATION_INVALID"),
        ("&callback=https://app.example/", r"One \{pause:50ms\}", "BREAK_OUT_OF_RANGE"),
        ("", "One {pause:500ms}", "BREAK_SYNTAX_INVALID"),
    ],
)
def test_a_control_that_is_wrong_is_refused_before_anything_is_made(
    ringback: Emulator, http: httpx.Client, query: str, text: str, code: str
) -> None:
    answer = http.post(FLUX + query, json={"text": text})
    assert (answer.status_code, answer.json()["err_code"]) == (400, code)
    assert answer.headers["dg-error"] == answer.json()["err_msg"]
    assert code in ringback.timeline
    assert not ringback.deliveries


@pytest.mark.rule("flux-pauses", "controls-applied")
def test_a_callback_brings_the_pause_too(ringback: Emulator, http: httpx.Client) -> None:
    receiver = ringback.receiver("https://app.example")
    http.post(f"{FLUX}&callback=https://app.example/hook", json={"text": PAUSED})
    ringback.run_until_idle()
    (callback,) = receiver.requests
    assert callback.headers["dg-breaks-applied"] == "1"
    found = ringback.identify(callback.body)
    assert found is not None
    assert found.complete


# -- on a stream -----------------------------------------------------------------------------------


def messages(stream: ClientConnection, count: int) -> list[dict[str, object]]:
    """The next messages."""
    return [heard(stream)[1] for _ in range(count)]


@pytest.mark.rule("stream-v2-pronunciations", "stream-audio")
def test_a_turn_sounds_as_its_request_would(ringback: Emulator, http: httpx.Client) -> None:
    expected = http.post(FLUX + RAW, json={"text": PRONOUNCED}).content
    with opened(ringback, "model=flux-haley-en&sample_rate=16000", "/v2/speak") as stream:
        stream.send(json.dumps({"type": "Speak", "text": PRONOUNCED}))
        stream.send('{"type":"Flush"}')
        messages(stream, 3)
        audio, ended = heard(stream)
    assert audio == expected
    assert ended["billable_character_count"] == 16
    assert ended["controls_applied"]["pronunciations_applied"] == 1
    found = ringback.identify(audio)
    assert found is not None
    assert len(found.request_ids) == 2


@pytest.mark.rule("stream-v2-pauses", "stream-v2-combinations")
@pytest.mark.parametrize(("query", "text"), [("", PAUSED), ("&speed=1.1", PRONOUNCED)])
def test_what_a_stream_does_not_combine_ends_it(ringback: Emulator, query: str, text: str) -> None:
    with opened(ringback, f"model=flux-haley-en{query}", "/v2/speak") as stream:
        stream.send(json.dumps({"type": "Speak", "text": text}))
        *_, error = messages(stream, 2)
        assert (error["type"], error["code"]) == ("Error", "DATA-0002")
        assert end_of(stream) == (b"", 1008, "DATA-0002")
