"""`ringback check`: a battery of callbacks against a receiver in any language."""

import click


@click.command()
@click.argument("url")
@click.option(
    "--auth",
    metavar="USER:PASSWORD",
    help="What the receiver asks for; in the URL it does as well.",
)
@click.option(
    "--state-url",
    metavar="URL",
    help="Where the receiver lists the request ids that it has stored, as a JSON list of strings,"
    " one entry each time it stored.",
)
@click.option("--dg-token", metavar="ID", help="The identifier that the receiver may look for.")
@click.option(
    "--limit",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Real seconds that an answer is waited for.",
)
@click.option("--insecure", is_flag=True, help="Do not verify the receiver's certificate.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "junit", "markdown"]),
    default="text",
    show_default=True,
    help="One line a check, a JSON document, a JUnit file, or a table for a pull request.",
)
def check(
    url: str,
    auth: str | None,
    state_url: str | None,
    dg_token: str | None,
    limit: float,
    style: str,
    *,
    insecure: bool,
) -> None:
    """Send awkward callbacks to URL, and say what it makes of each.

    It writes to the receiver's storage: check a copy that may be thrown away.
    """
    from collections.abc import Callable

    from ringback.checking import telling
    from ringback.checking.checking import check as made
    from ringback.checking.state import read_state
    from ringback.checking.verdicts import CheckReport

    user, colon, password = (auth or "").partition(":")
    if auth is not None and not colon:
        raise click.BadParameter("write USER:PASSWORD", param_hint="--auth")
    report = made(
        url,
        auth=(user, password) if auth is not None else None,
        stored=None if state_url is None else read_state(state_url, limit),
        dg_token=dg_token,
        limit=limit,
        tls_verify=not insecure,
    )
    styles: dict[str, Callable[[CheckReport], str]] = {
        "text": str,
        "json": telling.json_text,
        "junit": telling.junit,
        "markdown": telling.markdown,
    }
    click.echo(styles[style](report))
    if not report.passed:
        raise SystemExit(1)
