"""The command line.

Exit codes: 0 all as expected, 1 an expectation failed, 2 usage, 3 a scenario file is invalid,
4 the server cannot start. Everything but click is imported by the command that needs it.
"""

import io
import json
import sys
from typing import Any, Literal

import click

from ringback.errors import RingbackError, ScenarioError, ServerError, SettingsError

EXIT_CODES = {SettingsError: 2, ScenarioError: 3, ServerError: 4}


class _Commands(click.Group):
    """Says our errors in one message, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # What a terminal's encoding has no character for is spelt out: that is no failure.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except RingbackError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(EXIT_CODES.get(type(error), 1))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ringback")
def main() -> None:
    """Emulate Deepgram's text-to-speech endpoint with its callbacks, on a clock of your own."""


def _base_url(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    from ringback.core.request.endpoint import read_origin

    if url is not None and read_origin(url) is None:
        raise click.BadParameter(f"{url!r} is no base URL; write http://127.0.0.1:PORT")
    return url


def _clock_mode(_: click.Context, __: click.Parameter, mode: str) -> str:
    from ringback.settings.settings import read_rate

    try:
        read_rate(mode)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from None
    return mode


def _routes(_: click.Context, __: click.Parameter, routes: tuple[str, ...]) -> dict[str, str]:
    pairs = [route.partition("=") for route in routes]
    for origin, equals, base in pairs:
        if not (origin and equals and base):
            raise click.BadParameter(f"{origin!r}: write ORIGIN=URL, with the equals sign")
    return {origin: base for origin, _, base in pairs}


def _changes(_: click.Context, __: click.Parameter, changes: tuple[str, ...]) -> dict[str, Any]:
    if not changes:
        return {}
    import yaml

    from ringback.settings.settings import check_name

    read: dict[str, Any] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.BadParameter(f"{change!r}: write NAME=VALUE, with the equals sign")
        try:
            check_name(name, "setting")
            read[name] = yaml.safe_load(value)
        except SettingsError as error:
            raise click.BadParameter(str(error)) from None
        except yaml.YAMLError:
            raise click.BadParameter(f"{name}: {value!r} is no YAML value") from None
    return read


@main.command()
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
    from ringback.faces.emulator import Emulator
    from ringback.scenario.batch import Batch
    from ringback.scenario.finding import find
    from ringback.scenario.printing import print_batch, tracked

    batch = Batch()
    for path in tracked(find(paths)):
        batch.add(path, Emulator, over=over, to=to)
    if style == "json":
        click.echo(json.dumps(batch.as_json(), indent=2))
    else:
        print_batch(batch, to)
    sys.exit(batch.exit_code)


@main.command()
@click.option(
    "--of",
    "subject",
    type=click.Choice(["scenario", "speak"]),
    default="scenario",
    show_default=True,
    help="Scenario files, as JSON Schema; or the emulated endpoint, as OpenAPI.",
)
def schema(subject: str) -> None:
    """Print the schema of scenario files, for editors, or of the endpoint, for other tools."""
    if subject == "speak":
        from importlib.metadata import version

        from ringback.core.openapi.document import document

        click.echo(json.dumps(document(version("ringback")), indent=2))
        return
    from ringback.scenario.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@main.command()
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="Paragraphs for people, a page for a browser, or a JSON list.",
)
def rules(style: str) -> None:
    """Print every rule of the service, how sure we are of it, and its setting."""
    from dataclasses import asdict

    from ringback.core.rules import RULES, TOPICS
    from ringback.core.rules.page import page

    if style == "json":
        click.echo(json.dumps([asdict(rule) for rule in RULES], indent=2))
        return
    if style == "markdown":
        click.echo(page(TOPICS), nl=False)
        return
    for topic in TOPICS:
        click.secho(f"{topic.title}: {topic.about}\n", underline=True)
        for rule in topic.rules:
            setting = f", setting: {rule.setting}" if rule.setting else ""
            click.secho(rule.name, bold=True, nl=False)
            click.echo(f" ({rule.standing}{setting})")
            click.echo(click.wrap_text(rule.statement, 100, "    ", "    "))
            click.echo(click.wrap_text(f"Source: {rule.source}", 100, "    ", "    "))
        click.echo()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8088,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--clock",
    default="real",
    show_default=True,
    callback=_clock_mode,
    help="real, paused, or xN for N times faster (x100).",
)
@click.option("--seed", type=int, help="Decides request ids; the same seed repeats them.")
@click.option(
    "--connect",
    "routes",
    multiple=True,
    metavar="ORIGIN=URL",
    callback=_routes,
    help="Where callbacks to an origin lead: https://app.example=http://127.0.0.1:5000.",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="A host beyond loopback that callbacks may reach.",
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_changes,
    help="A setting, its value in YAML: retries=3, permitted_ports=[80, 8080],"
    " 'request_failure={status: 503, delay: 2}'.",
)
def serve(
    host: str,
    port: int,
    clock: str,
    seed: int | None,
    routes: dict[str, str],
    allow_hosts: tuple[str, ...],
    changes: dict[str, Any],
) -> None:
    """Serve the endpoint until it is interrupted. Any API key is accepted."""
    from ringback.cli.standalone import default_settings
    from ringback.cli.standalone import serve as run

    options = {"clock": clock, "seed": seed, "allow_hosts": allow_hosts}
    settings = default_settings().changed(**(options | changes))
    run(settings, host=host, port=port, connect=routes)
