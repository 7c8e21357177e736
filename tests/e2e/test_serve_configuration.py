"""`ringback serve` is told by flags, variables and files, and says by files that it is ready."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.e2e.test_standalone import serving, start


def run(*options: str, folder: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run `ringback serve` in *folder*, where it ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "ringback", "serve", *options],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_value_is_printed_with_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.ringback]\nretries = 3\napi_key = 's3cret'\n[tool.ringback.serve]\nport = 9999\n"
    )
    done = run("--print-settings", "--seed", "7", folder=tmp_path, RINGBACK_RETRY_DELAY="1")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.rpartition("  # ") for line in done.stdout.splitlines()]
    told = {said.strip(): where for said, _, where in lines}
    assert told["port = 9999"] == "pyproject.toml:5"
    assert told["seed = 7"] == "--seed"
    assert told["retries = 3"] == "pyproject.toml:2"
    assert told["retry_delay = 1"] == "RINGBACK_RETRY_DELAY"
    assert told['api_key = "***"'] == "pyproject.toml:3"
    assert told["attempt_timeout = 10"] == "default"
    assert told["keep = 10000"] == "default of serve"


def test_what_the_file_says_is_so(tmp_path: Path) -> None:
    file = tmp_path / "ci.toml"
    file.write_text("request_failure = 503\nclock = 'paused'\n")
    with serving("--settings", str(file)) as served:
        url = f"http://127.0.0.1:{served.port}/v1/speak"
        headers = {"authorization": "Token any"}
        answer = httpx.post(url, json={"text": "Hello"}, headers=headers, trust_env=False)
        assert answer.status_code == 503
        assert " clock=paused " in served.ready


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("a = [\nretrys = 3\n", (), "ringback.toml:2:1: this is no TOML: "),
        (
            "keep = 1\nretrys = 3\n",
            (),
            "ringback.toml:2: unknown setting 'retrys'; did you mean 'retries'?",
        ),
        ("", ("--settings", "x.toml"), "x.toml: the settings file cannot be read: no such file"),
    ],
)
def test_a_mistake_in_a_file_is_said_before_anything_starts(
    tmp_path: Path, text: str, options: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "ringback.toml").write_text(text)
    done = run(*options, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {complaint}")


def test_a_file_says_the_port_and_another_the_ready_line_until_the_end(tmp_path: Path) -> None:
    port, ready = tmp_path / "port", tmp_path / "ready"
    with serving("--port-file", str(port), "--ready-file", str(ready)) as served:
        assert port.read_text() == f"{served.port}\n"
        assert ready.read_text() == served.ready
        assert served.end(signal.SIGTERM)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_cannot_start_leaves_the_files_of_the_one_that_runs(tmp_path: Path) -> None:
    port = tmp_path / "port"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        port.write_text(f"{number}\n")
        with start("--port-file", str(port), port=number) as process:
            process.communicate(timeout=30)
    assert process.returncode == 4
    assert port.read_text() == f"{number}\n"


def test_a_file_that_cannot_be_written_ends_it_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "none" / "port"
    done = run("--port", "0", "--port-file", str(path), folder=tmp_path)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith(f"Error: {path} cannot be written: no such file or directory;")


def test_a_setting_that_is_written_as_an_option_is_told_how_it_is_given(tmp_path: Path) -> None:
    for option, said in (
        ("--retry-delay", "No such option '--retry-delay': write --set retry_delay=VALUE."),
        ("--retrie-delay", "No such option"),
    ):
        done = run(option, "3", folder=tmp_path)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_server_records_what_happened_and_plays_the_receiver_of_a_scenario(
    tmp_path: Path,
) -> None:
    story, record = tmp_path / "story.ringback.yaml", tmp_path / "recorded"
    story.write_text(
        "version: 1\nname: Twice\nsubmit: {text: Hi, callback: 'https://app.example/hook'}\n"
        "receiver: [503, 204]\nexpect: {state: delivered}\n"
    )
    options = ("--clock", "x1000000", "--scenario", str(story), "--record", str(record))
    with serving(*options) as served:
        served.speak()
        said = [served.line() for _ in range(3)]
        assert served.end(signal.SIGTERM) == (0, "", "")
    assert "'204' delivered" in said[-1]
    assert [each.name for each in record.iterdir()] == ["001-delivered.ringback.yaml"]


def test_what_is_over_is_recorded_although_the_server_is_killed(tmp_path: Path) -> None:
    record = tmp_path / "recorded"
    options = ("--clock", "x1000000", "--record", str(record), "--connect")
    with serving(*options, "https://app.example=http://127.0.0.1:1") as served:
        served.speak()
        limit = time.monotonic() + 60
        while not (found := list(record.glob("*.yaml"))) and time.monotonic() < limit:
            served.process.poll()
        served.process.kill()
    assert [each.name for each in found] == ["001-exhausted.ringback.yaml"]


def test_a_recording_that_cannot_be_written_is_told_of_and_serving_goes_on(tmp_path: Path) -> None:
    record = tmp_path / "recorded"
    with serving("--clock", "x1000000", "--record", str(record)) as served:
        record.rmdir()
        record.write_text("no folder")
        served.speak()
        served.line()
        assert "cannot write a recording" in next(
            line for line in iter(served.line, "") if "recording" in line
        )
        served.speak()
        assert served.end(signal.SIGTERM)[0] == 0
