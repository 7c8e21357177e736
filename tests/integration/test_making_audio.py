"""Audio that takes long is made while the others go on, and time stands still for it."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.client import IncompleteRead
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Settings, State, Stuck
from ringback.audio.render import cost, render
from ringback.core.base.rejection import Rejection
from ringback.core.facts import JobFailed, RequestAnswered, RequestRejected
from ringback.core.request.speak import SpeakRequest
from ringback.service import voice as voice_module
from ringback.service.bodies import BODIES
from ringback.service.voice import Voice
from ringback.serving.server import Server
from tests.integration.both_faces import Make
from tests.integration.streaming import opened

APP = "https://app.example"
HOOK = f"{APP}/hook"
SLOW = "slow"

Beside = Callable[..., "Future[Any]"]


@dataclass
class Studio:
    """Makes audio; a slow text only once it may. *threads* are those in which it was made."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may: threading.Event = field(default_factory=threading.Event)
    threads: dict[str, str] = field(default_factory=dict)

    def wait(self) -> None:
        """Wait until a slow text is being made."""
        assert self.begun.acquire(timeout=60)


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """Puts itself in the place of all making of audio."""
    it = Studio()

    def made(text: str, *arguments: Any, **options: Any) -> bytes:
        it.threads[text] = threading.current_thread().name
        if text.startswith(SLOW):
            it.begun.release()
            assert it.may.wait(60)
        return render(text, *arguments, **options)

    def costs(text: str, *arguments: Any) -> float:
        return 1.0 if text.startswith(SLOW) else cost(text, *arguments)

    BODIES.clear()
    monkeypatch.setattr(voice_module, "render", made)
    monkeypatch.setattr(voice_module, "cost", costs)
    yield it
    it.may.set()


