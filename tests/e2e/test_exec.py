"""`ringback exec`: a command beside a server of its own, from before its start to after its end."""

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


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


class Shell:
    """A shell with job control, at a terminal of its own."""

    def __init__(self, number: int, terminal: int) -> None:
        self._number = number
        self._terminal = terminal
        self._said = b""

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def until(self, pattern: str) -> str:
        """What it and its commands say next that matches *pattern*, as far as its first group."""
        while not (match := re.search(pattern.encode(), self._said)):
            self._said += os.read(self._terminal, 1024)
        self._said = self._said[match.end() :]
        return match.group(match.lastindex or 0).decode()

    def end(self) -> None:
        """Hang up, which ends its commands too."""
        os.close(self._terminal)
        os.kill(self._number, signal.SIGKILL)
        os.waitpid(self._number, 0)


@pytest.fixture
def shell() -> Iterator[Shell]:
    number, terminal = pty.fork()
    if number == 0:
        environ = {**os.environ, "PS1": "ask> ", "PATH": os.defpath}
        os.execve("/bin/sh", ["sh", "-i"], environ)
    shell = Shell(number, terminal)
    try:
        shell.until("ask> ")
        yield shell
    finally:
        shell.end()


STOPPED = r"Stopped(?s:.*)ask> "
ECHO_A_LINE = "echo up $$; read -r line; echo got $line"


def beside(script: str, *, within: str = "") -> str:
    """What is typed to have *script* run under `exec`; *within* another program, which waits."""
    typed = shlex.join(ringback("--", "sh", "-c", script))
    return shlex.join(["sh", "-c", f"{typed}; exit"]) if within else typed


@pytest.mark.parametrize("within", ["", "a script"])
def test_a_command_stops_by_ctrl_z_and_goes_on_by_fg(shell: Shell, within: str) -> None:
    shell.type(beside(ECHO_A_LINE, within=within) + "\n")
    command = int(shell.until(r"up (\d+)\r"))
    shell.type("\x1a")
    shell.until(STOPPED)
    assert state(command) == "T"
    shell.type("fg\n")
    shell.type("hello\n")
    shell.until("got hello")
    shell.until("ask> ")


@pytest.mark.parametrize("first", ["stopped", "started there"])
def test_a_command_in_the_background_leaves_the_terminal_to_its_shell(
    shell: Shell, first: str, tmp_path: Path
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = beside(f"echo up $$; read -r line <{fifo}; echo got $line")
    shell.type(script + (" &\n" if first == "started there" else "\n"))
    shell.until(r"up (\d+)\r")
    if first == "stopped":
        shell.type("\x1a")
        shell.until(STOPPED)
        shell.type("bg\n")
    shell.type(f"echo hello >{fifo}; wait; echo the end of 'it'\n")
    shell.until("got hello")
    shell.until("the end of it")


def test_a_command_that_reads_in_the_background_reads_once_it_is_in_front(shell: Shell) -> None:
    shell.type(beside(ECHO_A_LINE) + " &\n")
    command = int(shell.until(r"up (\d+)\r"))
    while state(command) != "T":
        time.sleep(0.01)
    shell.type("fg\n")
    shell.type("hello\n")
    shell.until("got hello")
    shell.until("ask> ")


def test_a_command_without_the_terminal_stops_by_ctrl_z_too(shell: Shell, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # It starts nothing: who is stopped between fork and exec keeps a shell from stopping.
    shell.type(beside(f"echo up $$; read -r line <{fifo}; echo got $line") + " </dev/null\n")
    command = int(shell.until(r"up (\d+)\r"))
    shell.type("\x1a")
    shell.until(STOPPED)
    assert state(command) == "T"
    shell.type("fg\n")
    fifo.write_text("hello\n")
    shell.until("got hello")
    shell.until("ask> ")


def state(number: int) -> str:
    """The state of a process, as a letter: T has been stopped."""
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
