"""The one request of a scenario: made in this process, or over HTTP."""

import json
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ringback.core.answer.failure import Break, RequestFailure
from ringback.core.request.query import write_query
from ringback.scenario.comparing import SeenAnswer
from ringback.scenario.model import Submit
from ringback.service.received import sent
from ringback.service.service import Service

PATIENCE = 10
"""Real seconds to wait for an answer that the emulator gives at once."""

STALLED = 0.25
"""Real seconds without a byte that tell a stalled answer, where one has been ordered."""

JSON = "application/json"


class Submitted(NamedTuple):
    """The *answer*, and the id of the request as far as it was told."""

    answer: SeenAnswer
    request_id: str = ""


def submit_in_process(service: Service, submit: Submit) -> Submitted:
    """Hand *submit* to *service*, as its server would."""
    content_type, body = _content(submit)
    query = write_query(submit.parameters)
    authorization = f"Token {service.key.secret}"
    headers = sent(authorization, content_type)
    answer = service.speak(query, authorization, content_type, body, headers=headers)
    service.answered(answer)
    service.clock.changed()
    breaks: Break = answer.failure.breaks if answer.failure else ""
    return Submitted(
        read_answer(answer.status, answer.body, answer.hint, breaks), answer.request_id
    )


def submit_over_http(
    url: str, api_key: str, submit: Submit, failure: RequestFailure | None = None
) -> Submitted:
    """POST *submit* to the emulator at *url*, where *failure* is ordered for every request.

    Raises `OSError` when it does not answer.
    """
    parts = urlsplit(url)
    stalls = failure is not None and failure.breaks == "stalled"
    patience = STALLED if stalls else PATIENCE
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
    content_type, body = _content(submit)
    response: HTTPResponse | None = None
    try:
        connection.request(
            "POST",
            f"/v1/speak?{write_query(submit.parameters).decode()}",
            body,
            {"Authorization": f"Token {api_key}", "Content-Type": content_type},
        )
        response = connection.getresponse()
        answer = read_answer(response.status, response.read())
    except TimeoutError:
        if not stalls:
            raise TimeoutError(f"the emulator did not answer within {PATIENCE} s") from None
        answer = SeenAnswer(response.status if response else 0, breaks="stalled")
    except (HTTPException, ConnectionError):
        answer = SeenAnswer(response.status if response else 0, breaks="cut")
    finally:
        connection.close()
    request_id = response.getheader("dg-request-id") if response else None
    return Submitted(answer, request_id or "")


def _content(submit: Submit) -> tuple[str, bytes]:
    """The content type of the request, and its body."""
    content_type = submit.content_type or JSON
    is_json = content_type.partition(";")[0].strip().lower() == JSON
    return content_type, (json.dumps({"text": submit.text}) if is_json else submit.text).encode()


def read_answer(status: int, body: bytes, hint: str = "", breaks: Break = "") -> SeenAnswer:
    """An answer with its error, where it is the service's own."""
    if status < 300 or breaks:
        return SeenAnswer(status, hint=hint, breaks=breaks)
    try:
        payload: Any = json.loads(body)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):  # as of a proxy, which has words of its own
        return SeenAnswer(status, hint=hint)
    code, message = (str(payload.get(name, "")) for name in ("err_code", "err_msg"))
    return SeenAnswer(status, code, message, hint)
