"""What `ringback play` prints: a table on a terminal, plain lines everywhere else."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

from ringback.scenario.batch import Batch
from ringback.scenario.report import Report
from ringback.scenario.terminal import is_plain

Item = TypeVar("Item")
_STYLES = {
    "passed": ("passed", "green"),
    "failed": ("FAILED", "bold red"),
    "skipped": ("skipped", "yellow"),
    "xfailed": ("xfailed", "yellow"),
}


def tracked(items: Sequence[Item]) -> Iterator[Item]:
    """The *items* one by one, with a progress bar on standard error where that is a terminal."""
    if is_plain() or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, "playing", console=Console(stderr=True), transient=True)


def print_batch(batch: Batch, to: str | None = None) -> None:
    """Print a batch for people: one row for each scenario, and every failure in full.

    The problems of invalid files go to standard error, and so does the word that the application at
    *to* was not needed.
    """
    if sys.stdout.isatty():
        _print_table(batch)
    else:
        for report in batch.reports:
            click.echo(_lines(report))
    for report in batch.reports:
        if report.failed:
            click.echo(f"\n{report}")
    if sys.stdout.isatty():
        for report in batch.reports:
            if report.skipped:
                click.echo(report)
    for problem in batch.problems:
        click.echo(problem, err=True)
    if to is not None and batch.reports and not batch.needy:
        click.echo(f"nothing was sent to {to}: each scenario scripts its own `receiver`", err=True)
    click.echo(f"\n{batch.summary}")


def print_failures(batch: Batch) -> None:
    """Print what failed, and nothing at all where nothing did."""
    for report in batch.reports:
        if report.failed:
            click.echo(f"{report}\n")
    for problem in batch.problems:
        click.echo(problem, err=True)
    if batch.exit_code:
        click.echo(batch.summary)


def _lines(report: Report) -> str:
    """Two lines: what was played, and what happened."""
    if report.skipped:
        return f"skipped {report.file}: {report.name}\n        {report.skipped}"
    word = _STYLES[report.outcome][0].ljust(7)
    happened = [*_in_short(report.timeline, 12), f"= {report.end or report.trouble}"]
    why = f" ({report.xfail})" if report.outcome == "xfailed" else ""
    return f"{word} {report.file}: {report.name}{why}\n        {', '.join(happened)}"


def _print_table(batch: Batch) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("scenario", overflow="fold")
    table.add_column("attempts", no_wrap=True)
    table.add_column("end", no_wrap=True)
    for report in batch.reports:
        word, style = _STYLES[report.outcome]
        name = Text(f"{report.name}\n").append(report.file, style="dim")
        table.add_row(
            Text(word, style),
            name,
            Text("\n".join(_in_short(report.timeline, 5))),
            Text(_ends(report)),
        )
    Console(color_system=None if is_plain() else "auto").print(table)


def _ends(report: Report) -> str:
    """How it ended, in a word, or a line for each delivery."""
    refused = report.end[:1].isdigit()  # a status, with the service's own words behind it
    return report.end.partition(" ")[0] if refused else report.end.replace(", ", "\n")


def _in_short(timeline: Sequence[str], most: int) -> list[str]:
    """A timeline of *most* lines at most: the middle of a longer one is left out."""
    if len(timeline) <= most:
        return list(timeline)
    half = most // 2
    return [*timeline[:half], f"… {len(timeline) - 2 * half} more …", *timeline[-half:]]
