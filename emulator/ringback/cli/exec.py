"""`ringback exec`: its options. `executing` runs the command, and is imported when it is to."""

import os
import sys
from typing import Any

import click

from ringback.cli.serving_options import ServingCommand, configured, serving_options


def _exports(_: click.Context, __: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    from ringback.settings.options import EXPORTED

    read = {}
    for pair in pairs:
        name, equals, what = pair.partition("=")
        if not (name and equals) or what not in EXPORTED:
            raise click.BadParameter(f"{pair!r}: write NAME=url, NAME=ws_url or NAME=api_key")
        read[name] = what
    return read


@click.command(
    "exec",
    cls=ServingCommand,
    context_settings={"allow_interspersed_args": False},
    short_help="Run a command beside a server of its own, and look at what it leaves behind.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--env",
    "exports",
    multiple=True,
    metavar="NAME=url|ws_url|api_key",
    callback=_exports,
    help="One more variable for the command: --env DEEPGRAM_BASE_URL=url.",
)
@click.option(
    "--lenient", is_flag=True, help="Let the command leave behind what a strict test may not."
)
@click.option(
    "--intercept",
    is_flag=True,
    help="Lead https://api.deepgram.com to the server, for an application that has it written into"
    " it, by a proxy that refuses every other host.",
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="Real seconds that a signal leaves the command to end; then it is killed.",
)
@serving_options("auto")
@click.pass_context
def exec_(
    context: click.Context, /, command: tuple[str, ...], print_settings: bool, **_options: Any
) -> None:
    """Run COMMAND beside a server of its own, on a free port, and look at what it leaves behind.

    The command finds it by RINGBACK_URL, RINGBACK_WS_URL and RINGBACK_API_KEY, and with --intercept
    where it looks for the service. Signals are passed
    on to it, and nothing that it has started outlives it.
    It ends as the command does, with 128 + N where signal N ended it; but with 1 where the command
    ended with 0, and left behind what a strict test may not. Standard error has the timeline of
    what failed.
    """
    if os.name == "nt":
        raise click.UsageError(
            "exec needs process groups, which Windows has not; start `ringback serve --port-file"
            " FILE` beside the command"
        )
    from ringback.cli.executing import execute
    from ringback.cli.standalone import defaults

    found = configured(context, "exec", defaults() | {"clock": "auto"})
    if print_settings:
        from ringback.settings.printing import printed

        click.echo("\n".join(printed(found)))
        return
    sys.exit(execute(command, found.settings, found.options))
