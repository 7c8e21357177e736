"""Commands that arrange something at a server, or ask for its end: `connect`, `fail`, `verify` …"""

import sys
from typing import Any

import click

from ringback.cli.remote import clock_line, counts, printing, server, show


def _entries(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> list[Any]:
    """A status, a word, an object in YAML, or `none`, each."""
    import yaml

    read = []
    for text in texts:
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            raise click.BadParameter(f"{text!r} is no YAML value") from None
        read.append(None if value == "none" else value)
    return read


@click.command()
@click.argument("origin")
@click.argument("to")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    callback=_entries,
    help="What the next attempt of each delivery meets: 503, timeout, 'answer lost', none.",
)
@printing
def connect(
    origin: str,
    to: str,
    faults: list[Any],
    url: str,
    key: str | None,
    token: str | None,
    style: str,
) -> None:
    """Lead callbacks to ORIGIN (https://app.example) to the base URL TO (http://127.0.0.1:5000)."""
    with server(url, key, token) as asked:
        done = asked.post("/connect", {"origin": origin, "to": to, "faults": faults})
    show(style, done, lambda: iter([f"{done['origin']} leads to {done['to']}"]))


@click.command()
@click.argument("failures", nargs=-1, required=True, callback=_entries)
@printing
def fail(failures: list[Any], url: str, key: str | None, token: str | None, style: str) -> None:
    """Let the next requests fail: a status, cut, stalled, '{status: 503, delay: 2}', or none."""
    with server(url, key, token) as asked:
        done = asked.post("/failures", {"failures": failures})
    unmet = done["unmet"]
    waiting = "1 ordered failure waits" if unmet == 1 else f"{unmet} ordered failures wait"
    show(style, done, lambda: iter([f"{waiting} for a request"]))


@click.command()
@click.option(
    "--allow",
    multiple=True,
    metavar="KIND",
    help="A kind of thing that may be left behind: pending, replies, failures, faults, …",
)
@printing
def verify(
    allow: tuple[str, ...], url: str, key: str | None, token: str | None, style: str
) -> None:
    """Say what a strict test would: exit with 1, and the timeline, if anything was left behind."""
    with server(url, key, token) as asked:
        verdict = asked.post("/verify", {"allow": list(allow)})
    said = "nothing was left behind" if verdict["ok"] else verdict["text"]
    show(style, verdict, lambda: iter(said.splitlines()))
    sys.exit(0 if verdict["ok"] else 1)


@click.command()
@click.argument("what", type=click.Choice(["idle", "request", "delivery", "attempts"]))
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True, metavar="N")
@click.option("--request-id", metavar="ID", help="The delivery, or the attempts, of this request.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 600, min_open=True),
    default=5,
    show_default=True,
    metavar="SECONDS",
    help="Real seconds to wait; then exit with 1, and the timeline.",
)
@printing
def wait(
    what: str,
    count: int,
    request_id: str | None,
    timeout: float,
    url: str,
    key: str | None,
    token: str | None,
    style: str,
) -> None:
    """Wait until nothing is pending, or until so many requests, deliveries or attempts are there.

    idle: no delivery is pending, and nothing is in flight; request: so many have arrived;
    delivery: that of a request is settled, or so many are; attempts: so many have ended.
    """
    body = {"for": what, "count": count, "timeout": timeout}
    if request_id is not None:
        body["request_id"] = request_id
    with server(url, key, token) as asked:
        done = asked.post("/wait", body, wait=timeout)
    show(style, done, lambda: iter([clock_line(done["clock"])]))


@click.command()
@printing
@click.option(
    "--forget", is_flag=True, help="Forget what `verify` has to tell so far, too: for another test."
)
def reset(url: str, key: str | None, token: str | None, style: str, *, forget: bool) -> None:
    """Begin again at zero, with nothing connected and nothing pending."""
    with server(url, key, token) as asked:
        dropped = asked.post("/reset", {"forget": forget})
    count = len(dropped["pending"])
    pending = f"; {count} {'was' if count == 1 else 'were'} pending" if count else ""
    show(style, dropped, lambda: iter([f"dropped {counts(dropped)}{pending}"]))
