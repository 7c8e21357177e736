"""`ringback schema`: what scenario files, and the endpoint, look like."""

import json

import click


@click.command()
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
    from ringback.scenario.schema import whole_schema

    click.echo(json.dumps(whole_schema(), indent=2))
