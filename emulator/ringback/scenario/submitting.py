"""A scenario's request, as a client sends it over HTTP."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

from ringback.core.query import write_query
from ringback.scenario.comparing import SeenAnswer
from ringback.scenario.model import Submit

PATIENCE = 10
"""Real seconds to wait for an answer that the emulator gives at once."""

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The *answer*, and the id of the request if it was accepted."""

    answer: SeenAnswer
    request_id: str = ""


def submit_over_http(url: str, api_key: str, submit: Submit) -> Submitted:
    """POST *submit* to the emulator at *url*. Raises `OSError` when it does not answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    content_type = submit.content_type or JSON
    is_json = content_type.partition(";")[0].strip().lower() == JSON
    body = json.dumps({"text": submit.text}) if is_json else submit.text
    try:
        connection.request(
            "POST",
            f"/v1/speak?{write_query(submit.parameters).decode()}",
            body.encode(),
            {"Authorization": f"Token {api_key}", "Content-Type": content_type},
        )
        response = connection.getresponse()
        return _read(response.status, response.read())
    finally:
        connection.close()


def _read(status: int, body: bytes) -> Submitted:
    payload = json.loads(body)
    if status == 200:
        return Submitted(SeenAnswer(status), payload.get("request_id", ""))
    return Submitted(SeenAnswer(status, payload.get("err_code", ""), payload.get("err_msg", "")))
