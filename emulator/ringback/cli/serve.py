"""`ringback serve`: its options. `standalone` serves, and is imported when it is to."""

from typing import Any

import click

from ringback.cli.serving_options import configured, serving_options


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
    "--ready-file",
    metavar="FILE",
    help="Write the ready line there once the socket listens; it is gone at the end.",
)
@click.option(
    "--port-file",
    metavar="FILE",
    help="Write the port there once the socket listens; it is gone at the end.",
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
    run(found.settings, found.options)
