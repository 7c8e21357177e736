"""The table that all benchmarks of a run fill, and that is printed at its end."""

import pytest

from tests.benchmarks.measuring import Table

_table = pytest.StashKey[Table]()


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    """The one table of this run."""
    return pytestconfig.stash.setdefault(_table, Table())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print it, if anything was measured."""
    lines = config.stash.get(_table, Table()).lines()
    if lines:
        terminalreporter.section("benchmarks")
        for line in lines:
            terminalreporter.write_line(line)