def ask(ringback: Emulator | AsyncEmulator, text: str) -> bytes:
    """The audio of *text*, over HTTP."""
    headers = {
        "authorization": f"Token {ringback.api_key}",
        "content-type": "application/json",
    }
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(f"{ringback.url}/v1/speak", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


# -- answers ---------------------------------------------------------------------------------------


def test_nobody_waits_for_the_audio_of_another(studio: Studio, beside: Beside) -> None:
    server = Server()
    try:
        with Emulator(server=server) as one, Emulator(server=server) as other:
            slow = beside(ask, one, SLOW)
            studio.wait()
            assert ask(other, "Hello")
            assert ask(one, "Hello")
            one.submit("Hello", callback=HOOK)
            assert not slow.done()
            studio.may.set()
            assert slow.result(10)
            assert studio.threads == {SLOW: "ringback answering", "Hello": "ringback server"}
    finally:
        server.stop()


def test_a_request_whose_audio_is_made_keeps_its_place(studio: Studio, beside: Beside) -> None:
    with Emulator(Settings(seed=7)) as ringback:
        slow = beside(ask, ringback, SLOW)
        studio.wait()
        ask(ringback, "Hello")
        ids = [each.request_id for each in ringback.requests]
        studio.may.set()
        slow.result(10)
        facts = [fact for fact in ringback.journal if isinstance(fact, RequestAnswered)]
        assert [fact.request.text for fact in facts] == [SLOW, "Hello"]
        assert [fact.request_id for fact in facts] == ids
    with Emulator(Settings(seed=7)) as again:
        ask(again, "One")
        ask(again, "Two")
        assert [each.request_id for each in again.requests] == ids


def test_time_stands_still_while_an_answer_is_made(studio: Studio, beside: Beside) -> None:
    with Emulator() as ringback:
        slow = beside(ask, ringback, SLOW)
        studio.wait()
        moved = beside(ringback.advance, 30)
        ask(ringback, "Hello")
        assert ringback.clock.elapsed == 0
        studio.may.set()
        moved.result(10)
        assert slow.result(10)
        assert ringback.clock.elapsed == 30


def test_an_answer_that_breaks_off_is_made_first(studio: Studio) -> None:
    studio.may.set()
    with Emulator() as ringback:
        ringback.fail_requests("cut")
        with pytest.raises(IncompleteRead) as cut:
            ask(ringback, SLOW)
        audio = ask(ringback, SLOW)
        assert cut.value.partial == audio[: len(audio) // 2]


def test_what_is_made_for_one_is_made_for_all(studio: Studio, beside: Beside) -> None:
    with Emulator() as one, Emulator() as other:
        answers = [beside(ask, each, SLOW) for each in (one, other)]
        studio.wait()
        studio.may.set()
        first, second = [answer.result(10) for answer in answers]
        assert first == second
        assert not studio.begun.acquire(blocking=False)


def test_an_answer_that_cannot_be_made_is_a_refusal(
    studio: Studio, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Rejection(500, "INTERNAL_SERVER_ERROR", "The text could not be spoken.", "hint")
    monkeypatch.setattr(Voice, "takes_long", lambda *_, **__: True)
    monkeypatch.setattr(Voice, "is_spoken", lambda *_: True)
    monkeypatch.setattr(Voice, "content", lambda *_: refused)
    with Emulator(Settings(concurrency_limit=1)) as ringback:
        for _ in range(2):  # the place under the limit is given back
            with pytest.raises(urllib.error.HTTPError) as caught:
                ask(ringback, "Hello")
            with caught.value as answer:
                assert answer.code == 500
        assert [each.status for each in ringback.requests] == [500, 500]
        facts = [type(fact) for fact in ringback.journal]
        assert facts == [RequestRejected, RequestRejected]


# -- callbacks -------------------------------------------------------------------------------------


def test_a_callback_is_acknowledged_before_its_audio_is_made(studio: Studio) -> None:
    with Emulator() as ringback:
        delivery = ringback.submit(SLOW, callback=HOOK)
        assert delivery.state is State.SCHEDULED
        assert not studio.threads


def test_callbacks_keep_their_order_while_audio_is_made(
    make: Make, studio: Studio, beside: Beside
) -> None:
    face = make()
    ringback = face.emulator
    receiver = ringback.receiver(APP, [503, 200])
    first = ringback.submit(SLOW, callback=HOOK)
    second = ringback.submit("Hello", callback=HOOK)
    moved = beside(face.call, "run_until_idle")
    studio.wait()
    third = ringback.submit("Goodbye", callback=HOOK)  # nobody holds the lock
    assert (first.state, second.attempts, ringback.clock.elapsed) == (State.SCHEDULED, [], 0)
    studio.may.set()
    moved.result(10)
    assert first.timeline == ["+0s POST 503", "+30s POST 200"]
    assert second.timeline == third.timeline == ["+0s POST 200"]
    sent = [request.headers["dg-request-id"] for request in receiver.requests]
    assert sent == [each.request_id for each in (first, second, third, first)]
    assert receiver.requests[0].body is receiver.requests[-1].body
    assert studio.threads[SLOW] == "ringback audio"


def test_a_step_makes_the_audio_and_the_attempt(studio: Studio) -> None:
    studio.may.set()
    with Emulator() as ringback:
        ringback.receiver(APP)
        ringback.submit(SLOW, callback=HOOK)
        assert [attempt.word for attempt in ringback.step()] == ["200"]


def test_a_flowing_clock_lets_others_go_ahead(studio: Studio) -> None:
    with Emulator(Settings(clock="real")) as ringback:
        arrived = threading.Semaphore(0)
        receiver = ringback.receiver(APP)
        ringback.journal.on_append = lambda _: arrived.release() if receiver.requests else None
        slow = ringback.submit(SLOW, callback=HOOK)
        studio.wait()
        quick = ringback.submit("Hello", callback=HOOK)
        assert arrived.acquire(timeout=60)
        assert not slow.attempts
        studio.may.set()
        ringback.run_until_idle()
        assert slow.statuses == quick.statuses == [200]


def test_a_delivery_that_is_cancelled_meanwhile_is_not_sent(studio: Studio, beside: Beside) -> None:
    with Emulator() as ringback:
        receiver = ringback.receiver(APP)
        delivery = ringback.submit(SLOW, callback=HOOK)
        moved = beside(ringback.run_until_idle)
        studio.wait()
        ringback.cancel(delivery, "the caller hung up")
        studio.may.set()
        assert moved.result(10) == []
        assert (delivery.state, len(receiver.requests)) == (State.CANCELLED, 0)


def test_a_delivery_that_is_cancelled_meanwhile_does_not_fail_besides(
    monkeypatch: pytest.MonkeyPatch, studio: Studio, beside: Beside
) -> None:
    def content(voice: Voice, request: SpeakRequest) -> Rejection:
        voice.audio(request)
        return Rejection(500, "INTERNAL_SERVER_ERROR", "The text could not be spoken.")

    monkeypatch.setattr(Voice, "content", content)
    with Emulator() as ringback:
        delivery = ringback.submit(SLOW, callback=HOOK)
        moved = beside(ringback.run_until_idle)
        studio.wait()
        ringback.cancel(delivery, "the caller hung up")
        studio.may.set()
        assert moved.result(10) == []
        assert delivery.reason == "the caller hung up"
        assert not [fact for fact in ringback.journal if isinstance(fact, JobFailed)]


@pytest.mark.parametrize("fails", [True, False])
def test_nothing_is_missed_of_a_delivery_that_is_forgotten_while_its_audio_is_made(
    monkeypatch: pytest.MonkeyPatch, studio: Studio, beside: Beside, fails: bool
) -> None:
    """What a thread raises that nobody waits for is an error of the test."""

    def content(voice: Voice, request: SpeakRequest) -> bytes:
        audio = voice.audio(request)
        if fails:
            raise ValueError("no tables")
        return audio

    monkeypatch.setattr(Voice, "content", content)
    with Emulator(Settings(keep=1)) as ringback:
        delivery = ringback.submit(SLOW, callback=HOOK)
        moved = beside(ringback.run_until_idle)
        studio.wait()
        ringback.cancel(delivery, "the caller hung up")
        ringback.cancel(ringback.submit("Hello", callback=HOOK), "and so did the next one")
        studio.may.set()
        assert moved.result(10) == []
        assert not ringback.pending


def test_audio_that_is_not_made_is_what_the_clock_is_stuck_over(studio: Studio) -> None:
    with Emulator(Settings(guard=0.05)) as ringback:
        ringback.receiver(APP)
        delivery = ringback.submit(SLOW, callback=HOOK)
        with pytest.raises(Stuck, match=f"the audio of {delivery.request_id}, which is being made"):
            ringback.settle()
        studio.may.set()
        ringback.settle()
        assert delivery.statuses == [200]


@pytest.mark.parametrize("told", [True, False])
def test_a_job_whose_audio_cannot_be_made_fails(
    monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    refused = Rejection(500, "INTERNAL_SERVER_ERROR", "The text could not be spoken.", "hint")
    monkeypatch.setattr(Voice, "takes_long", lambda *_, **__: True)
    monkeypatch.setattr(Voice, "content", lambda *_: refused)
    with Emulator(Settings(callback_errors=told)) as ringback:
        receiver = ringback.receiver(APP)
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert isinstance(ringback.journal[1], JobFailed)
        if told:
            assert b"could not be spoken" in receiver.requests[0].body
        else:
            assert (delivery.state, receiver.requests) == (State.CANCELLED, ())


def test_what_fails_while_audio_is_made_gives_the_delivery_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **__: Any) -> bytes:
        raise ValueError("no tables")

    BODIES.clear()
    monkeypatch.setattr(voice_module, "render", fail)
    monkeypatch.setattr(voice_module, "cost", lambda *_: 1.0)
    with Emulator() as ringback:
        ringback.receiver(APP)
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert delivery.state is State.CANCELLED
        assert "no tables" in delivery.reason


# -- streams and ears ------------------------------------------------------------------------------


def test_time_stands_still_while_the_audio_of_a_stream_is_made(
    studio: Studio, beside: Beside
) -> None:
    with Emulator() as ringback, opened(ringback) as stream:
        stream.recv()
        stream.send(json.dumps({"type": "Speak", "text": SLOW}))
        stream.send('{"type":"Flush"}')
        studio.wait()
        moved = beside(ringback.advance, 30)
        assert ask(ringback, "Hello")
        assert ringback.clock.elapsed == 0
        studio.may.set()
        moved.result(10)
        assert len(stream.recv()) > 1000
        assert studio.threads[SLOW] == "ringback answering"
