"""`ringback rules`: what Ringback holds of the service, and how sure it is."""

import json

import click


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
    for topic in TOPICS:
        click.secho(f"{topic.title}: {topic.about}\n", underline=True)
        for rule in topic.rules:
            setting = f", setting: {rule.setting}" if rule.setting else ""
            click.secho(rule.name, bold=True, nl=False)
            click.echo(f" ({rule.standing}{setting})")
            click.echo(click.wrap_text(rule.statement, 100, "    ", "    "))
            click.echo(click.wrap_text(f"Source: {rule.source}", 100, "    ", "    "))
        click.echo()
