"""How the benchmarks measure: ours and its reference in turn, and one table at the end.

No machine is quiet and no two are alike, so what can be judged as a ratio of two things that were
measured in one run is not judged in milliseconds. A *budget* is what we hold ourselves to, and the
table says whether it was kept. A *gate* is looser, holds on a noisy machine too, and fails the
test.
"""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

TEXT = "Your order has been packed, and it will be with you on Tuesday."
"""A text whose audio, an MP3, has about 20 KB."""

ORIGIN = "https://app.example"
CALLBACK = f"{ORIGIN}/done"

ATTEMPTS = 11
"""How often a callback is tried that is never accepted."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What ours and the reference cost, round by round."""

    ours: list[float]
    reference: list[float]

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios."""
        rounds = zip(self.ours, self.reference, strict=True)
        return median(ours / reference for ours, reference in rounds)


def alternate(ours: Callable[[], float], reference: Callable[[], float], rounds: int = 7) -> Pairs:
    """Measure both in turn, each first in every other round; one round before is not counted.

    Each function does its work and returns what it cost.
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


def typical(work: Callable[[], object], times: int) -> float:
    """Real seconds that *work* takes: the median of so many *times*, for others use the machine."""
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spans.append(time.perf_counter() - begun)
    return median(spans)


def fresh(workload: str, *arguments: object, module: str = "tests.benchmarks.workloads") -> float:
    """Run one of *module* in a Python of its own, and read the figure that it prints."""
    command = [sys.executable, "-m", module, workload, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    return float(json.loads(done.stdout))


@contextmanager
def receiver(status: int, *, apart: bool = False) -> Iterator[int]:
    """Run `receiver.py`, which answers *status*, in a process of its own; gives its port.

    *apart*: it and this process have a core each, if there are two.
    """
    command = [sys.executable, "-S", str(HERE / "receiver.py"), str(status)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            with _apart_from(process.pid) if apart else nullcontext():
                yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def _apart_from(process: int) -> Iterator[None]:
    """Keep this process on its first core, and *process* on the last."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(process, {max(cores)})
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. *within* is None where there is no budget."""

    what: str
    ours: str
    reference: str = ""
    ratio: str = ""
    budget: str = ""
    within: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        verdict = {True: "yes", False: "NO", None: ""}[self.within]
        return self.what, self.ours, self.reference, self.ratio, self.budget, verdict


class Table:
    """What was measured."""

    def __init__(self) -> None:
        """Nothing was."""
        self._rows: list[Row] = []

    def ratio(
        self,
        what: str,
        pairs: Pairs,
        unit: str = "",
        *,
        scale: float = 1.0,
        budget: float | None = None,
        gate: float,
        more: bool = False,
    ) -> None:
        """Add *pairs*, and fail beyond the *gate*.

        *scale* turns what was measured into *unit*. *more* is better for rates, less for costs.
        """
        ratio = pairs.ratio
        ours, reference = (
            _written(median(costs) * scale, unit) for costs in (pairs.ours, pairs.reference)
        )
        sign = "≥" if more else "≤"
        row = Row(
            what,
            ours,
            reference,
            f"{ratio:.3f}",
            "" if budget is None else f"{sign} {budget:g}",
            None if budget is None else _keeps(ratio, budget, more=more),
        )
        self._rows.append(row)
        assert _keeps(ratio, gate, more=more), f"{row}: the gate is {sign} {gate:g}"

    def figure(
        self, what: str, value: float, unit: str, *, budget: float | None = None, gate: float
    ) -> None:
        """Add a *value* that has no reference, and fail beyond the *gate*."""
        row = Row(
            what,
            _written(value, unit),
            budget="" if budget is None else f"≤ {_written(budget, unit)}",
            within=None if budget is None else value <= budget,
        )
        self._rows.append(row)
        assert value <= gate, f"{row}: the gate is {_written(gate, unit)}"

    def lines(self) -> list[str]:
        """The table as text; empty when nothing was measured."""
        if not self._rows:
            return []
        head = "what", "ours", "reference", "ratio", "budget", "within?"
        cells: list[tuple[str, ...]] = [head, *(row.cells for row in self._rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        cells.insert(1, tuple("-" * width for width in widths))
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]


def _keeps(value: float, limit: float, *, more: bool) -> bool:
    return value >= limit if more else value <= limit


def _written(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()
