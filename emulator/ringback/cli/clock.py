"""`ringback clock`: how the clock of a server stands, and what moves it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.helping import KnowingGroup
from ringback.cli.remote import clock_line, printing, printing_below, server, show

if TYPE_CHECKING:
    from ringback.client.transport import Transport

_LONG = 600.0
"""Real seconds that a verb may take: what it waits for has limits of its own."""


@click.group(cls=KnowingGroup, invoke_without_command=True)
@printing
@click.pass_context
def clock(
    context: click.Context, /, url: str, key: str | None, token: str | None, style: str
) -> None:
    """Show the clock of a server, or move it. A verb ends when all that it caused has settled."""
    context.obj = {"url": url, "key": key, "token": token, "style": style}
    if context.invoked_subcommand is None:
        with server(url, key, token) as asked:
            state = asked.get("/clock")
        show(style, state, lambda: iter([clock_line(state)]))


def _server(context: click.Context) -> "AbstractContextManager[Transport]":
    return server(context.obj["url"], context.obj["key"], context.obj["token"])


def _move(context: click.Context, verb: str, body: Mapping[str, Any]) -> None:
    with _server(context) as asked:
        moved = asked.post(f"/clock/{verb}", body, wait=_LONG)
    show(context.obj["style"], moved, lambda: _lines(moved))


def _lines(moved: dict[str, Any]) -> Iterator[str]:
    for attempt in moved["attempts"]:
        yield f"{attempt['request_id']}  {attempt['line']}"
    yield clock_line(moved["clock"])


_BEFORE_ZERO = {"ignore_unknown_options": True}
"""A number below zero is no option: it is told of by the clock."""


@clock.command()
@click.pass_context
def settle(context: click.Context) -> None:
    """Run what is due now."""
    _move(context, "settle", {})


@clock.command(context_settings=_BEFORE_ZERO)
@click.argument("seconds", type=float, required=False)
@click.option("--to", metavar="MOMENT", help="To a moment: 2026-01-01T00:05:00Z.")
@click.pass_context
def advance(context: click.Context, /, seconds: float | None, to: str | None) -> None:
    """Move by SECONDS, or to a moment, end included."""
    if (seconds is None) is (to is None):
        raise click.UsageError("say by how many seconds, or --to which moment")
    _move(context, "advance", {"seconds": seconds} if to is None else {"to": to})


@clock.command("next")
@click.pass_context
def next_(context: click.Context) -> None:
    """Move to the next due moment, and run all of it."""
    _move(context, "next", {})


@clock.command()
@click.pass_context
def step(context: click.Context) -> None:
    """Move until one attempt has ended."""
    _move(context, "step", {})


@clock.command()
@click.pass_context
def idle(context: click.Context) -> None:
    """Move until nothing is armed any more."""
    _move(context, "idle", {})


@clock.command()
@click.argument("mode")
@click.pass_context
def mode(context: click.Context, /, mode: str) -> None:
    """Go on in another MODE: paused, auto, real, or xN."""
    with _server(context) as asked:
        state = asked.put("/clock", {"mode": mode})
    show(context.obj["style"], state, lambda: iter([clock_line(state)]))


printing_below(clock)
