"""Problem documents become the errors that the emulator itself would have raised."""

import json
from typing import Any, NoReturn

from ringback import errors
from ringback.core.base.masking import in_one_line
from ringback.errors import NeverTrue, RingbackError, ServerError, SettingsError

_BY_STATUS: dict[int, type[RingbackError]] = {
    401: ServerError,
    403: ServerError,
    408: NeverTrue,
    422: SettingsError,
}
"""What a problem stands for that names no error."""

_SHOWN = 200
"""Bytes that are repeated of what another server says."""


def raise_problem(url: str, status: int, body: bytes) -> NoReturn:
    """Raise what the problem document *body* of the server at *url* stands for.

    An unknown id is a `LookupError`, as in the process of the emulator.
    """
    try:
        document: Any = json.loads(body)
        detail = str(document["detail"])
    except (ValueError, KeyError, TypeError):
        raise another_server(url, status, body) from None
    timeline = document.get("timeline")
    text = detail if not timeline else f"{detail}\n{timeline}"
    if status == 404:
        raise LookupError(text)
    named = getattr(errors, str(document.get("error")), None)
    if isinstance(named, type) and issubclass(named, RingbackError):
        raise named(text)
    if document.get("error") == "ValueError":
        raise ValueError(text)
    raise _BY_STATUS.get(status, RingbackError)(text)


def another_server(url: str, status: int, body: bytes) -> ServerError:
    """What there is to say of an answer that no control API gives."""
    words = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
    shown = f": {in_one_line(words)}" if words else ""
    return ServerError(
        f"{url} answered {status}, and not by Ringback's control API{shown}. Is another server"
        " there, or a path too much in the URL?"
    )
