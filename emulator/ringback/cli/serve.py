"""`ringback serve`: its options. `standalone` serves, and is imported when it is to."""

from typing import Any

import click

from ringback.cli.serving_options import ServingCommand, configured, serving_options


@click.command(cls=ServingCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8088,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--ready-file",
    metavar="FILE",
    help="Write the ready line there once the socket listens; it is gone at the end.",
)
@click.option(
    "--port-file",
    metavar="FILE",
    help="Write the port there once the socket listens; it is gone at the end.",
)
@click.option(
    "--control-token",
    metavar="TOKEN",
    help="What the control API has to be shown, as the header Ringback-Control-Token. On another"
    " address than loopback it needs one. Better in RINGBACK_CONTROL_TOKEN, where no list of"
    " processes shows it.",
)
@click.option(
    "--max-tenants",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    metavar="N",
    help="Evict the tenant that was used the longest ago when there are more, unless anything is"
    " pending in it.",
)
@click.option(
    "--tenant-idle",
    type=click.FloatRange(0, 1e9, min_open=True),
    default=3600,
    show_default=True,
    metavar="SECONDS",
    help="Evict a tenant that was not used for so many real seconds, unless anything is pending in"
    " it.",
)
@serving_options("real")
@click.pass_context
def serve(context: click.Context, /, print_settings: bool, **_options: Any) -> None:
    """Serve the endpoint until it is interrupted. Any API key is accepted.

    Each option may also stand in a variable (RINGBACK_PORT) or in the settings file (port = 8088
    in ringback.toml, or in [tool.ringback] of pyproject.toml); so may every setting.
    """
    from ringback.cli.standalone import defaults
    from ringback.cli.standalone import serve as run

    found = configured(context, "serve", defaults())
    if print_settings:
        from ringback.settings.printing import printed

        click.echo("\n".join(printed(found)))
        return
    run(found.settings, found.options, given=found.given)
