"""The command line.

A command is imported when it is asked for, and what it needs, but click, when it runs.
"""

import io
import sys
from importlib import import_module
from typing import Any

import click

from ringback.cli.helping import ExplainedGroup
from ringback.cli.output import written_or_told
from ringback.errors import RingbackError, ScenarioError, ServerError, SettingsError
from ringback.scenario.terminal import is_plain

MODULES = {
    **{name: name for name in ("play", "check", "validate", "init", "serve", "rules", "schema")},
    "exec": "exec",
    "clock": "clock",
    **dict.fromkeys(("status", "deliveries", "requests", "export"), "looking"),
    **dict.fromkeys(("connect", "fail", "verify", "wait", "reset"), "arranging"),
}
"""Every command, and the module of this room in which it is."""

EXIT_CODES = {SettingsError: 2, ScenarioError: 3, ServerError: 4}


class _Commands(ExplainedGroup):
    """Says our errors in one message, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in MODULES and cmd_name not in self.commands:
            module = import_module(f"ringback.cli.{MODULES[cmd_name]}")
            # What is a word of Python has a line behind it.
            self.add_command(getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_"))
        return super().get_command(ctx, cmd_name)

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
