"""`ringback validate`: scenario files, read and checked, and not played."""

import json
import sys

import click


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Lines for people, or one JSON document.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong.")
def validate(paths: tuple[str, ...], style: str, quiet: bool) -> None:
    """Check scenario files without playing them; - is standard input."""
    from ringback.cli import github
    from ringback.errors import ScenarioError
    from ringback.scenario.batch import Batch
    from ringback.scenario.finding import find
    from ringback.scenario.reading import read_scenarios

    valid, wrong = 0, Batch()
    for path in find(paths):
        try:
            read_scenarios(path)
        except ScenarioError as error:
            wrong.refuse(error)
        else:
            valid += 1
    if style == "json":
        mistakes = [each._asdict() for each in wrong.mistakes]
        document = {"version": 1, "valid": valid, "invalid": wrong.invalid, "problems": mistakes}
        click.echo(json.dumps(document, indent=2))
    else:
        for problem in wrong.problems:
            click.echo(problem, err=True)
        if not quiet or wrong.invalid:
            click.echo(f"{valid} valid" + (f", {wrong.invalid} invalid" if wrong.invalid else ""))
    github.mark(wrong, err=style == "json")
    sys.exit(wrong.exit_code)
