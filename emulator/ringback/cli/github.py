"""What is said to GitHub, where a command runs as a step of a workflow there."""

import os
from pathlib import Path

import click

from ringback.scenario.annotating import annotations, summary
from ringback.scenario.batch import Batch


def tell(batch: Batch, *, err: bool) -> None:
    """Mark what failed beside its line, and add to the step's summary; elsewhere do nothing.

    *err*: standard output is a document, so the marks go to standard error, where GitHub reads
    them as well.
    """
    if not mark(batch, err=err):
        return
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    try:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as written:
            written.write(summary(batch))
    except OSError as error:
        click.echo(f"the summary of the step cannot be written: {error}", err=True)


def mark(batch: Batch, *, err: bool) -> bool:
    """Mark what failed beside its line. False: this is no workflow of GitHub."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return False
    for line in annotations(batch, os.environ.get("GITHUB_WORKSPACE", "")):
        click.echo(line, err=err)
    return True
