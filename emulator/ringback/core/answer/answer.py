"""What goes back to the caller of an endpoint: status, headers, body, and how it is sent."""

import json
from dataclasses import replace
from typing import Any

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import Rejection
from ringback.core.request.speak import SpeakRequest

VARY = ("vary", "origin, access-control-request-method, access-control-request-headers")
"""A header for caches that every answer carries (observed)."""

PERMISSIONS = (
    ("access-control-allow-credentials", "true"),
    (
        "access-control-expose-headers",
        "dg-model-name,dg-model-uuid,dg-additional-model-uuids,dg-char-count,dg-request-id,"
        "dg-project-id,dg-error,dg-breaks-applied,dg-pronunciations-applied,"
        "dg-pronunciation-warnings,dg-warnings",
    ),
)
"""What lets the scripts of a page read an answer. The service sends it to everyone (observed), and
this emulator only to pages that may talk to it."""

LONGEST_LINE = 4096
"""Characters of an error's text that `dg-error` repeats (assumed). Clients give up reading an
answer that has a header beyond 8 KB (aiohttp), 16 KB (Node) or 64 KB (Python)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. A *streamed* body is sent in pieces, without its length.

    *failure* may delay it or break it off. One that is *counted* fills a place under the
    concurrency limit until it has been sent. One that is *unmade* lacks the audio of a request.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    request_id: str
    streamed: bool = False
    hint: str = ""
    failure: RequestFailure | None = None
    counted: bool = False
    unmade: SpeakRequest | None = None


def as_json(document: Any, request_id: str, date: str = "") -> Answer:
    """*document* as an answer. It has a *date* if it is given by an emulator, and so by a clock."""
    headers = [
        ("content-type", "application/json"),
        ("dg-request-id", request_id),
        *_dated(date),
        VARY,
    ]
    return Answer(200, headers, json.dumps(document).encode(), request_id)


def refusal(rejection: Rejection, request_id: str, date: str = "") -> Answer:
    """The answer to a request that is turned down, `dg-error` included. *date* as in `as_json`."""
    headers = [
        ("content-type", "application/json"),
        ("dg-request-id", request_id),
        ("dg-error", _in_one_line(rejection.message)),
        *_dated(date),
        VARY,
    ]
    body = rejection.body(request_id)
    return Answer(rejection.status, headers, body, request_id, hint=rejection.hint)


def _dated(date: str) -> list[tuple[str, str]]:
    return [("date", date)] if date else []


def _in_one_line(message: str) -> str:
    """*message* as a header may carry it: an error repeats what was sent, whatever that was."""
    # Line breaks and all that is not ASCII become escapes: nobody forges a header by a parameter.
    line = message.encode("unicode_escape").decode("ascii")
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."


def failing(answer: Answer, failure: RequestFailure) -> Answer:
    """*answer* with what *failure* makes of it."""
    if failure.body is None:
        headers = added(answer.headers, failure)
        return replace(answer, headers=headers, failure=failure)
    # A proxy in front of the service knows neither its headers nor its JSON.
    headers = added([("content-type", failure.content_type)], failure)
    return replace(answer, headers=headers, body=failure.body.encode(), failure=failure)


def added(headers: list[tuple[str, str]], failure: RequestFailure) -> list[tuple[str, str]]:
    """*headers* with those of *failure*, which replace the ones of the same name."""
    own = failure.headers_as_sent
    return [*(pair for pair in headers if pair[0] not in own), *own.on_the_wire]
