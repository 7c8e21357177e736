"""How the benchmarks measure: ours and its reference in turn, and one table at the end.

A machine is never quiet and two machines are never alike, so nothing here is judged in
milliseconds where it can be judged as a ratio of two things that were measured in one run.

    python -m pytest tests/benchmarks -m benchmark -s

prints the table. A test fails only at its *gate*, which is looser than the budget and holds on a
noisy machine too; whether the budget itself was kept is said in the table's last column.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Pairs:
    """What ours and the reference cost, round by round."""

    ours: list[float]
    reference: list[float]

    @property
    def typical(self) -> float:
        """The median of what ours cost."""
        return median(self.ours)

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios."""
        return median(
            ours / reference for ours, reference in zip(self.ours, self.reference, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. *within* is None where there is no budget."""

    what: str
    ours: str = ""
    reference: str = ""
    ratio: str = ""
    budget: str = ""
    within: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        verdict = {True: "yes", False: "NO", None: ""}[self.within]
        return (self.what, self.ours, self.reference, self.ratio, self.budget, verdict)


HEAD = ("what", "ours", "reference", "ratio", "budget", "within?")


class Bench:
    """Measures, and keeps the rows of the table."""

    def __init__(self) -> None:
        """Nothing has been measured."""
        self.rows: list[Row] = []

    def alternate(
        self, ours: Callable[[], float], reference: Callable[[], float], rounds: int = 7
    ) -> Pairs:
        """Measure both in turn, each first in every other round; the first round is not counted.

        Each function does its work once and returns what it cost.
        """
        pairs = Pairs([], [])
        for number in range(rounds + 1):
            gc.collect()
            if number % 2:
                theirs, mine = reference(), ours()
            else:
                mine, theirs = ours(), reference()
            if number:
                pairs.ours.append(mine)
                pairs.reference.append(theirs)
        return pairs

    def ratio(
        self,
        what: str,
        pairs: Pairs,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        gate: float | None = None,
        factor: float = 1.0,
    ) -> float:
        """Add *pairs* to the table, and fail beyond the *gate*; *factor* turns costs into *unit*.

        *at_least* is for rates, where more is better, *at_most* for costs.
        """
        ratio = pairs.ratio
        mine, theirs = (
            f"{median(costs) * factor:.4g} {unit}" for costs in (pairs.ours, pairs.reference)
        )
        if at_least is not None:
            budget, within = f"≥ {at_least:g} ×", ratio >= at_least
            passed = gate is None or ratio >= gate
        else:
            budget = "" if at_most is None else f"≤ {at_most:g} ×"
            within = None if at_most is None else ratio <= at_most
            passed = gate is None or ratio <= gate
        self.rows.append(Row(what, mine, theirs, f"{ratio:.3f} ×", budget, within))
        assert passed, f"{what}: {ratio:.3f} × is beyond the gate of {gate} × ({mine}, {theirs})"
        return ratio

    def figure(
        self,
        what: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        gate: float | None = None,
    ) -> None:
        """Add a figure that has no reference, and fail beyond the *gate*."""
        budget = "" if at_most is None else f"≤ {at_most:g} {unit}".rstrip()
        within = None if at_most is None else value <= at_most
        self.rows.append(Row(what, f"{value:.4g} {unit}", budget=budget, within=within))
        assert gate is None or value <= gate, f"{what}: {value:.4g} {unit}, gate {gate} {unit}"

    def fresh(self, script: str, *arguments: object) -> Any:
        """Run a file of this folder in a Python of its own, and read the JSON that it prints.

        What is measured there shares neither heap nor modules with this process.
        """
        command = [sys.executable, str(HERE / script), *map(str, arguments)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        return json.loads(done.stdout)

    @contextmanager
    def receiver(self, status: int) -> Iterator[int]:
        """Run `receiver.py`, which answers *status*, in a process of its own; gives its port."""
        command = [sys.executable, "-S", str(HERE / "receiver.py"), str(status)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield int(process.stdout.readline())
            finally:
                process.kill()


_bench: pytest.StashKey[Bench] = pytest.StashKey()


@pytest.fixture(scope="session")
def bench(pytestconfig: pytest.Config) -> Bench:
    """The one `Bench` of this run."""
    return pytestconfig.stash.setdefault(_bench, Bench())


@pytest.fixture
def stopwatch() -> Callable[[Callable[[], object]], float]:
    """Real seconds that a call takes."""

    def measure(work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return measure


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table, if anything was measured."""
    bench = config.stash.get(_bench, None)
    if bench is None or not bench.rows:
        return
    lines = [HEAD, *(row.cells() for row in bench.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    terminalreporter.section("benchmarks")
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())
