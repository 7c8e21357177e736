"""What goes wrong in a request to the control API, as an answer that says what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import problem
from ringback.core.base.masking import in_one_line
from ringback.errors import (
    ClockBackwards,
    ClockBusy,
    ClockClosed,
    ClockLeap,
    NothingDue,
    RingbackError,
    Runaway,
    SettingsError,
    Stuck,
)

TITLES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    504: "Gateway Timeout",
}
"""The statuses of problems, in the words of RFC 9110."""

_STATUS_OF: tuple[tuple[type[Exception], int], ...] = (
    (ClockBackwards, 422),
    (ClockLeap, 422),
    (SettingsError, 422),
    (ClockBusy, 409),
    (ClockClosed, 409),
    (NothingDue, 409),
    (Runaway, 409),
    (Stuck, 504),
    (RingbackError, 409),
    (ValueError, 422),
)
"""The first that fits."""

_SHOWN = 200
"""Characters that are repeated of what was sent."""


class Problem(Exception):
    """A request that cannot be answered as it was meant."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: tuple[tuple[str, str], ...] = (),
        **more: Any,
    ) -> None:
        """*detail* says what to do; *more* are further members of the document."""
        super().__init__(detail)
        self.answer = problem(status, TITLES[status], in_one_line(detail), headers, **more)


def answer_of(error: BaseException) -> Answer:
    """The answer to a request that raised *error*."""
    if isinstance(error, Problem):
        return error.answer
    for kind, status in _STATUS_OF:
        if isinstance(error, kind):
            return problem(
                status, TITLES[status], in_one_line(str(error)), error=type(error).__name__
            )
    detail = f"{type(error).__name__}: {error}"
    return problem(500, TITLES[500], in_one_line(detail), error=type(error).__name__)


def check_read(path: str, method: str) -> None:
    """Raise `Problem` for another *method* of a *path* that can only be read."""
    if method not in ("GET", "HEAD"):
        raise not_allowed(path, method, ("GET", "HEAD"))


def not_allowed(path: str, method: str, allowed: Iterable[str]) -> Problem:
    """The problem of a *method* that *path* does not take."""
    allow = ", ".join(allowed)
    detail = f"{path} takes {allow}, not {quoted(method)}"
    return Problem(405, detail, (("allow", allow),))


def meant(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Which of the *known* words may have been meant by *word*: a sentence, or nothing."""
    near = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f" Did you mean {near[0]!r}?" if near else ""


def quoted(text: str) -> str:
    """*text*, which somebody sent, as a problem repeats it."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
