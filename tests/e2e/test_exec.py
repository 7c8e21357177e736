"""`ringback exec`: a command beside a server of its own, from before its start to after its end."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def ringback(*words: str) -> list[str]:
    return [sys.executable, "-m", "ringback", "exec", *words]


def run(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run `ringback exec` to its end."""
    return subprocess.run(
        ringback(*words),
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_command_finds_its_server_and_its_end_is_ours(tmp_path: Path) -> None:
    script = 'echo "$RINGBACK_URL $RINGBACK_WS_URL $RINGBACK_API_KEY $BASE $KEY"; exit 7'
    names = ["--env", "BASE=url", "--env", "KEY=api_key"]
    done = run(*names, "sh", "-c", script + '; echo "$NO_PROXY"')
    url, ws_url, key, base, again = done.stdout.split()
    assert (done.returncode, done.stderr) == (7, "")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert (ws_url, base, again) == ("ws" + url.removeprefix("http"), url, key)
    assert key


@contextmanager
def running(script: str, *options: str) -> "Iterator[subprocess.Popen[str]]":
    """A shell script under `ringback exec` that has said that it is up."""
    words = ringback(*options, "--", "sh", "-c", script)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "up\n"
            yield process
        finally:
            process.kill()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The exit code, and what was said to the last: nobody holds the output any more."""
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


def test_a_command_does_not_outlive_a_server_that_is_killed() -> None:
    with running("sleep 1000 & echo up; while :; do sleep 1000; done") as process:
        process.kill()
        assert ended(process) == (-9, "")


def test_a_command_has_the_terminal_while_it_runs() -> None:
    script = 'trap "echo heard; exit 4" INT; read -r line; echo "got $line"; sleep 1000 & wait'
    number, terminal = pty.fork()
    if number == 0:
        os.execv(sys.executable, ringback("--", "sh", "-c", script))
    os.write(terminal, b"hello\n")
    said = b""
    while b"got hello" not in said:
        said += os.read(terminal, 1024)
    os.write(terminal, b"\x03")
    while b"heard" not in said:
        said += os.read(terminal, 1024)
    _, status = os.waitpid(number, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 4
