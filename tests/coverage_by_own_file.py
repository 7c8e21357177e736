"""Check that each core module is covered, line and branch, by the test file in its place.

Coverage that other tests lend does not count: what a module promises is to be read in one place.
Lines that run when a module is imported count for every file. Run it from anywhere:

    python tests/coverage_by_own_file.py
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "emulator" / "ringback"
DATA = PACKAGE / "core" / "rules"
"""Rules are data, and each is named by the tests that prove it."""

MODULES = [
    PACKAGE / "errors.py",
    *sorted(file for file in (PACKAGE / "core").rglob("[!_]*.py") if DATA not in file.parents),
]


def main() -> int:
    """Run all test files once, and look at each module with the eyes of its own."""
    os.chdir(ROOT)
    own = {module: _own_test(module) for module in MODULES}
    tests = [test for test in own.values() if test.exists()]
    gaps = [
        f"{_short(module)} has no {test.name}" for module, test in own.items() if test not in tests
    ]
    with tempfile.TemporaryDirectory() as folder:
        # The settings are not those of pyproject.toml, which are for runs of several processes.
        measured = coverage.Coverage(
            str(Path(folder, "data")),
            branch=True,
            include=list(map(str, MODULES)),
            config_file=False,
        )
        measured.set_option("run:dynamic_context", "test_function")
        measured.exclude(r"assert_never\(")
        measured.exclude(r"\.\.\.$")
        measured.start()
        failed = pytest.main(["-q", "-p", "no:cacheprovider", *map(str, tests)])
        measured.stop()
        for module, test in own.items():
            if test in tests:
                gaps += gaps_of(measured, module, test, Path(folder, "report.json"))
    print(*gaps or ["Each core module is covered by its own test file."], sep="\n")
    return 1 if gaps or failed else 0


def gaps_of(measured: coverage.Coverage, module: Path, test: Path, report: Path) -> list[str]:
    """What of *module* no function of *test* runs, a line for each statement or branch."""
    dotted = ".".join(test.relative_to(ROOT / "tests").with_suffix("").parts)
    contexts = rf"^$|(^|\.){re.escape(dotted)}\."
    measured.json_report([str(module)], outfile=str(report), contexts=[contexts])
    found: dict[str, dict[str, Any]] = json.loads(report.read_text("utf-8"))["files"]
    gaps = []
    for each in found.values():
        gaps += [f"{line} is not run" for line in each["missing_lines"]]
        for start, end in each["missing_branches"]:
            gaps.append(f"{start} never goes to {f'line {end}' if end > 0 else 'its end'}")
    return [f"{_short(module)}:{gap} in {test.name}" for gap in gaps]


def _own_test(module: Path) -> Path:
    place = module.relative_to(PACKAGE)
    return ROOT / "tests" / "unit" / place.with_name(f"test_{place.name}")


def _short(module: Path) -> str:
    return str(module.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
