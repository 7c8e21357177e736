"""A report for programs, for a CI server, and for a pull request."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from ringback.checking.verdicts import CheckReport, Verdict, behind, summary
from ringback.core.base.masking import in_one_line


def as_json(report: CheckReport) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "receiver": report.receiver,
        "passed": report.passed,
        "results": [
            {
                "name": each.name,
                "verdict": str(each.verdict),
                "seen": each.seen,
                "why": each.why,
                "rule": each.rule or None,
                "standing": each.standing or None,
            }
            for each in report.results
        ],
    }


def json_text(report: CheckReport) -> str:
    """The same as a JSON document."""
    return json.dumps(as_json(report), indent=2)


def junit(report: CheckReport) -> str:
    """A JUnit file: one test case a check."""
    failed = len(report.failed)
    skipped = sum(each.verdict is Verdict.NOT_APPLICABLE for each in report.results)
    counts = {"tests": len(report.results), "failures": failed, "skipped": skipped}
    counted = {name: str(count) for name, count in counts.items()}
    suite = ET.Element("testsuite", {"name": "ringback check", **counted})
    for each in report.results:
        case = ET.SubElement(suite, "testcase", classname="ringback.check", name=each.name)
        seen = in_one_line(each.seen)
        if each.verdict is Verdict.FAIL:
            ET.SubElement(case, "failure", message=seen).text = each.why + behind(each)
        elif each.verdict is Verdict.NOT_APPLICABLE:
            ET.SubElement(case, "skipped", message=seen)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def markdown(report: CheckReport) -> str:
    """A table for a pull request; what has failed comes with why it matters."""
    lines = [
        f"**{in_one_line(summary(report))}**",
        "",
        "| check | verdict | what was seen |",
        "|---|---|---|",
    ]
    for each in report.results:
        why = f"<br>{each.why}{behind(each)}" if each.verdict is Verdict.FAIL else ""
        verdict = f"**{each.verdict}**" if each.verdict is Verdict.FAIL else str(each.verdict)
        lines.append(f"| {each.name} | {verdict} | {_cell(each.seen)}{why} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """*text* in a cell of a table, whatever a receiver has put into it."""
    escaped = in_one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return escaped.replace("|", "\\|").replace("`", "\\`")
