"""The options of commands that serve, and what holds of them over variables and settings file."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from ringback.errors import SettingsError

if TYPE_CHECKING:
    from ringback.settings.layers import Configuration

F = TypeVar("F", bound=Callable[..., Any])


def _clock_mode(_: click.Context, __: click.Parameter, mode: str) -> str:
    from ringback.settings.checks import read_rate

    try:
        read_rate(mode)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from None
    return mode


def _routes(_: click.Context, __: click.Parameter, routes: tuple[str, ...]) -> dict[str, str]:
    from ringback.core.base.masking import masked_url

    pairs = [route.partition("=") for route in routes]
    for origin, equals, base in pairs:
        if not (origin and equals and base):
            raise click.BadParameter(
                f"{masked_url(origin)!r}: write ORIGIN=URL, with the equals sign"
            )
    return {origin: base for origin, _, base in pairs}


def _changes(_: click.Context, __: click.Parameter, changes: tuple[str, ...]) -> dict[str, Any]:
    if not changes:
        return {}
    from ringback.settings.settings import check_setting_name
    from ringback.settings.texts import read_text

    read: dict[str, Any] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.BadParameter(f"{change!r}: write NAME=VALUE, with the equals sign")
        try:
            check_setting_name(name, "setting")
            read[name] = read_text(name, value)
        except SettingsError as error:
            raise click.BadParameter(str(error)) from None
    return read


_OPTIONS = (
    click.option("--seed", type=int, help="Decides request ids; the same seed repeats them."),
    click.option(
        "--connect",
        multiple=True,
        metavar="ORIGIN=URL",
        callback=_routes,
        help="Where callbacks to an origin lead: https://app.example=http://127.0.0.1:5000.",
    ),
    click.option(
        "--allow-host",
        "allow_hosts",
        multiple=True,
        metavar="HOST",
        help="A host beyond loopback that callbacks may reach.",
    ),
    click.option(
        "--allow-origin",
        "allow_origins",
        multiple=True,
        metavar="ORIGIN",
        help="A web page beyond loopback whose scripts may talk to the server:"
        " https://app.example.",
    ),
    click.option(
        "--allow-host-header",
        "allow_host_headers",
        multiple=True,
        metavar="HOST",
        help="A name by which a browser may call the server, beyond loopback and names without a"
        " dot.",
    ),
    click.option(
        "--keep",
        type=click.IntRange(min=1),
        default=10_000,
        show_default=True,
        metavar="N",
        help="Keep the last N settled deliveries, requests and facts, and everything that is"
        " pending.",
    ),
    click.option(
        "--tenants",
        is_flag=True,
        help="Each API key is an emulator of its own, made when it is first used: clock, journal,"
        " failures and ids.",
    ),
    click.option(
        "--scenario",
        metavar="FILE",
        help="Who receives in this scenario file answers callbacks to its origins, each delivery"
        " from the beginning of the list, with its faults on the way.",
    ),
    click.option(
        "--record",
        metavar="DIR",
        help="Write a scenario for each submission into this folder: once it is over, or at the"
        " end what is pending then.",
    ),
    click.option(
        "--set",
        "changes",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_changes,
        help="A setting, its value in YAML: retries=3, permitted_ports=[80, 8080],"
        " 'request_failure={status: 503, delay: 2}'.",
    ),
    click.option(
        "--settings",
        "settings_file",
        metavar="FILE",
        help="A file of settings, in place of the ringback.toml or the [tool.ringback] in"
        " pyproject.toml of the nearest folder upward.",
    ),
    click.option(
        "--print-settings",
        is_flag=True,
        help="Print what holds, and where each value comes from, and end.",
    ),
)


class ServingCommand(click.Command):
    """Says how a setting is given that has no option of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read *args*."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            from ringback.settings.settings import NAMES

            name = error.option_name.lstrip("-").replace("-", "_")
            if name in NAMES:
                said = f"No such option {error.option_name!r}: write --set {name}=VALUE."
                raise click.UsageError(said, ctx) from None
            raise


def serving_options(clock: str) -> Callable[[F], F]:
    """Give a command the options that decide what its server does; *clock* is its default."""

    def decorate(command: F) -> F:
        for option in (*reversed(_OPTIONS), _clock_option(clock)):
            command = option(command)
        return command

    return decorate


def _clock_option(default: str) -> Callable[[F], F]:
    return click.option(
        "--clock",
        default=default,
        show_default=True,
        callback=_clock_mode,
        help="real, paused, xN for N times faster (x100), or auto, which goes to the next due"
        " moment as soon as nothing is under way.",
    )


def configured(context: click.Context, section: str, defaults: dict[str, Any]) -> "Configuration":
    """What holds for the command of *context*. Raises `SettingsError`."""
    from pathlib import Path

    from ringback.settings.layers import Source, configuration, settings_file

    given = {
        each.name: Source(context.params[each.name], by=each.opts[0])
        for each in context.command.params
        if context.get_parameter_source(each.name) is ParameterSource.COMMANDLINE
    }
    changes = given.pop("changes", Source({})).value
    given |= {name: Source(value, by=f"--set {name}") for name, value in changes.items()}
    file = settings_file(context.params["settings_file"], os.environ, Path.cwd())
    return configuration(section, flags=given, environ=os.environ, file=file, defaults=defaults)
