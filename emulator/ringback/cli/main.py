"""The command line.

Everything but click is imported by the command that needs it, when it runs.
"""

import io
import sys
from typing import Any

import click

from ringback.cli.arranging import connect, fail, reset, verify, wait
from ringback.cli.check import check
from ringback.cli.clock import clock
from ringback.cli.exec import exec_
from ringback.cli.helping import ExplainedGroup
from ringback.cli.init import init
from ringback.cli.looking import deliveries, export, requests, status
from ringback.cli.output import written_or_told
from ringback.cli.play import play
from ringback.cli.rules import rules
from ringback.cli.schema import schema
from ringback.cli.serve import serve
from ringback.cli.validate import validate
from ringback.errors import RingbackError, ScenarioError, ServerError, SettingsError
from ringback.scenario.terminal import is_plain

EXIT_CODES = {SettingsError: 2, ScenarioError: 3, ServerError: 4}


class _Commands(ExplainedGroup):
    """Says our errors in one message, without a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with written_or_told():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # What a terminal's encoding has no character for is spelt out: that is no failure.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        if is_plain():
            ctx.color = False
        try:
            with written_or_told():
                return super().invoke(ctx)
        except RingbackError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(EXIT_CODES.get(type(error), 1))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="ringback")
def main() -> None:
    """Emulate Deepgram's text-to-speech endpoint with its callbacks, on a clock of your own."""


for command in (
    *(play, check, validate, init, serve, exec_, rules, schema),
    *(status, clock, deliveries, requests, connect, fail, verify, wait, reset, export),
):
    main.add_command(command)
