"""Real speech takes the place of tones, and an engine that fails harms nobody."""

import math
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from ringback import Emulator, Settings, SettingsError, SpeechError
from ringback.audio import g711
from ringback.audio.wav import parse
from ringback.core.base.rejection import Rejection
from ringback.core.facts import JobFailed, RequestRejected
from ringback.core.request.encodings import Encoding
from ringback.service.bodies import BODIES
from ringback.service.speech import synthesis

# The engine has wheels for Linux and Windows alone, and the other tests run everywhere.
pytestmark = pytest.mark.needs_tool

HOOK = "https://app.example/hook"
TEXT = "Your order is on its way."


@pytest.fixture
def ringback(make_ringback: Callable[..., Emulator]) -> Emulator:
    """An emulator that speaks."""
    return make_ringback(speech=True)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a program of these statements in the place of the engine."""

    def put(program: str) -> None:
        file = tmp_path / "engine.py"
        file.write_text(program)
        monkeypatch.setattr(synthesis, "CHILD", file)

    BODIES.clear()
    synthesis.forget()
    return put


def audio(ringback: Emulator, text: str = TEXT, **parameters: Any) -> bytes:
    """What a callback brings."""
    receiver = ringback.receiver("https://app.example")
    ringback.submit(text, callback=HOOK, **parameters)
    ringback.run_until_idle()
    return receiver.requests[-1].body


def linear(ringback: Emulator, **parameters: Any) -> tuple[int, list[int]]:
    """The rate and the samples of a spoken WAV file."""
    file = parse(audio(ringback, **parameters))
    assert file is not None
    samples = file.samples
    if file.encoding is not Encoding.LINEAR16:
        samples = g711.linear(samples, file.encoding)
    return file.rate, [value for (value,) in struct.iter_unpack("<h", samples)]


def loudness(samples: list[int]) -> float:
    return math.sqrt(sum(value * value for value in samples) / len(samples))


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 32000, 48000])
def test_linear_samples_are_spoken_at_every_rate(ringback: Emulator, rate: int) -> None:
    heard, samples = linear(ringback, encoding="linear16", sample_rate=rate)
    assert heard == rate
    assert 1 < len(samples) / rate < 4
    assert loudness(samples) > 500
    assert max(map(abs, samples)) < 32767


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
def test_telephone_samples_are_spoken(ringback: Emulator, encoding: str) -> None:
    rate, samples = linear(ringback, encoding=encoding)
    _, wanted = linear(ringback, encoding="linear16", sample_rate=rate)
    assert len(samples) == len(wanted)
    pairs = zip(samples, wanted, strict=True)
    assert loudness([one - two for one, two in pairs]) < loudness(wanted) / 30


def test_speech_is_no_tone(ringback: Emulator, make_ringback: Callable[..., Emulator]) -> None:
    body = audio(ringback, encoding="linear16")
    assert make_ringback().identify(body) is None
    assert audio(make_ringback(), encoding="linear16") != body


def test_a_compressed_answer_keeps_its_tones(
    ringback: Emulator, make_ringback: Callable[..., Emulator]
) -> None:
    for encoding in ("mp3", "opus", "flac", "aac"):
        assert audio(ringback, encoding=encoding) == audio(make_ringback(), encoding=encoding)


def test_a_language_that_the_engine_has_not_keeps_its_tones(
    ringback: Emulator, make_ringback: Callable[..., Emulator]
) -> None:
    dutch = {"model": "aura-2-rhea-nl", "encoding": "linear16"}
    assert audio(ringback, **dutch) == audio(make_ringback(), **dutch)


def test_each_language_has_its_voice(ringback: Emulator) -> None:
    models = ["aura-2-thalia-en", "aura-2-draco-en", "aura-2-viktoria-de", "aura-2-carina-es"]
    bodies = {audio(ringback, "Hotel Berlin 7", model=each, encoding="mulaw") for each in models}
    assert len(bodies) == len(models)


def test_a_text_that_cannot_be_spoken_is_empty(ringback: Emulator) -> None:
    assert audio(ringback, "...", encoding="linear16", container="none") == b""


def test_faster_speech_is_shorter(ringback: Emulator) -> None:
    _, usual = linear(ringback, encoding="linear16")
    _, fast = linear(ringback, encoding="linear16", speed=1.5)
    assert len(fast) < 0.9 * len(usual)


def test_equal_requests_have_equal_bytes_in_every_process(ringback: Emulator) -> None:
    program = (
        "from ringback.service.speech.synthesis import spoken\nimport sys\n"
        f"sys.stdout.buffer.write(spoken({TEXT!r}, 'en-US', 1.0))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert elsewhere.stdout == synthesis.spoken(TEXT, "en-US", 1.0)
    assert audio(ringback, encoding="linear16") is audio(ringback, encoding="linear16")


def test_speech_is_known_by_its_bytes(ringback: Emulator) -> None:
    body = audio(ringback, encoding="linear16")
    audio(ringback, "Goodbye, then.", encoding="linear16")
    found, cut = ringback.identify(body), ringback.identify(body[: len(body) // 2])
    assert found is not None
    assert cut is not None
    assert (found.request.text, found.complete, found.how) == (TEXT, True, "bytes")
    assert (cut.request.text, cut.complete, cut.how) == (TEXT, False, "bytes")


# -- what the engine cannot speak ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\u4f60\u597d\u4e16\u754c",
        "Hello \u4f60\u597d",
        "\u041f\u0440\u0438\u0432\u0435\u0442",
        "\u0661\u0662\u0663",
        "Hello\0world",
        "Call 0" + "1234567890" * 6,
    ],
    ids=["Chinese", "mixed", "Russian", "Arabic digits", "NUL", "a long number"],
)
def test_a_text_that_the_engine_cannot_speak_keeps_its_tones(
    ringback: Emulator, make_ringback: Callable[..., Emulator], text: str
) -> None:
    tones = audio(make_ringback(), text, encoding="linear16")
    assert audio(ringback, text, encoding="linear16") == tones


@pytest.mark.parametrize(
    "text",
    [
        "Œuvre, naïve, Łódź: 3 × 4 ½ µ²",
        "\u201cDon\u2019t\u201d \u2013 ok\u2026",
        "Ring 0123456789" * 4,
    ],
    ids=["Latin", "punctuation", "numbers"],
)
def test_a_text_in_latin_letters_is_spoken(
    ringback: Emulator, make_ringback: Callable[..., Emulator], text: str
) -> None:
    spoken = audio(ringback, text, encoding="linear16")
    assert spoken != audio(make_ringback(), text, encoding="linear16")
    assert len(spoken) > 10_000


def test_as_long_a_number_as_is_spoken_is_no_obstacle() -> None:
    for voice in set(synthesis._VOICES.values()):
        assert len(synthesis.spoken("7" * 49, voice, 1.0)) > 10_000


# -- an engine that fails --------------------------------------------------------------------------


def failed(ringback: Emulator) -> Rejection:
    """What a job failed with whose text was given to an engine that fails."""
    receiver = ringback.receiver("https://app.example")
    ringback.submit(TEXT, callback=HOOK, encoding="linear16")
    ringback.run_until_idle()
    assert b"The text could not be spoken" in receiver.requests[0].body
    (fact,) = [fact for fact in ringback.journal if isinstance(fact, JobFailed)]
    return fact.rejection


def test_an_engine_that_crashes_fails_the_job(
    ringback: Emulator, broken: Callable[[str], None]
) -> None:
    broken("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    rejection = failed(ringback)
    assert (rejection.status, rejection.code) == (500, "INTERNAL_SERVER_ERROR")
    assert "exit status -11" in rejection.hint


def test_an_answer_that_cannot_be_spoken_is_a_500(
    ringback: Emulator, broken: Callable[[str], None]
) -> None:
    broken("raise SystemExit(1)")
    answer = httpx.post(
        f"{ringback.url}/v1/speak",
        params={"encoding": "linear16"},
        headers={"authorization": f"Token {ringback.api_key}"},
        json={"text": TEXT},
    )
    assert (answer.status_code, answer.json()["err_code"]) == (500, "INTERNAL_SERVER_ERROR")
    fact = ringback.journal[-1]
    assert isinstance(fact, RequestRejected)
    assert not fact.ordered
    assert ringback.requests[0].status == 500


def test_an_engine_that_complains_is_quoted(
    ringback: Emulator, broken: Callable[[str], None]
) -> None:
    broken("raise SystemExit('no voice')")
    assert "exit status 1 no voice" in failed(ringback).hint


def test_an_engine_that_says_nothing_has_failed(
    ringback: Emulator, broken: Callable[[str], None]
) -> None:
    broken("")
    assert "exit status 0" in failed(ringback).hint


HANGS = "import sys\nsys.stdin.read()\nimport threading\nthreading.Event().wait()"


def test_an_engine_that_hangs_is_killed_and_not_asked_for_that_again(
    ringback: Emulator, broken: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    working = synthesis.CHILD
    broken(HANGS)
    monkeypatch.setattr(synthesis, "LIMIT", 0.3)
    assert "took more than 0.3 s" in failed(ringback).hint
    monkeypatch.setattr(synthesis, "CHILD", working)
    monkeypatch.setattr(synthesis, "LIMIT", 9.0)
    ringback.reset()
    assert "took more than 0.3 s" in failed(ringback).hint
    assert len(audio(ringback, "Another text.", encoding="linear16")) > 10_000


def test_what_had_no_end_is_remembered_only_for_so_many_texts(
    broken: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(HANGS)
    monkeypatch.setattr(synthesis, "LIMIT", 0.01)
    monkeypatch.setattr(synthesis, "ENDLESS", 2)
    for text in ("one", "two", "three"):
        with pytest.raises(SpeechError):
            synthesis.spoken(text, "en-US", 1.0)
    assert [text for text, *_ in synthesis._endless] == ["two", "three"]
    synthesis.forget()


def test_an_engine_that_failed_is_asked_again(
    ringback: Emulator, broken: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    working = synthesis.CHILD
    broken("raise SystemExit(1)")
    failed(ringback)
    monkeypatch.setattr(synthesis, "CHILD", working)
    assert len(audio(ringback, encoding="linear16")) > 10_000


def test_audio_that_cannot_be_spoken_cannot_be_looked_at(
    ringback: Emulator, broken: Callable[[str], None]
) -> None:
    broken("raise SystemExit(1)")
    failed(ringback)
    with pytest.raises(SpeechError):
        _ = ringback.deliveries.only().audio


def test_speech_without_its_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py_nanotts", None)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(SettingsError, match=r"ringback\[speech\]"):
        Settings(speech=True)


def test_half_of_a_surrogate_pair_is_no_obstacle(ringback: Emulator) -> None:
    assert len(synthesis.spoken("One \ud800 two", "en-US", 1.0)) > 10_000


@pytest.mark.rule("flux-pauses")
def test_speech_pauses_where_it_was_asked_to(ringback: Emulator) -> None:
    answer = httpx.post(
        f"{ringback.url}/v2/speak?model=flux-kit-en&encoding=linear16&container=none&sample_rate=16000",
        headers={"authorization": f"Token {ringback.api_key}"},
        json={"text": r"One.\{pause:700ms\} ... \{pause:500\}Two."},
    )
    one, two = (synthesis.spoken(part, "en-US", 1.0) for part in ("One.", "Two."))
    assert answer.content == one + bytes(2 * 16 * 700) + bytes(2 * 16 * 500) + two
    found = ringback.identify(answer.content)
    assert found is not None
    assert found.complete
