"""What `ringback play` prints: a table on a terminal, plain lines everywhere else."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

from ringback.scenario.batch import Batch
from ringback.scenario.report import Report

Item = TypeVar("Item")


def tracked(items: Sequence[Item]) -> Iterator[Item]:
    """The *items* one by one, with a progress bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, "playing", console=Console(stderr=True), transient=True)


def print_batch(batch: Batch) -> None:
    """Print a batch for people: one row for each scenario, and every failure in full.

    The problems of invalid files go to standard error.
    """
    if sys.stdout.isatty():
        _print_table(batch)
    else:
        for report in batch.reports:
            click.echo(_row(report))
    for report in batch.reports:
        if not report.passed:
            click.echo(f"\n{report}")
    for problem in batch.problems:
        click.echo(problem, err=True)
    click.echo(f"\n{batch.summary}")


def _row(report: Report) -> str:
    return f"{'passed' if report.passed else 'FAILED'}  {report.file}: {report.name}"


def _print_table(batch: Batch) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "scenario", "attempts", "end"):
        table.add_column(heading, overflow="fold")
    for report in batch.reports:
        word, style = ("passed", "green") if report.passed else ("FAILED", "bold red")
        name = Text(f"{report.name}\n").append(report.file, style="dim")
        table.add_row(Text(word, style), name, Text(_in_short(report.timeline)), Text(report.end))
    Console().print(table)


def _in_short(timeline: Sequence[str]) -> str:
    """A timeline of at most five lines: the middle of a long one is left out."""
    if len(timeline) <= 5:
        return "\n".join(timeline)
    return "\n".join([*timeline[:2], f"… {len(timeline) - 4} more", *timeline[-2:]])
