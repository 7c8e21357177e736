"""What came of playing a scenario, as a value: for people, for pytest and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ringback.scenario.comparing import Check


@dataclass(frozen=True, slots=True)
class Report:
    """One scenario, played.

    *over* is `process` or `sockets`, *timeline* has one line for each attempt, *end* is the
    delivery's state or the answer that refused the request. *trouble* says why a scenario could
    not be played to its end; it is empty otherwise.
    """

    file: str
    name: str
    why: str
    over: str
    checks: tuple[Check, ...] = ()
    timeline: tuple[str, ...] = ()
    end: str = ""
    trouble: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.trouble and all(check.passed for check in self.checks)

    @property
    def failures(self) -> list[str]:
        """One line for each expectation that failed: file, line, expected and got."""
        trouble = [f"{self.file}: {self.trouble}"] if self.trouble else []
        failed = [f"{self.file}:{each.line}: {each}" for each in self.checks if not each.passed]
        return trouble + failed

    @property
    def story(self) -> list[str]:
        """What happened, line by line."""
        attempts = [f"  {line}" for line in self.timeline] or ["  no attempt"]
        return ["what happened:", *attempts, f"  = {self.end or 'not played to its end'}"]

    def __str__(self) -> str:
        if self.passed:
            return f"passed  {self.file}: {self.name}"
        return "\n".join([*self.failures, *self.story])

    def as_json(self) -> dict[str, Any]:
        """The report as plain values that JSON can hold."""
        return {
            "file": self.file,
            "name": self.name,
            "why": self.why,
            "over": self.over,
            "passed": self.passed,
            "trouble": self.trouble,
            "end": self.end,
            "timeline": list(self.timeline),
            "checks": [_as_json(check) for check in self.checks],
        }


def document(reports: Sequence[Report], invalid: Sequence[str]) -> dict[str, Any]:
    """Everything that was played, and the problems of the files that could not be, as one value."""
    passed = sum(report.passed for report in reports)
    return {
        "version": 1,
        "passed": passed,
        "failed": len(reports) - passed,
        "scenarios": [report.as_json() for report in reports],
        "problems": list(invalid),
    }


def _as_json(check: Check) -> dict[str, Any]:
    return {
        "what": check.what,
        "line": check.line,
        "expected": check.expected,
        "got": check.got,
        "passed": check.passed,
    }
