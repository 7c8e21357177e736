"""`ringback play`: scenario files, played and reported."""

import json
import sys
from functools import partial
from typing import Literal

import click


def _base_url(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    from ringback.core.base.masking import masked_url
    from ringback.core.request.endpoint import read_origin

    if url is not None and read_origin(url) is None:
        raise click.BadParameter(f"{masked_url(url)!r} is no base URL; write http://127.0.0.1:PORT")
    return url


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
    "--format",
    "style",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table for people, or one JSON document.",
)
def play(
    paths: tuple[str, ...],
    over: Literal["process", "sockets"],
    to: str | None,
    style: str,
) -> None:
    """Play scenario files; directories are searched for *.ringback.yaml."""
    from ringback.faces.playing import play_scenario
    from ringback.scenario.batch import Batch
    from ringback.scenario.finding import find
    from ringback.scenario.printing import print_batch, tracked

    batch = Batch()
    for path in tracked(find(paths)):
        batch.add(path, partial(play_scenario, over=over, to=to))
    if style == "json":
        click.echo(json.dumps(batch.as_json(), indent=2))
    else:
        print_batch(batch, to)
    sys.exit(batch.exit_code)
