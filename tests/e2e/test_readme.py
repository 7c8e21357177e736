"""The README's code blocks do what the README says."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"

STAGE = '''
import http.client
import json
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from websockets.sync.client import connect


@pytest.fixture
def app():
    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def ask_for_speech(ringback, text, callback):
    """An application in small."""
    connection = http.client.HTTPConnection(urlsplit(ringback.url).netloc)
    connection.request(
        "POST",
        "/v1/speak?" + urlencode({"callback": callback}),
        json.dumps({"text": text}),
        {"Authorization": f"Token {ringback.api_key}", "Content-Type": "application/json"},
    )
    assert connection.getresponse().status == 200
    connection.close()


def ask_for_audio(ringback, text):
    """Another, which wants to hear it at once."""
    headers = {"Authorization": f"Token {ringback.api_key}"}
    url = f"{ringback.url}/v1/speak"
    return httpx.post(url, json={"text": text}, headers=headers, trust_env=False)


def open_stream(ringback):
    """A third, which speaks in pieces."""
    headers = {"Authorization": f"Token {ringback.api_key}"}
    return connect(f"{ringback.ws_url}/v1/speak", additional_headers=headers, proxy=None)

'''


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)


def name_of(block: str) -> str:
    """The name of the test that *block* is."""
    return block.split("(")[0][4:]


@pytest.fixture(scope="module")
def run_of_all(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of all python blocks, each in a file of its own, with our plugin alone."""
    folder = tmp_path_factory.mktemp("blocks")
    for block in blocks("python"):
        (folder / f"{name_of(block)}.py").write_text(STAGE + block)
    options = ["-p", "ringback", "-p", "no:cacheprovider", "-v", "--no-header"]
    files = [f"{name_of(block)}.py" for block in blocks("python")]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.mark.parametrize("block", blocks("python"), ids=name_of)
def test_a_python_block_is_a_test_that_passes(block: str, run_of_all: str) -> None:
    assert f"{name_of(block)}.py::{name_of(block)} PASSED" in run_of_all, run_of_all


def test_the_scenario_block_plays_as_it_expects(tmp_path: Path) -> None:
    (block,) = blocks("yaml")
    path = tmp_path / "readme.ringback.yaml"
    path.write_text(block)
    from ringback import Emulator

    with Emulator() as emulator:
        report = emulator.play(path)
    assert list(report.timeline) == ["+0s PUT 503", "+30s PUT timeout", "+70s PUT 204"]


def test_the_server_block_prints_the_ready_line_that_it_shows() -> None:
    (block,) = [block for block in blocks("console") if "ringback serve" in block]
    command, ready = block.splitlines()
    words = shlex.split(command.removeprefix("$ ringback"))
    words[words.index("--port") + 1] = "0"
    process = subprocess.Popen(
        [sys.executable, "-m", "ringback", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert re.sub(r"\d{2,}", "N", line.strip()) == re.sub(r"\d{2,}", "N", ready)


def test_both_commands_are_marked_for_the_list_of_checks() -> None:
    text = README.read_text()
    for name in ("main", "test"):
        command = re.search(
            rf"^<!-- command: {name} -->\n```console\n(.+)\n```$", text, re.MULTILINE
        )
        assert command is not None
        assert command[1].startswith("python3 -m venv .venv && ")
