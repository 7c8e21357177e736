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


def raise_problem(status: int, body: bytes) -> NoReturn:
    """Raise what the problem document *body* stands for.

    An unknown id is a `LookupError`, as in the process of the emulator.
    """
    try:
        document: Any = json.loads(body)
        detail = str(document["detail"])
    except (ValueError, KeyError, TypeError):
        shown = in_one_line(body[:200].decode("utf-8", "replace"))
        raise ServerError(
            f"answered {status}, and not by Ringback's control API: {shown!r}"
        ) from None
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
