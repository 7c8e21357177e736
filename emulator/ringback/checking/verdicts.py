"""What a check says, and all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ringback.core.base.masking import in_one_line


class Verdict(StrEnum):
    """What a receiver has made of a check."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: what was *seen*, *why* it matters, and the *rule* of the service behind it.

    *standing* is that rule's: documented, observed or assumed. Where there is none, it is a rule of
    HTTP, or plain care.
    """

    name: str
    verdict: Verdict
    seen: str
    why: str
    rule: str = ""
    standing: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What *receiver* has made of all checks, in order."""

    receiver: str
    results: Sequence[CheckResult]

    @property
    def passed(self) -> bool:
        """Whether none has failed."""
        return not self.failed

    @property
    def failed(self) -> Sequence[CheckResult]:
        """Those that have failed."""
        return [each for each in self.results if each.verdict is Verdict.FAIL]

    def __getitem__(self, name: str) -> CheckResult:
        """The result of the check of this *name*. Raises `KeyError`."""
        for each in self.results:
            if each.name == name:
                return each
        raise KeyError(name)

    def __str__(self) -> str:
        return text(self)


NOT_TRIED = "not tried: no callback is accepted at all"

_MARKS = {Verdict.PASS: "pass", Verdict.FAIL: "FAIL", Verdict.NOT_APPLICABLE: "n/a "}


def text(report: CheckReport) -> str:
    """One line a check; why it matters, under those that have failed."""
    width = max(len(each.name) for each in report.results)
    lines = []
    for each in report.results:
        if each.seen == NOT_TRIED:
            continue
        lines.append(f"{_MARKS[each.verdict]}  {each.name:<{width}}  {in_one_line(each.seen)}")
        if each.verdict is Verdict.FAIL:
            lines.append(f"{'':{width + 8}}{each.why}{behind(each)}")
    return "\n".join([*lines, summary(report)])


def summary(report: CheckReport) -> str:
    """How many have passed and failed."""
    counts = [sum(each.verdict is verdict for each in report.results) for verdict in Verdict]
    return f"{counts[0]} passed, {counts[1]} failed, {counts[2]} not applicable: {report.receiver}"


def behind(each: CheckResult) -> str:
    """The rule behind a check, in brackets."""
    return f" (rule {each.rule}, {each.standing})" if each.rule else ""
