"""Many scenario files at once: found, played one after the other, counted."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ringback.errors import ScenarioError, SettingsError
from ringback.scenario.playing import MakeEmulator, play
from ringback.scenario.reading import read
from ringback.scenario.report import Report, document
from ringback.scenario.staging import Over

SUFFIXES = (".ringback.yaml", ".ringback.yml")


@dataclass(slots=True)
class Batch:
    """The *reports* of what was played, and the *problems* of files that could not be read."""

    reports: list[Report] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    invalid: int = 0

    @property
    def failed(self) -> int:
        """How many scenarios did not go as expected."""
        return sum(not report.passed for report in self.reports)

    @property
    def exit_code(self) -> int:
        """0: all as expected; 1: an expectation failed; 3: a file is invalid."""
        if self.invalid:
            return 3
        return 1 if self.failed else 0

    @property
    def summary(self) -> str:
        """How many passed, failed and were invalid."""
        counts = {
            "passed": len(self.reports) - self.failed,
            "failed": self.failed,
            "invalid": self.invalid,
        }
        return ", ".join(
            f"{count} {word}" for word, count in counts.items() if count or word == "passed"
        )

    def as_json(self) -> dict[str, Any]:
        """The whole batch as one JSON document."""
        return document(self.reports, self.problems)

    def add(
        self, path: Path, make_emulator: MakeEmulator, *, over: Over = "process", to: Any = None
    ) -> None:
        """Play the scenario at *path* and keep what came of it."""
        try:
            file = read(path)
        except ScenarioError as error:
            self.invalid += 1
            self.problems += error.problems
        else:
            self.reports.append(play(file, make_emulator, over=over, to=to))


def find(paths: Sequence[Path]) -> list[Path]:
    """The scenario files that *paths* name: files as they are, directories searched and sorted.

    Raises `SettingsError` for a path that does not exist, and for a directory without scenarios.
    """
    found: list[Path] = []
    for path in paths:
        if not _exists(path):
            raise SettingsError(f"there is no {str(path)!r}; name scenario files or directories")
        inside = sorted(_search(path)) if path.is_dir() else [path]
        if not inside:
            raise SettingsError(f"there is no *.ringback.yaml in {str(path)!r}")
        found += inside
    return list(dict.fromkeys(found))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise SettingsError(f"{str(path)!r} cannot be looked at: {error.strerror}") from None


def _search(directory: Path) -> Iterator[Path]:
    for place, directories, names in os.walk(directory):
        # Whatever is hidden, or installed, is not the user's own.
        directories[:] = [
            name for name in directories if not name.startswith(".") and name != "node_modules"
        ]
        yield from (Path(place, name) for name in names if name.endswith(SUFFIXES))
