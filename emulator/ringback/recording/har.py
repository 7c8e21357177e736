"""Everything that was sent, in either direction, as an HTTP archive (HAR 1.2).

Browsers and proxies open it. Requests of the application come first as they arrived, callbacks as
they began; what the service and the receiver answered is told as far as it may be.
"""

import json
from http import HTTPStatus
from importlib.metadata import version
from itertools import starmap
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from ringback.core.base.duration import nanoseconds, seconds
from ringback.core.base.headers import Headers
from ringback.core.base.masking import (
    MASK,
    is_secret,
    masked,
    masked_query,
    masked_url,
    may_hold_credentials,
)
from ringback.core.delivery.outcome import Answered, AnswerLost
from ringback.core.facts import RequestMisdirected, RequestRejected
from ringback.recording import plain
from ringback.service.received import ReceivedRequest
from ringback.service.service import Service
from ringback.service.views import Attempt

HTTP = "HTTP/1.1"

_UNKNOWN = -1
"""What HAR writes for a size that is not known."""


def har(service: Service) -> str:
    """The archive of *service*."""
    with service.lock:
        requests = list(service.requests)
        attempts = [each for delivery in service.deliveries for each in delivery.attempts]
        refused = {
            told.request_id: told.rejection.body(told.request_id)
            for told in service.journal.since(0)
            if isinstance(told, RequestRejected | RequestMisdirected)
        }
    timed = [(each.at, _received(service, each, refused)) for each in requests]
    timed += [(each.started_at, _sent(service, each)) for each in attempts]
    timed.sort(key=lambda each: each[0])  # stable: a request comes before what it causes
    log = {
        "version": "1.2",
        "creator": {"name": "ringback", "version": version("ringback")},
        "entries": [entry for _, entry in timed],
    }
    return json.dumps({"log": log}, indent=2, ensure_ascii=False) + "\n"


def _received(
    service: Service, request: ReceivedRequest, refused: dict[str, bytes]
) -> dict[str, Any]:
    """What the application asked, and what the service answered."""
    host = request.headers.get("host", "ringback")
    query = _without_secrets(request.query)
    url = f"http://{host}{request.path}" + (f"?{query}" if query else "")
    asked = _request(request.method, url, request.headers, request.size)
    if request.body:
        asked["postData"] = {
            "mimeType": request.content_type or "",
            "text": _text(request.body),
        }
    said = refused.get(request.request_id)
    content: dict[str, Any] = {"size": _UNKNOWN, "mimeType": ""}
    if said is not None:
        content = {"size": len(said), "mimeType": "application/json", "text": _text(said)}
    answer = _response(request.status, Headers(), content)
    return _entry(service, request.at, 0, asked, answer, request.request_id)


def _sent(service: Service, attempt: Attempt) -> dict[str, Any]:
    """One attempt, and what the receiver answered."""
    message, outcome = attempt.request, attempt.outcome
    told = plain.body(message.body, message.digest)
    url = masked_query(message.url)
    asked = _request(message.method, url, message.headers, told.get("bytes", _UNKNOWN))
    asked["postData"] = {
        "mimeType": message.headers.get("content-type", ""),
        "text": "",
        "comment": f"sha256 {told['sha256']}",
    }
    heard = outcome.answer if isinstance(outcome, AnswerLost) else outcome
    if isinstance(heard, Answered):
        kind = heard.headers.get("content-type", "")
        answer = _response(heard.status, heard.headers, {"size": len(heard.body), "mimeType": kind})
    else:
        answer = _response(0, Headers(), {"size": 0, "mimeType": ""})
    took = attempt.finished_at - attempt.started_at
    entry = _entry(service, attempt.started_at, took, asked, answer, attempt.request_id)
    if not isinstance(outcome, Answered):
        entry["response"]["_error"] = str(outcome)
    return entry | {"_attempt": attempt.number, "comment": str(outcome)}


def _entry(
    service: Service,
    at: float,
    took: float,
    asked: dict[str, Any],
    answer: dict[str, Any],
    request_id: str,
) -> dict[str, Any]:
    milliseconds = seconds(nanoseconds(took) * 1000)
    return {
        "startedDateTime": service.clock.at(nanoseconds(at)).isoformat(timespec="microseconds"),
        "time": milliseconds,
        "request": asked,
        "response": answer,
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_request_id": request_id,
    }


def _request(method: str, url: str, headers: Headers, size: int) -> dict[str, Any]:
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return {
        "method": method,
        "url": url,
        "httpVersion": HTTP,
        "cookies": [],
        "headers": plain.headers(headers),
        "queryString": [{"name": name, "value": value} for name, value in pairs],
        "headersSize": _UNKNOWN,
        "bodySize": size,
    }


def _response(status: int, headers: Headers, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in list(HTTPStatus) else "",
        "httpVersion": HTTP,
        "cookies": [],
        "headers": plain.headers(headers),
        "content": content,
        "redirectURL": dict(headers.masked()).get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": content["size"],
    }


def _without_secrets(query: str) -> str:
    """*query*, as it was sent where nothing in it is secret.

    One in which credentials do not stand within a URL may have been torn apart at a bare `&`, and
    then all before them may belong to them.
    """
    pairs = [pair.partition("=") for pair in query.split("&")]
    torn = any(
        may_hold_credentials(name) or (may_hold_credentials(value) and not _is_url(value))
        for name, _, value in pairs
    )
    return masked(query) if torn else "&".join(starmap(_pair, pairs))


def _is_url(value: str) -> bool:
    return unquote_plus(value).startswith(("http://", "https://"))


def _pair(name: str, equals: str, value: str) -> str:
    if value and is_secret(name):
        return f"{name}={MASK}"
    read = unquote_plus(value)
    shown = masked_url(read)
    return f"{name}{equals}{value if shown == read else quote(shown, safe='*')}"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")
