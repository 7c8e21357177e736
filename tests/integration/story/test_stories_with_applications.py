"""Stories with a real application: in this process, on a socket, and connected before."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, play_scenario
from ringback.core.delivery.reply import Reply
from ringback.errors import SettingsError
from ringback.scenario.loopback import LoopbackReceiver
from ringback.scenario.reading import ScenarioFile, check_all
from ringback.scenario.source import Source
from tests.integration.story.told import HELLO, both_ways, story

TO_THE_APP = story(
    'connect: {at: "http://app.example", faults: [503]}',
    HELLO,
    "run_until_idle",
    "expect: {attempts: [{at: 0s, got: 503}, {at: 30s, got: 202}], state: delivered}",
)


def read(text: str) -> ScenarioFile:
    """The one case in *text*."""
    (file,) = check_all(Source.of(text, "s"))
    return file


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Accept everything."""
    await receive()
    await send({"type": "http.response.start", "status": 202, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_story_is_played_to_an_application_of_this_process() -> None:
    assert play_scenario(read(TO_THE_APP), to=app).failures == []


@both_ways
def test_a_story_is_played_to_an_application_at_a_url(over: Any) -> None:
    with LoopbackReceiver([Reply(202)]) as receiver:
        assert play_scenario(read(TO_THE_APP), over=over, to=receiver.url).failures == []
        there = TO_THE_APP.replace("faults", f"to: '{receiver.url}', faults")
        assert play_scenario(read(there), over=over).failures == []
    assert [request.headers["host"] for request in receiver.requests] == ["app.example"] * 2


def test_without_an_application_such_a_story_is_skipped() -> None:
    report = play_scenario(read(TO_THE_APP))
    assert report.outcome == "skipped"
    assert "`connect` without `to`" in report.skipped


def on_an_emulator(path: Path) -> None:
    """Play what is at *path* on an emulator whose application is connected."""
    with Emulator() as ringback:
        ringback.connect("http://app.example", app)
        assert ringback.play(path).passed
        assert not ringback.pending


def on_an_async_emulator(path: Path) -> None:
    """The same, awaited."""

    async def play() -> None:
        async with AsyncEmulator() as ringback:
            ringback.connect("http://app.example", app)
            assert (await ringback.play(path)).passed

    asyncio.run(play())


@pytest.mark.parametrize("play", [on_an_emulator, on_an_async_emulator])
def test_a_story_is_played_where_its_application_is_connected(
    play: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "it.ringback.yaml"
    path.write_text(
        story(
            'connect: {at: "http://app.example"}',
            HELLO,
            "run_until_idle",
            "submit: {as: lost, text: Hello, path: /v1/speek}",
            "open: {as: talk}",
            "expect: {of: lost, answer: {status: 404}}",
            "expect: {deliveries: 1, pending: 0}",
        )
    )
    play(path)
    path.write_text(TO_THE_APP)
    with pytest.raises((SettingsError, AssertionError), match="is connected already, without them"):
        play(path)


class Speaker:
    """An application that asks for more, in a thread of its own, once it was called back."""

    def __init__(self, ringback: Emulator) -> None:
        """Ask *ringback*."""
        self._ringback = ringback
        self._threads: list[threading.Thread] = []

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        """Accept, and ask for another one the first time."""
        environ["wsgi.input"].read()
        if not self._threads:
            thread = threading.Thread(target=self._ask)
            self._threads.append(thread)
            thread.start()
        start_response("204 No Content", [])
        return []

    def _ask(self) -> None:
        self._ringback.submit("And more", callback="http://app.example/more")


def test_a_story_waits_for_what_an_application_does_in_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "it.ringback.yaml"
    path.write_text(
        story(
            HELLO,
            "settle",
            "wait: {for: delivery, count: 2, within: 30s}",
            "settle",
            "wait: {for: idle, within: 30s}",
            "expect: {deliveries: 2, requests: 2, pending: 0}",
        )
    )
    with Emulator() as ringback:
        ringback.connect("http://app.example", Speaker(ringback))
        assert ringback.play(path).passed


def test_what_is_waited_for_in_vain_is_told() -> None:
    report = play_scenario(
        read(story("wait: {for: request, within: 1ms}", "expect: {requests: 0}"))
    )
    assert report.failures == ["s:4: request within 0.001 s: expected 1, got 0"]


def test_a_report_of_a_story_fits_into_json() -> None:
    report = play_scenario(read(TO_THE_APP), to=app)
    assert json.loads(json.dumps(report.as_json()))["outcome"] == "passed"
