"""The table that all benchmarks of a run fill, and that is printed at its end.

And the environment of the Pythons that they start.
"""

import os
from pathlib import Path

import pytest

from tests.benchmarks.measuring import Table

_table = pytest.StashKey[Table]()


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    """The one table of this run."""
    return pytestconfig.stash.setdefault(_table, Table())


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which Python keeps the bytecode that it makes, and makes it for this alone."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print it, if anything was measured."""
    lines = config.stash.get(_table, Table()).lines()
    if lines:
        terminalreporter.section("benchmarks")
        for line in lines:
            terminalreporter.write_line(line)
