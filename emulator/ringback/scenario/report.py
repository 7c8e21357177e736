"""What came of playing a scenario, as a value: for people, for pytest and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ringback.errors import Mistake
from ringback.scenario.comparing import Check


@dataclass(frozen=True, slots=True)
class Report:
    """One scenario, played.

    *over* is `process` or `sockets`, *timeline* has one line for each attempt, *end* is the
    delivery's state or the answer that refused the request. *trouble* says why a scenario could
    not be played to its end, *skipped* why it was not begun; both are empty otherwise. *case* is
    the id of one combination of a matrix, *xfail* says why it is expected to fail.
    """

    file: str
    name: str
    why: str
    over: str
    checks: tuple[Check, ...] = ()
    timeline: tuple[str, ...] = ()
    end: str = ""
    trouble: str = ""
    skipped: str = ""
    case: str = ""
    tags: tuple[str, ...] = ()
    xfail: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was played, and everything was as expected."""
        return self.outcome == "passed"

    @property
    def failed(self) -> bool:
        """Whether it was played, and something was not as expected."""
        return self.outcome == "failed"

    @property
    def outcome(self) -> Literal["passed", "failed", "skipped", "xfailed"]:
        """One of the four things that can become of a scenario."""
        if self.skipped:
            return "skipped"
        if self.xfail:
            return "failed" if self.went_well else "xfailed"
        return "passed" if self.went_well else "failed"

    @property
    def went_well(self) -> bool:
        """Whether everything was as the steps expect, whatever was expected of the whole."""
        return not self.trouble and all(check.passed for check in self.checks)

    @property
    def mistakes(self) -> list[Mistake]:
        """What was not as expected, in parts."""
        said = self.trouble
        if self.xfail and self.went_well:
            said = f"it passed, and is expected to fail ({self.xfail}); take `xfail` out"
        trouble = [Mistake(self.file, None, None, said)] if said else []
        failed = [
            Mistake(self.file, each.line, each.column, str(each))
            for each in self.checks
            if not each.passed
        ]
        return trouble + failed

    @property
    def failures(self) -> list[str]:
        """One line for each expectation that failed: file, line, expected and got."""
        return [
            f"{each.file}: {each.message}"
            if each.line is None
            else f"{each.file}:{each.line}: {each.message}"
            for each in self.mistakes
        ]

    @property
    def story(self) -> list[str]:
        """What happened, line by line."""
        attempts = [f"  {line}" for line in self.timeline] or ["  no attempt"]
        return ["what happened:", *attempts, f"  = {self.end or 'not played to its end'}"]

    def __str__(self) -> str:
        if self.passed:
            return f"passed  {self.file}: {self.name}"
        if self.skipped:
            return f"{self.file}: skipped: {self.skipped}"
        if self.outcome == "xfailed":
            return f"{self.file}: failed, as expected: {self.xfail}"
        return "\n".join([*self.failures, *self.story])

    def as_json(self) -> dict[str, Any]:
        """The report as plain values that JSON can hold."""
        return {
            "file": self.file,
            "name": self.name,
            "case": self.case,
            "tags": list(self.tags),
            "why": self.why,
            "over": self.over,
            "outcome": self.outcome,
            "passed": self.passed,
            "trouble": self.trouble,
            "skipped": self.skipped,
            "xfail": self.xfail,
            "end": self.end,
            "timeline": list(self.timeline),
            "checks": [_as_json(check) for check in self.checks],
            "failures": [each._asdict() for each in self.mistakes],
        }


def document(
    reports: Sequence[Report], problems: Sequence[Mistake] = (), invalid: int = 0
) -> dict[str, Any]:
    """Everything that was played, and the problems of *invalid* files that could not be."""
    outcomes = [report.outcome for report in reports]
    return {
        "version": 1,
        "passed": outcomes.count("passed"),
        "failed": outcomes.count("failed"),
        "skipped": outcomes.count("skipped"),
        "xfailed": outcomes.count("xfailed"),
        "invalid": invalid,
        "scenarios": [report.as_json() for report in reports],
        "problems": [each._asdict() for each in problems],
    }


def _as_json(check: Check) -> dict[str, Any]:
    return {
        "what": check.what,
        "line": check.line,
        "column": check.column,
        "expected": check.expected,
        "got": check.got,
        "passed": check.passed,
    }
