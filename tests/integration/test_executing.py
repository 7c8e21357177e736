"""`ringback exec`, in this process: what a command is told, and what is said of it at its end."""

import sys
from pathlib import Path
from typing import Any

import pytest

from ringback.cli.executing import environment, execute, left_behind
from ringback.errors import ScenarioError, ServerError, SettingsError
from ringback.faces.emulator import Emulator
from ringback.faces.playing import play_scenario
from ringback.scenario.reading import read_scenario
from ringback.settings.options import OPTIONS
from ringback.settings.settings import Settings

SUBMIT = """
import http.client, os, sys
from urllib.parse import urlencode, urlsplit

connection = http.client.HTTPConnection(urlsplit(os.environ["RINGBACK_URL"]).netloc)
connection.request(
    "POST",
    "/v1/speak?" + urlencode({"callback": "https://app.example/done"}),
    "Hello",
    {
        "Authorization": "Token " + os.environ["RINGBACK_API_KEY"],
        "Content-Type": "text/plain",
    },
)
assert connection.getresponse().status == 200
"""
"""An application in small, and impatient: it is gone before its callback comes."""


def executed(*command: str, clock: str = "paused", **options: Any) -> int:
    """The exit code of `ringback exec` with this *command*."""
    told = {name: option.default for name, option in OPTIONS.items()} | {"port": 0} | options
    return execute(command, Settings(clock=clock, any_key=True), told)


def submitting(more: str = "") -> list[str]:
    return [sys.executable, "-S", "-E", "-c", SUBMIT + more]


def test_no_proxy_is_in_the_way_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "internal.example")
    monkeypatch.setenv("no_proxy", "")
    told = environment("http://127.0.0.1:1", "key", {})
    assert told["NO_PROXY"] == told["no_proxy"] == "internal.example,127.0.0.1"


def test_what_a_command_leaves_behind_fails_it_with_the_timeline(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert executed(*submitting()) == 1
    out, err = capfd.readouterr()
    headline, sentence, *timeline = err.splitlines()
    assert out == ""
    assert headline == "ringback exec: 1 thing was left behind (pending):"
    assert "is still pending" in sentence
    assert timeline[0].startswith("POST https://app.example/done  request ")


INTERCEPTED = SUBMIT.replace(
    'HTTPConnection(urlsplit(os.environ["RINGBACK_URL"]).netloc)',
    'HTTPSConnection(*os.environ["HTTPS_PROXY"][7:].split(":"))\n'
    'connection.set_tunnel("api.deepgram.com", 443)',
)
"""The same application, which does as libraries do with a proxy and the service's own address."""

ELSEWHERE = """
connection = http.client.HTTPSConnection(*os.environ["HTTPS_PROXY"][7:].split(":"))
connection.set_tunnel("elsewhere.example", 443)
try:
    connection.connect()
except OSError as error:
    print(error)
"""


def test_a_command_that_looks_for_the_service_itself_finds_it_here(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    command = [sys.executable, "-S", "-E", "-c", INTERCEPTED + ELSEWHERE]
    assert executed(*command, intercept=True, lenient=True) == 0
    out, err = capfd.readouterr()
    assert out == (
        "Tunnel connection failed: 403 Ringback leads to api.deepgram.com alone (past it by"
        " NO_PROXY)\n"
    )
    assert err == (
        "ringback exec: --intercept refused 1 other host: elsewhere.example:443. One that is to be"
        " reached belongs into NO_PROXY\n"
    )
    assert not list(tmp_path.iterdir())


def test_leniency_lets_a_command_leave_behind_what_it_likes(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert executed(*submitting(), lenient=True) == 0
    assert capfd.readouterr() == ("", "")


def test_a_clock_that_drives_itself_comes_to_its_end_before_anybody_looks(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert executed(*submitting(), clock="auto") == 1
    _, err = capfd.readouterr()
    assert "11 attempts to https://app.example led nowhere" in err
    assert "pending" not in err


def test_nothing_is_pending_once_a_clock_that_drives_itself_has_been_looked_at() -> None:
    with Emulator(Settings(clock="auto")) as emulator:
        emulator.receiver("https://app.example", replies=[503])
        for _ in range(100):
            emulator.submit("Hello", callback="https://app.example/done")
        assert left_behind([emulator]) == {}
        assert len(emulator.deliveries) == 100


def test_a_command_that_fails_shows_its_timeline_and_no_more(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert executed(*submitting("raise SystemExit(5)")) == 5
    _, err = capfd.readouterr()
    assert "left behind" not in err
    assert err.startswith("POST https://app.example/done  request ")


def test_a_command_that_is_not_there_is_said_in_one_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert executed("no-such-command") == 127
    assert capfd.readouterr() == ("", "Error: no-such-command: there is no such command\n")


STORY = """
version: 1
name: A receiver that accepts on the second try
submit: {text: Hello, callback: https://app.example/done}
receiver: [503, 204]
expect: {attempts: [+0s, +30s], state: delivered}
"""


def test_a_scenario_receives_each_delivery_from_the_beginning_of_its_list(tmp_path: Path) -> None:
    story = tmp_path / "story.ringback.yaml"
    story.write_text(STORY)
    record = tmp_path / "recorded"
    twice = submitting(SUBMIT)
    assert executed(*twice, clock="auto", scenario=str(story), record=str(record)) == 0
    names = sorted(each.name for each in record.iterdir())
    assert names == ["001-delivered.ringback.yaml", "002-delivered.ringback.yaml"]
    for each in record.iterdir():
        played = play_scenario(read_scenario(each))
        assert played.passed
        assert played.timeline == ("+0s POST 503", "+30s POST 204")


def test_each_key_of_a_command_is_a_tenant_and_all_are_looked_at(
    capfd: pytest.CaptureFixture[str],
) -> None:
    other = SUBMIT.replace('os.environ["RINGBACK_API_KEY"]', '"another"')
    assert executed(*submitting(other), tenants=True) == 1
    _, err = capfd.readouterr()
    assert err.startswith("ringback exec: 2 things were left behind (pending):")
    assert executed(*submitting(other), tenants=True, clock="auto", lenient=True) == 0


def test_a_folder_that_has_gone_loses_the_recording_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "recorded"
    spoil = f"os.rmdir({str(record)!r}); open({str(record)!r}, 'w').close()"
    assert executed(*submitting(spoil), lenient=True, record=str(record)) == 0
    _, err = capfd.readouterr()
    assert err.startswith("ringback lost a recording: ")


def test_what_cannot_be_read_is_said_before_a_command_is_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    story = tmp_path / "story.ringback.yaml"
    story.write_text(STORY.replace("receiver", "reciever"))
    with pytest.raises(ScenarioError, match="receiver"):
        executed("no-such-command", scenario=str(story))
    with pytest.raises(ServerError, match="cannot be made: File exists; --record needs a folder"):
        executed("no-such-command", record=str(tmp_path / "file"))
    story.write_text(STORY.replace("receiver: [503, 204]\n", ""))
    with pytest.raises(SettingsError, match=r"add --connect https://app\.example=URL"):
        executed("no-such-command", scenario=str(story))
