"""`ringback exec`, in this process: what a command is told, and what is said of it at its end."""

import sys
from typing import Any

import pytest

from ringback.cli.executing import environment, execute
from ringback.faces.emulator import Emulator
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
    told = {name: option.default for name, option in OPTIONS.items()} | options
    return execute(command, Settings(clock=clock, any_key=True), told)


def submitting(more: str = "") -> list[str]:
    return [sys.executable, "-S", "-E", "-c", SUBMIT + more]


def test_no_proxy_is_in_the_way_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "internal.example")
    monkeypatch.setenv("no_proxy", "")
    with Emulator() as emulator:
        told = environment(emulator, {})
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
