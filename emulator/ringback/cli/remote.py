"""What commands share that ask a server which runs already: where it is, and how they print."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ringback.errors import NeverTrue, RingbackError, SettingsError

if TYPE_CHECKING:
    from ringback.client.transport import Transport

F = TypeVar("F", bound=Callable[..., Any])

URL = "http://127.0.0.1:8088"
"""Where `ringback serve` listens, unless it is told otherwise."""

PAGE = 1000
"""As many as the server gives at once."""

_KINDS = {"deliveries": "delivery", "requests": "request", "facts": "fact"}

_OPTIONS = (
    click.option(
        "--url",
        envvar="RINGBACK_URL",
        default=URL,
        show_default=True,
        show_envvar=True,
        help="The base URL of the server.",
    ),
    click.option(
        "--key",
        envvar="RINGBACK_API_KEY",
        show_envvar=True,
        help="The API key of the emulator that is meant, where the server has several.",
    ),
    click.option(
        "--token",
        envvar="RINGBACK_CONTROL_TOKEN",
        show_envvar=True,
        help="What the server was given as --control-token.",
    ),
)

_STYLE = click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table for people, or the server's JSON document.",
)


def asking(command: F) -> F:
    """Give *command* the options that say where the server is."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def printing(command: F) -> F:
    """Give *command* the options that say where the server is, and how to print."""
    return asking(_STYLE(command))


def printing_below(group: click.Group) -> None:
    """Have each command of a *group* that is `printing` take these options after its name, too.

    The group keeps what it was told as a dictionary in `obj`, and what is said later counts.
    """
    options = [each for each in group.params if isinstance(each, click.Option)]
    for command in group.commands.values():
        command.params += [
            click.Option(
                [*each.opts, str(each.name)],
                type=each.type,
                help=each.help,
                expose_value=False,
                callback=_say_instead,
            )
            for each in options
        ]


def _say_instead(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None:
        context.obj[option.name] = value


@contextmanager
def server(url: str, key: str | None, token: str | None) -> "Iterator[Transport]":
    """The server at *url*. What it cannot do ends the command, in one message."""
    from ringback.client.transport import Transport

    transport = Transport(url, key or "", token)
    try:
        yield transport
    except NeverTrue as error:
        raise RingbackError(str(error)) from None
    except LookupError as error:
        raise RingbackError(str(error)) from None
    except ValueError as error:
        raise SettingsError(str(error)) from None
    finally:
        transport.close()


def pages(
    transport: "Transport", path: str, name: str, limit: int, query: Mapping[str, Any]
) -> dict[str, Any]:
    """The document at *path* with the first *limit* entries of *name*, and where others begin."""
    found: list[Any] = []
    after: int | None = -1
    document: dict[str, Any] = {}
    while after is not None and len(found) < limit:
        asked = {**query, "after": after, "limit": min(PAGE, limit - len(found))}
        document = transport.get(path, asked)
        found += document[name]
        after = document["next"]
    return {**document, name: found}


def show(style: str, document: Any, lines: Callable[[], Iterator[str]]) -> None:
    """Print *document*, or its *lines* for people."""
    if style == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    from ringback.core.base.masking import in_one_line

    for line in lines():
        click.echo(in_one_line(line))


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """The lines of a table; of the last column a row has as much as there is."""
    cells = [list(heads), *([str(each) for each in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def counts(found: Mapping[str, Any]) -> str:
    """How many deliveries, requests and facts were *found*, in words."""
    return ", ".join(
        f"{found[several]} {one if found[several] == 1 else several}"
        for several, one in _KINDS.items()
    )


def clock_line(clock: Mapping[str, Any]) -> str:
    """A clock in a line."""
    from ringback.core.base.duration import nanoseconds, words

    due = clock["next_due"]
    parts = [
        f"{clock['mode']} at {words(nanoseconds(clock['elapsed']))} ({clock['now']})",
        f"{clock['pending']} pending",
        f"{clock['in_flight']} in flight",
        "nothing due" if due is None else f"next due {words(nanoseconds(due))}",
    ]
    return ", ".join([*parts, *([f"moved by {clock['mover']}"] if clock["mover"] else [])])
