"""What the plugin costs a run that does not use it, for every project that has it installed."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.benchmarks.measuring import Pairs, Table, alternate

pytestmark = pytest.mark.benchmark

CONFTEST = """
import json, pathlib, sys

def pytest_unconfigure():
    pathlib.Path("modules.json").write_text(json.dumps(list(sys.modules)))
"""

DEAR = {"asyncio", "starlette", "uvicorn", "h11", "pydantic", "yaml", "ringback.faces.emulator"}

CACHEGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")


class Suite:
    """A suite of one test, collected in processes of their own, by no plugin but ours, or none."""

    def __init__(self, folder: Path) -> None:
        """Write it."""
        self._folder = folder
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "conftest.py").write_text(CONFTEST)
        (folder / "test_one.py").write_text("def test_one():\n    pass\n")
        self._plugins = {point.name for point in entry_points(group="pytest11")}
        self._environment = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        } | {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        self.collect(ours=True)  # compiles everything, as a project's first run does

    def collect(self, *, ours: bool, under: tuple[str, ...] = ()) -> str:
        """Collect, *under* another program perhaps; gives what is said on the error stream."""
        blocked = sorted(self._plugins - {"ringback"} if ours else self._plugins)
        options = [option for name in blocked for option in ("-p", f"no:{name}")]
        done = subprocess.run(
            [*under, sys.executable, "-m", "pytest", "--collect-only", "-q", *options],
            cwd=self._folder,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        assert "1 test collected" in done.stdout
        return done.stderr

    def modules(self, *, ours: bool) -> set[str]:
        """What is imported at the end."""
        self.collect(ours=ours)
        return set(json.loads((self._folder / "modules.json").read_text()))

    def cpu(self, *, ours: bool) -> float:
        """CPU seconds."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.collect(ours=ours)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    def instructions(self, *, ours: bool) -> float:
        """Instructions, as valgrind counts them: the same at each run, but for little."""
        counted = self.collect(ours=ours, under=CACHEGRIND)
        found = re.search(r"I\s+refs:\s+([\d,]+)", counted)
        assert found, counted
        return float(found[1].replace(",", ""))


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """The suite that does not use us."""
    return Suite(tmp_path)


def test_an_unused_plugin_imports_nothing(table: Table, suite: Suite) -> None:
    """Three modules at most, and none of the dear ones."""
    added = suite.modules(ours=True) - suite.modules(ours=False)
    table.figure("an unused plugin: modules imported", len(added), "", budget=3, gate=3)
    assert not added & DEAR


def test_an_unused_plugin_takes_no_time(table: Table, suite: Suite) -> None:
    """CPU of collecting one test."""
    pairs = alternate(lambda: suite.cpu(ours=True), lambda: suite.cpu(ours=False), rounds=15)
    table.ratio(
        "an unused plugin: CPU of a pytest run with it / without",
        pairs,
        "ms",
        scale=1e3,
        budget=1.01,
        gate=1.15,
    )


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind counts the instructions")
def test_an_unused_plugin_takes_no_instructions(table: Table, suite: Suite) -> None:
    """The same, without the noise."""
    counts = Pairs([suite.instructions(ours=True)], [suite.instructions(ours=False)])
    table.ratio(
        "an unused plugin: instructions of a pytest run with it / without",
        counts,
        "million",
        scale=1e-6,
        budget=1.01,
        gate=1.03,
    )
