"""The examples in other languages, each by the commands of its own README."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.pages.reading import ROOT, read

pytestmark = pytest.mark.needs_tool

LIMIT = 300
"""Real seconds after which an example has hung; it may have to install something."""


def copy(name: str, folder: Path) -> Path:
    """A copy of an example, without what somebody may have installed in it."""
    kept = shutil.ignore_patterns("node_modules", "package-lock.json")
    return shutil.copytree(ROOT / "examples" / name, folder / name, ignore=kept)


def follow(example: Path) -> "subprocess.CompletedProcess[str]":
    """Do what the README of an example says, with a `ringback` of this environment."""
    readme = read("README", (example / "README.md").read_text("utf-8"))
    (script,) = [block.text for block in readme.blocks if block.language == "console"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=example,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def test_the_example_in_node_passes_and_finds_out_who_stores_twice(tmp_path: Path) -> None:
    example = copy("node", tmp_path)
    done = follow(example)
    assert done.returncode == 0, done.stdout
    assert re.search(r"pass 6$", done.stdout, re.MULTILINE)

    program = example / "voicemail.js"
    text = program.read_text("utf-8")
    mended = text.replace("if (!this.greetings.has(id)) await", "await")
    assert mended != text
    program.write_text(mended, "utf-8")
    done = follow(example)
    assert done.returncode == 1, done.stdout
    assert re.search(r"pass 5$", done.stdout, re.MULTILINE)


def test_the_example_in_java_passes_and_finds_out_who_gives_up(tmp_path: Path) -> None:
    example = copy("java", tmp_path)
    done = follow(example)
    assert (done.returncode, done.stdout) == (0, "delivered on the third attempt\n")

    program = example / "VoicemailTest.java"
    text = program.read_text("utf-8")
    broken = text.replace("return 204;", "return 410;")
    assert broken != text
    program.write_text(broken, "utf-8")
    done = follow(example)
    assert done.returncode == 1
    assert "+60s PUT 410" in done.stdout
