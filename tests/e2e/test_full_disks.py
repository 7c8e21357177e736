"""Recording to a disk without room: serving goes on, the loss is told, and no part of it stays."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.test_standalone import serving

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="a limit on the files of another process needs Linux"
)

ENOUGH = resource.RLIM_INFINITY
NOBODY = "https://app.example=http://127.0.0.1:1"
FULL = 100
"""Bytes of a file, when the disk is full in its midst: a recording has some 300."""

ASK = """
import os, urllib.request
request = urllib.request.Request(
    os.environ["RINGBACK_URL"] + "/v1/speak?callback=https://app.example/done",
    b"Hello",
    {"Authorization": "Token " + os.environ["RINGBACK_API_KEY"], "Content-Type": "text/plain"},
)
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
print("asked", flush=True)
"""


def leave(process: "subprocess.Popen[str]", size: float) -> None:
    """From now on *process* writes no file that is larger than *size* bytes."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (int(size), resource.RLIM_INFINITY))


def recorded(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_server_goes_on_and_writes_once_there_is_room(tmp_path: Path) -> None:
    record = tmp_path / "recorded"
    with serving("--clock", "auto", "--record", str(record), "--connect", NOBODY) as served:
        leave(served.process, FULL)
        for _ in range(3):
            served.speak()
        until = time.monotonic() + 60
        said = next(line for line in iter(served.line, "") if "recording" in line)
        served.speak()
        assert said.startswith("ringback cannot write a recording: ")
        assert "File too large" in said
        assert recorded(record) == []
        leave(served.process, ENOUGH)
        while len(recorded(record)) < 4 and time.monotonic() < until:
            served.process.poll()
        code, said, _ = served.end(signal.SIGTERM)
        assert code == 0
        assert "recording" not in said
    assert recorded(record) == [f"00{number}-exhausted.ringback.yaml" for number in (1, 2, 3, 4)]


def test_a_server_says_at_its_end_how_much_is_lost(tmp_path: Path) -> None:
    record = tmp_path / "recorded"
    with serving("--clock", "paused", "--record", str(record)) as served:
        leave(served.process, FULL)
        for _ in range(3):
            served.speak()
        code, said, _ = served.end(signal.SIGTERM)
    (lost,) = (line for line in said.splitlines() if "recording" in line)
    assert code == 0
    assert lost.startswith("ringback lost a recording: ")
    assert lost.endswith(". So it is with 2 more")
    assert recorded(record) == []


def test_a_command_beside_a_server_ends_as_it_would(tmp_path: Path) -> None:
    record, fifo = tmp_path / "recorded", tmp_path / "fifo"
    os.mkfifo(fifo)
    script = 'echo up; read -r line <"$0"; "$1" -S -E -c "$2"; exit 7'
    options = ("exec", "--record", str(record), "--", "sh", "-c", script, str(fifo))
    with subprocess.Popen(
        [sys.executable, "-m", "ringback", *options, sys.executable, ASK],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        leave(process, FULL)
        fifo.write_text("go on\n")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (7, "asked\n")
    assert [line[:27] for line in err.splitlines() if "File too large" in line] == [
        "ringback lost a recording: "
    ]
    assert recorded(record) == []
