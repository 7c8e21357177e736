"""A batch as GitHub shows it: marks beside the lines of a file, and a summary of the step.

Both forms are documented as "workflow commands" and "job summaries". What a receiver or a file says
can end neither.
"""

import html
import os
from collections.abc import Iterator
from pathlib import Path

from ringback.core.base.masking import in_one_line
from ringback.errors import Mistake
from ringback.scenario.batch import Batch

_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))

_WORDS = {"passed": "passed", "failed": "**FAILED**", "skipped": "skipped", "xfailed": "xfailed"}

MOST_ROWS = 500
"""Scenarios in a summary, of which a step may write 1 MiB."""


def annotations(batch: Batch, workspace: str = "") -> Iterator[str]:
    """A line for each expectation that failed, and each mistake in a file.

    *workspace* is the folder that GitHub counts paths from.
    """
    for mistake in batch.mistakes:
        yield _annotation(mistake, "Invalid scenario", workspace)
    for report in batch.reports:
        if report.failed:
            for mistake in report.mistakes:
                yield _annotation(mistake, report.name, workspace)


def summary(batch: Batch) -> str:
    """The whole batch as Markdown: a table, and what failed below it."""
    lines = [f"### Ringback: {batch.summary}", "", "| | scenario | attempts | end |"]
    lines.append("|---|---|---|---|")
    shown = sorted(batch.reports, key=lambda report: not report.failed)[:MOST_ROWS]
    for report in shown:
        attempts = "<br>".join(map(_escaped, report.timeline[:12]))
        name = f"{_escaped(report.name)}<br><sub>{_escaped(report.file)}</sub>"
        end = _escaped(report.end or report.trouble or report.skipped)
        lines.append(f"| {_WORDS[report.outcome]} | {name} | {attempts} | {end} |")
    if len(shown) < len(batch.reports):
        lines.append(f"\nand {len(batch.reports) - len(shown)} more")
    wrong = [*map(str, batch.problems), *(str(each) for each in batch.reports if each.failed)]
    if wrong:
        lines += ["", f"<pre>{html.escape(chr(10).join(wrong), quote=False)}</pre>"]
    return "\n".join([*lines, "", ""])


def _annotation(mistake: Mistake, title: str, workspace: str) -> str:
    properties = {"file": _within(mistake.file, workspace)}
    if mistake.line is not None:
        properties |= {"line": str(mistake.line), "col": str(mistake.column)}
    properties["title"] = title
    said = ",".join(f"{name}={_coded(value, _PROPERTY)}" for name, value in properties.items())
    return f"::error {said}::{_coded(mistake.message, _DATA)}"


def _within(file: str, workspace: str) -> str:
    """*file* as seen from the *workspace*, if it is in there."""
    if not workspace:
        return file
    path, root = os.path.realpath(file), os.path.realpath(workspace)
    return os.path.relpath(path, root) if Path(path).is_relative_to(root) else file


def _coded(text: str, codes: tuple[tuple[str, str], ...]) -> str:
    for character, code in codes:
        text = text.replace(character, code)
    return text


def _escaped(text: str) -> str:
    """*text* in a cell of a table: neither HTML nor Markdown."""
    text = html.escape(in_one_line(text), quote=False)
    return "".join(f"&#{ord(each)};" if each in r"\`*_{}[]|~@" else each for each in text)
