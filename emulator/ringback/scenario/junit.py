"""A batch as JUnit XML, which build servers read."""

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ringback.errors import Mistake
from ringback.scenario.batch import Batch
from ringback.scenario.report import Report

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say at all."""


def junit(batch: Batch) -> str:
    """One test case for each scenario, and one with an error for each file that is invalid."""
    invalid = list(_invalid(batch))
    suite = Element(
        "testsuite",
        name="ringback",
        tests=str(len(batch.reports) + len(invalid)),
        failures=str(batch.failed),
        errors=str(len(invalid)),
        skipped=str(batch.skipped + batch.xfailed),
    )
    for report in batch.reports:
        _add(suite, report)
    for file, mistakes in invalid:
        case = _case(suite, file, file, mistakes[0].line)
        text = "\n".join(_line(each) for each in mistakes)
        _tell(SubElement(case, "error"), f"{file} is no valid scenario", text)
    suites = Element("testsuites", dict(suite.attrib))
    suites.append(suite)
    indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _add(suite: Element, report: Report) -> None:
    mistakes = report.mistakes
    case = _case(suite, report.file, report.name, mistakes[0].line if mistakes else None)
    if report.skipped:
        _tell(SubElement(case, "skipped"), report.skipped, "")
    elif report.outcome == "xfailed":
        _tell(SubElement(case, "skipped"), f"expected to fail: {report.xfail}", str(report))
    elif report.failed:
        _tell(SubElement(case, "failure"), mistakes[0].message, str(report))
    SubElement(case, "system-out").text = _sayable("\n".join(report.story))


def _case(suite: Element, file: str, name: str, line: int | None) -> Element:
    case = SubElement(suite, "testcase", classname=_sayable(file), name=_sayable(name))
    case.set("file", _sayable(file))
    if line is not None:
        case.set("line", str(line))
    return case


def _tell(element: Element, message: str, text: str) -> None:
    element.set("message", _sayable(message))
    if text:
        element.text = _sayable(text)


def _invalid(batch: Batch) -> Iterator[tuple[str, list[Mistake]]]:
    for file, mistakes in groupby(batch.mistakes, lambda each: each.file):
        yield file, list(mistakes)


def _line(mistake: Mistake) -> str:
    place = "" if mistake.line is None else f":{mistake.line}:{mistake.column}"
    return f"{mistake.file}{place}: {mistake.message}"


def _sayable(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
