"""`ringback rules`: what Ringback holds of the service, and how sure it is."""

import json
import shutil

import click

_NARROWEST = 40
"""Columns below which nothing is reflowed any more."""


@click.command()
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
    # click's own default, 80, is less than a page has that is written to a file.
    width = max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST)
    for topic in TOPICS:
        title = click.wrap_text(f"{topic.title}: {topic.about}", width)
        click.secho(f"{title}\n", underline=True)
        for rule in topic.rules:
            setting = f", setting: {rule.setting}" if rule.setting else ""
            standing = f"({rule.standing}{setting})"
            name = click.style(rule.name, bold=True)
            if len(f"{rule.name} {standing}") <= width:
                click.echo(f"{name} {standing}")
            else:
                click.echo(f"{name}\n{click.wrap_text(standing, width, '    ', '     ')}")
            for text in (rule.statement, f"Source: {rule.source}"):
                click.echo(click.wrap_text(text, width, "    ", "    "))
        click.echo()
