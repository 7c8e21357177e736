"""What a stream may be opened with, and in which words the rest is refused."""

from dataclasses import replace

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import V1, V2, Edition
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from ringback.core.request.speak import Query, SpeakRequest, SpeakRules
from ringback.core.request.voices import AURA, FLUX
from ringback.core.stream.opening import V1_STREAM, V2_STREAM, Opening, read_opening

FLUX_MODEL = "model=flux-haley-en"


def read(raw: str, edition: Edition = V1_STREAM) -> Opening | Rejection:
    """Both steps of reading *raw*, as if the key were right."""
    rules = SpeakRules(edition)
    query = rules.read_query(raw.encode())
    return read_opening(rules, query) if isinstance(query, Query) else query


def refused(raw: str, edition: Edition = V1_STREAM) -> tuple[int, str, str]:
    """Status, code and text of the refusal of *raw*."""
    rejection = read(raw, edition)
    assert isinstance(rejection, Rejection), rejection
    return rejection.status, rejection.code, rejection.message


@pytest.mark.rule("stream-encodings")
@pytest.mark.parametrize(
    ("raw", "encoding", "sample_rate"),
    [
        ("", "linear16", 24000),
        ("container=none", "linear16", 24000),
        ("encoding=linear16&sample_rate=48000", "linear16", 48000),
        ("encoding=mulaw", "mulaw", 8000),
        ("encoding=alaw&sample_rate=16000", "alaw", 16000),
    ],
)
def test_a_stream_is_raw_samples(raw: str, encoding: str, sample_rate: int) -> None:
    sound = AudioFormat(Encoding(encoding), Container.NONE, sample_rate, None)
    assert read(raw) == Opening(AURA["aura-asteria-en"], sound)


def test_every_parameter_is_read() -> None:
    opening = read("model=aura-2-thalia-en&speed=1.25&mip_opt_out=true")
    assert isinstance(opening, Opening)
    assert (opening.voice.name, opening.speed, opening.mip_opt_out) == (
        "aura-2-thalia-en",
        1.25,
        True,
    )


def test_what_is_for_requests_only_is_passed_over_by_the_first_edition() -> None:
    assert read("callback=ftp://x&tag=a&bit_rate=x") == read("")


@pytest.mark.rule("stream-encodings")
@pytest.mark.parametrize("encoding", ["mp3", "opus", "flac", "aac"])
def test_what_is_not_raw_cannot_be_streamed(encoding: str) -> None:
    assert refused(f"encoding={encoding}") == (
        400,
        "INVALID_QUERY_PARAMETER",
        "Failed to deserialize query parameters: encoding: unknown variant"
        f" `{encoding}`, expected one of `linear16`, `mulaw`, `alaw`",
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("model=flux-haley-en", "INVALID_QUERY_PARAMETER"),
        ("container=wav", "UNSUPPORTED_AUDIO_FORMAT"),
        ("sample_rate=44100", "UNSUPPORTED_AUDIO_FORMAT"),
        ("encoding=mulaw&sample_rate=24000", "UNSUPPORTED_AUDIO_FORMAT"),
        ("speed=1.6", "speed_out_of_range"),
        ("speed=0", "speed_out_of_range"),
        ("speed=fast", "INVALID_QUERY_PARAMETER"),
    ],
)
def test_what_cannot_be_spoken_is_refused(raw: str, code: str) -> None:
    assert refused(raw)[:2] == (400, code)


@pytest.mark.rule("stream-v2-opening")
def test_the_second_edition_streams_flux_voices() -> None:
    sound = AudioFormat(Encoding.LINEAR16, Container.NONE, 44100, None)
    raw = f"{FLUX_MODEL}&sample_rate=44100&speed=0.55&expressivity=-2&tag=a&tag=b"
    assert read(raw, V2_STREAM) == Opening(
        FLUX["flux-haley-en"], sound, 0.55, tags=("a", "b"), expressivity=-2
    )


@pytest.mark.parametrize(
    ("raw", "edition", "at", "speed"),
    [
        ("speed=1.25&mip_opt_out=true", V1_STREAM, None, 1.25),
        (f"{FLUX_MODEL}&speed=0.55&expressivity=-2&tag=a&tag=b", V2_STREAM, None, 0.55),
        (f"{FLUX_MODEL}&speed=0.55", V2_STREAM, 1.1, 1.1),
        ("", V1_STREAM, None, 1.0),
    ],
)
def test_a_stream_asks_what_a_request_with_the_same_query_asks(
    raw: str, edition: Edition, at: float | None, speed: float
) -> None:
    opening = read(raw, edition)
    assert isinstance(opening, Opening)
    rules = SpeakRules(V2 if edition is V2_STREAM else V1)
    query = rules.read_query(f"{raw}&encoding=linear16".encode())
    assert isinstance(query, Query)
    request = rules.read_request(query, "text/plain", b"Hello")
    assert isinstance(request, SpeakRequest)
    assert opening.request("Hello", at) == replace(request, speed=speed, sound=opening.sound)


def test_the_tags_of_a_stream_are_not_printed() -> None:
    assert "s3cret" not in repr(read(f"{FLUX_MODEL}&tag=s3cret", V2_STREAM))


@pytest.mark.rule("stream-v2-opening")
@pytest.mark.parametrize(
    "only_for_requests", ["callback=https://app.example", "bit_rate=48000", "container=none"]
)
def test_the_second_edition_refuses_what_is_for_requests_only(only_for_requests: str) -> None:
    _, code, message = refused(f"{FLUX_MODEL}&{only_for_requests}", V2_STREAM)
    assert code == "INVALID_QUERY_PARAMETER"
    assert "unknown field" in message


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "INVALID_QUERY_PARAMETER"),
        ("model=aura-2-thalia-en", "V1_MODEL_ON_V2_SPEAK_ENDPOINT"),
        (f"{FLUX_MODEL}&speed=0.45", "SPEED_OUT_OF_RANGE"),
        (f"{FLUX_MODEL}&speed=1.03", "SPEED_INCREMENT_INVALID"),
        (f"{FLUX_MODEL}&expressivity=3", "EXPRESSIVITY_OUT_OF_RANGE"),
    ],
)
def test_the_second_edition_has_codes_of_its_own(raw: str, code: str) -> None:
    assert refused(raw, V2_STREAM)[:2] == (400, code)
