"""Many scenario files at once: played one after the other, counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ringback.errors import Mistake, ScenarioError
from ringback.scenario.choosing import Choice, everything
from ringback.scenario.masking import masked
from ringback.scenario.reading import ScenarioFile, read_scenarios
from ringback.scenario.report import Report, document
from ringback.scenario.source import printable


@dataclass(slots=True)
class Batch:
    """The *reports* of what was played, and the *problems* of files that could not be read.

    *mistakes* are the same problems in parts. *needy* counts the scenarios that need a real
    application for their receiver.
    """

    reports: list[Report] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    invalid: int = 0
    needy: int = 0

    @property
    def failed(self) -> int:
        """How many scenarios did not go as expected."""
        return sum(report.failed for report in self.reports)

    @property
    def skipped(self) -> int:
        """How many scenarios could not be played here, though nothing is wrong with them."""
        return sum(bool(report.skipped) for report in self.reports)

    @property
    def xfailed(self) -> int:
        """How many scenarios failed, as they say themselves."""
        return sum(report.outcome == "xfailed" for report in self.reports)

    @property
    def exit_code(self) -> int:
        """0: all as expected, or skipped; 1: an expectation failed; 3: a file is invalid."""
        if self.invalid:
            return 3
        return 1 if self.failed else 0

    @property
    def summary(self) -> str:
        """How many passed, failed, were skipped and were invalid."""
        counts = {
            "passed": len(self.reports) - self.failed - self.skipped - self.xfailed,
            "failed": self.failed,
            "skipped": self.skipped,
            "xfailed": self.xfailed,
            "invalid": self.invalid,
        }
        return ", ".join(
            f"{count} {word}" for word, count in counts.items() if count or word == "passed"
        )

    def as_json(self) -> dict[str, Any]:
        """The whole batch as one JSON document."""
        return document(self.reports, self.mistakes, self.invalid)

    def extend(self, other: "Batch") -> None:
        """Count what *other* has counted, too, after what there is."""
        self.reports += other.reports
        self.problems += other.problems
        self.mistakes += other.mistakes
        self.invalid += other.invalid
        self.needy += other.needy

    def add(
        self,
        path: Path,
        play: Callable[[ScenarioFile], Report],
        choice: Choice = everything,
    ) -> None:
        """*play* the scenario at *path*, if *choice* means it, and keep what came of it.

        Of an invalid file nothing is known but its own name.
        """
        try:
            files = read_scenarios(path)
        except ScenarioError as error:
            if choice(printable(path)):
                self.refuse(error)
        except Exception as error:  # noqa: BLE001  # one file's trouble must not end the batch
            said = masked(f"it could not be read, by a fault of Ringback's own: {error!r}")
            name = printable(path)
            mistake = Mistake(name, None, None, said)
            self.refuse(ScenarioError([f"{name}: error: {said}"], [mistake]))
        else:
            for file in files:
                if choice(" ".join([file.name, file.title, *file.scenario.tags])):
                    self.needy += file.scenario.needs_an_application
                    self.reports.append(play(file))

    def refuse(self, error: ScenarioError) -> None:
        """Count a file that cannot be played, for the *error* of reading it."""
        self.invalid += 1
        self.problems += error.problems
        self.mistakes += error.mistakes
