"""What a story expects of what happened: the answer, every attempt, the end."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import words
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.delivery import SETTLED, Attempt, Job, State
from ringback.recording.entries import Entry


def answer(rejection: Rejection | None, failure: RequestFailure | None) -> Any:
    """What the request itself was answered; None for what every request is."""
    if failure is not None and failure.breaks:
        return failure.breaks
    if rejection is None:
        return None
    said: dict[str, Any] = {"status": rejection.status}
    if rejection.code and (failure is None or failure.body is None):
        said["err_code"] = literal(rejection.code)
    return said


def of_delivery(
    job: Job,
    attempts: Sequence[Attempt],
    entries: Mapping[int, Entry],
    state: State,
    reason: str,
    *,
    digest: bool,
) -> dict[str, Any]:
    """What has become of a delivery. *digest*: its body is told by it."""
    said: dict[str, Any] = {
        "attempts": [
            {"at": words(each.started_at - job.accepted_at), "got": _got(entries[each.number])}
            for each in attempts
        ]
    }
    if attempts:
        said["each"] = _common(attempts, job.key_id, digest=digest)
    said["state"] = str(state) if state in SETTLED else "pending"
    if reason:
        said["reason"] = literal(reason)
    return said


def literal(text: str) -> str:
    """*text* as it is expected literally: a dollar in front would name a variable."""
    return f"${text}" if text.startswith("$") else text


def _got(entry: Entry) -> Any:
    return int(entry.said) if entry.said.isdigit() else entry.said


def _common(attempts: Sequence[Attempt], key_id: str, *, digest: bool) -> dict[str, Any]:
    """What every attempt carried alike."""
    messages = [each.message for each in attempts]
    said: dict[str, Any] = {"method": messages[0].method}
    headers: dict[str, str] = {}
    kinds = {each.headers.get("content-type") for each in messages}
    if len(kinds) == 1 and (kind := kinds.pop()) is not None:
        headers["content-type"] = literal(kind)
    # Whoever plays the file has a key of his own.
    if {each.headers.get("dg-token") for each in messages} == {key_id}:
        headers["dg-token"] = "$key_id"
    if headers:
        said["headers"] = headers
    bodies = {id(each.body): each for each in messages}
    if digest and len(bodies) == 1 and not messages[0].digest:
        body = messages[0].body
        said["body"] = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    elif digest and len({each.digest for each in messages}) == 1 and messages[0].digest:
        said["body"] = {"sha256": messages[0].digest}
    return said
