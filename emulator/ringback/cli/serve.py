"""`ringback serve`: its options. `standalone` serves, and is imported when it is to."""

from typing import Any

import click

from ringback.errors import SettingsError


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
    import yaml

    from ringback.settings.settings import check_setting_name

    read: dict[str, Any] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.BadParameter(f"{change!r}: write NAME=VALUE, with the equals sign")
        try:
            check_setting_name(name, "setting")
            read[name] = yaml.safe_load(value)
        except SettingsError as error:
            raise click.BadParameter(str(error)) from None
        except yaml.YAMLError:
            raise click.BadParameter(f"{name}: {value!r} is no YAML value") from None
    return read


@click.command()
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
    "--allow-origin",
    "allow_origins",
    multiple=True,
    metavar="ORIGIN",
    help="A web page beyond loopback whose scripts may talk to the server: https://app.example.",
)
@click.option(
    "--allow-host-header",
    "allow_host_headers",
    multiple=True,
    metavar="HOST",
    help="A name by which a browser may call the server, beyond loopback and names without a dot.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    metavar="N",
    help="Keep the last N settled deliveries, requests and facts, and everything that is pending.",
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
    allow_origins: tuple[str, ...],
    allow_host_headers: tuple[str, ...],
    keep: int,
    changes: dict[str, Any],
) -> None:
    """Serve the endpoint until it is interrupted. Any API key is accepted."""
    from ringback.cli.standalone import default_settings
    from ringback.cli.standalone import serve as run

    options = {
        "clock": clock,
        "seed": seed,
        "allow_hosts": allow_hosts,
        "allow_origins": allow_origins,
        "allow_host_headers": allow_host_headers,
        "keep": keep,
    }
    settings = default_settings().changed(**(options | changes))
    run(settings, host=host, port=port, connect=routes)
