"""`ringback play`: scenario files, played and reported."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from ringback.cli.batches import How
    from ringback.scenario.batch import Batch


def _base_url(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    from ringback.core.base.masking import masked_url
    from ringback.core.request.endpoint import read_origin

    if url is not None and read_origin(url) is None:
        raise click.BadParameter(f"{masked_url(url)!r} is no base URL; write http://127.0.0.1:PORT")
    return url


def _processes(_: click.Context, __: click.Parameter, value: str) -> int:
    if value == "auto":
        return 0
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 256):
        raise click.BadParameter(f"{value!r} is no number of processes from 1 on, nor auto")
    return int(value)


def _choice(_: click.Context, __: click.Parameter, text: str | None) -> str:
    from ringback.errors import SettingsError
    from ringback.scenario.choosing import read_choice

    if text is None:
        return ""
    try:
        read_choice(text)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from None
    return text


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--over",
    type=click.Choice(["process", "sockets"]),
    default="process",
    show_default=True,
    help="Play in this process, or over HTTP with a real receiver on a loopback port.",
)
@click.option(
    "--to",
    metavar="URL",
    callback=_base_url,
    help="Base URL of the application that receives, for scenarios without `receiver`. Without it"
    " they are skipped.",
)
@click.option(
    "-k",
    "choice",
    metavar="EXPRESSION",
    callback=_choice,
    help="Play only those whose file or name has these words: 'timeout and not (put or lost)'.",
)
@click.option(
    "-n",
    "processes",
    default="1",
    show_default=True,
    metavar="N|auto",
    callback=_processes,
    help="Play in so many processes; auto starts as many as are worth it.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table for people, or one JSON document.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say only what failed.")
@click.option(
    "--update",
    is_flag=True,
    help="First rewrite what the files expect, where it differs from what happens. Comments, quotes"
    " and order stay; what cannot be rewritten is told of.",
)
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML to this file, too.")
@click.option(
    "--report",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="Write a page that shows all of it, and asks nobody for anything.",
)
@click.option("--watch", is_flag=True, help="Play again whenever a file changes, until Ctrl-C.")
def play(
    paths: tuple[str, ...],
    over: Literal["process", "sockets"],
    to: str | None,
    choice: str,
    processes: int,
    style: str,
    quiet: bool,
    update: bool,
    junit: Path | None,
    page: Path | None,
    watch: bool,
) -> None:
    """Play scenario files; directories are searched for *.ringback.yaml, and - is standard input.

    On GitHub, what failed is shown beside the lines of its file, and in the summary of the step.
    """
    from ringback.cli.batches import How

    if watch and "-" in paths:
        raise click.UsageError("--watch needs files: standard input is read once")
    how = How(over, to, choice)
    once = Once(how, processes, style, quiet, update, junit, page)
    code = once.play(paths)
    if watch:
        code = _again_and_again(paths, once, code)
    sys.exit(code)


@dataclass(frozen=True, slots=True)
class Once:
    """What is done each time that files are played: in which *style* it is said, what is written.

    *update*: what the files expect is brought up to date first.
    """

    how: "How"
    processes: int
    style: str
    quiet: bool
    update: bool
    junit: Path | None
    page: Path | None

    def play(self, paths: Sequence[str]) -> int:
        """Play *paths*, say and write what came of it, and return the exit code."""
        from ringback.cli.batches import play_all
        from ringback.errors import SettingsError
        from ringback.scenario.finding import find
        from ringback.scenario.printing import print_batch, print_failures

        files = find(paths)
        if self.update:
            from ringback.cli.golden import update_all

            for line in update_all(files, self.how):
                click.echo(line, err=True)
        batch = play_all(files, self.how, self.processes)
        if not (batch.reports or batch.invalid):
            raise SettingsError(
                f"no scenario's file or name fits -k {self.how.choice!r}; leave it out to play all"
            )
        if self.style == "json":
            click.echo(json.dumps(batch.as_json(), indent=2))
        elif self.quiet:
            print_failures(batch)
        else:
            print_batch(batch, self.how.to)
        self._tell_github(batch)
        if self.junit is not None:
            from ringback.scenario.junit import junit

            _write(self.junit, junit(batch))
        if self.page is not None:
            from ringback.scenario.page import page

            _write(self.page, page(batch.as_json()))
        return batch.exit_code

    def _tell_github(self, batch: "Batch") -> None:
        from ringback.cli.github import tell

        tell(batch, err=self.style == "json")


def _write(path: Path, text: str) -> None:
    from ringback.recording.writing import write_all

    write_all(path.parent, {path.name: text})


def _again_and_again(paths: Sequence[str], once: Once, code: int) -> int:
    """Play again whenever a file has changed. Ctrl-C ends it, with the exit code of the last."""
    from ringback.cli.watching import changes
    from ringback.errors import SettingsError

    def wait() -> None:
        click.echo("\nwaiting for a file to change; Ctrl-C ends it", err=True)

    try:
        wait()
        for _ in changes(paths):
            try:
                code = once.play(paths)
            except SettingsError as error:  # as when the last file has gone
                click.echo(f"Error: {error}", err=True)
            wait()
    except KeyboardInterrupt:
        click.echo("", err=True)
    return code
