"""What `--help` says of all commands alike: their purpose, exit codes, and what may be repeated."""

import inspect
from difflib import get_close_matches

import click

CODES = {
    0: "all is as expected",
    1: "an expectation failed, or the output cannot be written",
    2: "the command line or a setting is wrong",
    3: "a scenario file is invalid",
    4: "the server cannot listen, or does not answer",
    126: "the command that was named cannot be run",
    127: "there is no such command",
}

_REMOTE = (
    *("clock", "connect", "deliveries", "export", "fail"),
    *("requests", "reset", "status", "verify", "wait"),
)
"""Commands that ask a server which runs already."""

ENDS = {
    **dict.fromkeys(_REMOTE, (0, 1, 2, 4)),
    "check": (0, 1, 2),
    "exec": (0, 1, 2, 3, 4, 126, 127),
    "init": (0, 1, 2),
    "play": (0, 1, 2, 3),
    "rules": (0, 1, 2),
    "schema": (0, 1, 2),
    "serve": (0, 1, 2, 3, 4),
    "validate": (0, 1, 2, 3),
}
"""The exit codes of a command; one that is not here may end with any of them."""

_AGAIN = "May be given more than once."


class KnowingGroup(click.Group):
    """Says which of its commands may have been meant, or all that there are."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that *args* begin with."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            near = get_close_matches(args[0], known, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
            ctx.fail(f"No such command {args[0]!r}. {advice}")
        return super().resolve_command(ctx, args)


class ExplainedGroup(KnowingGroup):
    """Adds to each of its commands what is said of all alike."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Take *cmd* in, and complete its help."""
        super().add_command(cmd, name)
        codes = ENDS.get(name or cmd.name or "", tuple(CODES))
        if cmd.epilog is None:
            cmd.epilog = _exits(codes)
        for parameter in cmd.params:
            if isinstance(parameter, click.Option) and parameter.multiple:
                said = (parameter.help or "").rstrip()
                if not said.endswith(_AGAIN):
                    parameter.help = f"{said} {_AGAIN}".lstrip()

    def all_commands(self) -> dict[str, click.Command]:
        """Each of its commands, in order of their names."""
        ctx = click.Context(self)
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return {name: command for name, command in found if command is not None}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its purpose in full: click would cut it off."""
        rows = [(name, _purpose(command)) for name, command in self.all_commands().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _purpose(command: click.Command) -> str:
    """The first paragraph of a command's help."""
    paragraph = inspect.cleandoc(command.help or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


def _exits(codes: tuple[int, ...]) -> str:
    lines = [f"{code}  {CODES[code]}" for code in codes]
    return "\n".join(["\b", "Exit codes:", *(f"  {line}" for line in lines)])
