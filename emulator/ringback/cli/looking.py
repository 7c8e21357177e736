"""Commands that look at a server: `status`, `deliveries`, `requests`, `export`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import click

from ringback.cli.remote import asking, clock_line, counts, pages, printing, server, show, table

_LIMIT = click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    metavar="N",
    help="Show no more than so many.",
)


@click.command()
@printing
def status(url: str, key: str | None, token: str | None, style: str) -> None:
    """Show which emulator a server runs, and how much of everything there is."""
    with server(url, key, token) as asked:
        found = asked.get("/status")

    def lines() -> Iterator[str]:
        yield f"ringback {found['version']} at {url}, key id {found['key_id']}"
        yield clock_line(found["clock"])
        dropped = ", ".join(f"{count} {what}" for what, count in found["dropped"].items() if count)
        yield counts(found) + (f"; dropped {dropped}" if dropped else "")

    show(style, found, lines)


@click.command()
@click.argument("request_id", required=False)
@click.option(
    "--state",
    help="Those that are pending, settled, scheduled, delivered, exhausted or cancelled.",
)
@click.option("--origin", metavar="ORIGIN", help="Those that go to https://app.example.")
@_LIMIT
@printing
def deliveries(
    request_id: str | None,
    state: str | None,
    origin: str | None,
    limit: int,
    url: str,
    key: str | None,
    token: str | None,
    style: str,
) -> None:
    """List the deliveries of a server, or show the one of REQUEST_ID with all its attempts."""
    with server(url, key, token) as asked:
        if request_id is not None:
            one = asked.get(f"/deliveries/{quote(request_id, safe='')}")
        else:
            query = {"state": state, "origin": origin}
            found = pages(asked, "/deliveries", "deliveries", limit, query)
    if request_id is not None:
        show(style, one, lambda: _attempts(one))
    else:
        show(style, found, lambda: _deliveries(found))


def _deliveries(found: dict[str, Any]) -> Iterator[str]:
    if not found["deliveries"]:
        yield "no deliveries"
        return
    rows = [
        (each["request_id"], each["state"], each["method"], each["endpoint"], _folded(each))
        for each in found["deliveries"]
    ]
    yield from table(("request id", "state", "method", "callback", "attempts"), rows)
    if found["next"] is not None:
        yield "there are more: --limit N shows N of them"


def _folded(delivery: dict[str, Any]) -> str:
    """The statuses of a delivery: `503 ×10, 204`."""
    runs: list[tuple[object, int]] = []
    for status in delivery["statuses"]:
        if runs and runs[-1][0] == status:
            runs[-1] = (status, runs[-1][1] + 1)
        else:
            runs.append((status, 1))
    return ", ".join(f"{status} ×{times}" if times > 1 else str(status) for status, times in runs)


def _attempts(delivery: dict[str, Any]) -> Iterator[str]:
    yield f"{delivery['method']} {delivery['endpoint']}  request {delivery['request_id']}"
    for attempt in delivery["attempts"]:
        yield f"  {attempt['line']}  ({attempt['outcome']})"
    reason = f": {delivery['reason']}" if delivery["reason"] else ""
    yield f"  = {delivery['state']}{reason}"


@click.command()
@_LIMIT
@printing
def requests(limit: int, url: str, key: str | None, token: str | None, style: str) -> None:
    """List the requests that a server has received, and how it answered."""
    with server(url, key, token) as asked:
        found = pages(asked, "/requests", "requests", limit, {})
    show(style, found, lambda: _requests(found))


def _requests(found: dict[str, Any]) -> Iterator[str]:
    if not found["requests"]:
        yield "no requests"
        return
    from ringback.core.base.duration import nanoseconds, words

    rows = [
        (
            words(nanoseconds(each["at"])),
            each["status"],
            each["method"],
            each["path"] + (f"?{each['query']}" if each["query"] else ""),
            each["request_id"],
        )
        for each in found["requests"]
    ]
    yield from table(("at", "status", "method", "path", "request id"), rows)
    if found["next"] is not None:
        yield "there are more: --limit N shows N of them"


@click.command()
@click.option(
    "--format",
    "form",
    default="scenario",
    show_default=True,
    metavar="scenario|jsonl|har",
    help="Scenario files that play it again, a fact on each line, or an HTTP archive.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write it there, in place of standard output.",
)
@asking
def export(form: str, output: str | None, url: str, key: str | None, token: str | None) -> None:
    """Take along everything that has happened at a server, secrets masked."""
    with server(url, key, token) as asked:
        text = asked.raw("/export", {"format": form}).decode()
    if output is None:
        click.echo(text, nl=False)
        return
    from pathlib import Path

    from ringback.recording.writing import write

    write(Path(output), text)
