"""`ringback schema`: what scenario files, and the endpoint, look like."""

import json

import click


@click.command()
@click.option(
    "--of",
    "subject",
    type=click.Choice(["scenario", "defaults", "speak"]),
    default="scenario",
    show_default=True,
    help="Scenario files, or the defaults of a folder, as JSON Schema; or the emulated endpoint, as"
    " OpenAPI.",
)
def schema(subject: str) -> None:
    """Print the schema of scenario files, for editors, or of the endpoint, for other tools."""
    if subject == "speak":
        from importlib.metadata import version

        from ringback.core.openapi.document import document

        click.echo(json.dumps(document(version("ringback")), indent=2))
        return
    from ringback.scenario.schema import DEFAULTS, json_schema, whole_schema

    described = json_schema(DEFAULTS) if subject == "defaults" else whole_schema()
    click.echo(json.dumps(described, indent=2))
