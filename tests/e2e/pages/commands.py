"""The commands that pages show, run, and their output compared with what is shown."""

import re
import shlex
import signal
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

from tests.e2e.pages.reading import Block, Page
from tests.e2e.pages.suites import environment, write

_VARYING = (
    (re.compile(r"in \d+\.\d+s"), "in N s"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:N"),
    (re.compile(r"pid=\d+"), "pid=N"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"([=_-])\1{3,}"), r"\1\1\1"),
    (re.compile(r"\s+$"), ""),
)
"""What is another from run to run, or from terminal to terminal."""

_SETTING_UP = ("python3 -m venv .venv", ". .venv/bin/activate")
"""What a reader does first, and was done here."""

_EXTRAS = re.compile(r"ringback(?:\[([\w,]+)\])?")


def commands(block: Block) -> list[tuple[str, list[str]]]:
    """Each command that *block* shows, and the lines that are shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            assert found, f"{block}: a console begins with `$ `"
            found[-1][1].append(line)
    return found


def is_run(block: Block, page: Page) -> bool:
    """Whether a command of *page* names the file that *block* is."""
    return bool(block.file) and any(
        block.file in shlex.split(command)
        for other in page.blocks
        if other.language == "console"
        for command, _ in commands(other)
    )


def check(block: Block, page: Page, folder: Path) -> None:
    """Assert that the commands of *block* do what is shown, with the files shown above it."""
    above = page.blocks[: page.blocks.index(block)]
    write([other for other in above if other.file and not other.needs], folder)
    for command, shown in commands(block):
        words = shlex.split(command)
        if command in _SETTING_UP:
            continue
        if words[:2] == ["pip", "install"]:
            _check_installed(block, words)
        elif words[:2] == ["ringback", "serve"] and "--print-settings" not in words:
            _compare(block, shown, _served(words, len(shown), folder))
        else:
            done = subprocess.run(
                words,
                cwd=folder,
                env=environment(PYTEST_ADDOPTS="-pringback -pno:cacheprovider", COLUMNS="100"),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                check=False,
            )
            _compare(block, shown, done.stdout.splitlines())


def _check_installed(block: Block, words: list[str]) -> None:
    """What is installed here is not installed again; the names have to be right."""
    extras = set(metadata("ringback").get_all("Provides-Extra") or ())
    for word in words:
        match = _EXTRAS.fullmatch(word)
        if match is not None and match[1]:
            unknown = set(match[1].split(",")) - extras
            assert not unknown, f"{block}: no extra {unknown}"


def _served(words: list[str], count: int, folder: Path) -> list[str]:
    """The first *count* lines of a server, on a port that is free."""
    if "--port" in words:
        words[words.index("--port") + 1] = "0"
    else:
        words += ["--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        lines = [process.stdout.readline().rstrip("\n") for _ in range(count)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    return lines


def _compare(block: Block, shown: list[str], got: list[str]) -> None:
    """Compare line by line; a line `...` stands for any number of lines."""
    if not shown:
        return
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(_steady(line)) + r"\n"
        for line in shown
    )
    text = "".join(f"{_steady(line)}\n" for line in got)
    assert re.fullmatch(pattern, text), f"{block} shows other lines than there are:\n{text}"


def _steady(line: str) -> str:
    for varying, steady in _VARYING:
        line = varying.sub(steady, line)
    return line
