"""The client of a story: it sends requests, in this process or over HTTP, and hears the answers."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlsplit

from ringback.core.answer.failure import Break, RequestFailure
from ringback.core.base.duration import nanoseconds
from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.base.rejection import Rejection
from ringback.core.facts import RequestMisdirected, RequestRejected
from ringback.core.request.editions import V1, V2
from ringback.core.request.speak import SpeakRequest, SpeakRules
from ringback.scenario.phrasing import for_files
from ringback.scenario.story.asking import Ask
from ringback.scenario.submitting import JSON, PATIENCE, STALLED
from ringback.service.service import Service

EDITIONS = {edition.path: edition for edition in (V1, V2)}

WRONG_KEY = "a-key-that-nobody-has"

SOON = 0.001
"""Real seconds between two looks at whether a request has come."""

LATE = 60.0
"""Real seconds for which the answer that comes late is waited for."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a request was answered, its end if it *breaks*; *hint* is advice that is never sent."""

    status: int
    headers: Headers = NO_HEADERS
    body: bytes = b""
    breaks: Break = ""
    hint: str = ""


@dataclass(slots=True)
class Exchange:
    """A request that was sent: its id, and the answer that comes.

    The answer is there at *due_at*, in nanoseconds since the start; one that is *watched* for may
    come before.
    """

    request_id: str
    due_at: int
    answer: "Future[Heard]"
    watched: bool = False

    def heard(self, now: int) -> Heard | None:
        """The answer, None while it has not come. Raises `TimeoutError` for one that never does."""
        if now < self.due_at and not (self.watched and self.answer.done()):
            return None
        return self.answer.result(PATIENCE)


class Client:
    """Sends requests under the key of *service*; those that it cannot send here go to *url*."""

    def __init__(self, service: Service, url: Callable[[], str], *, over_http: bool) -> None:
        """*over_http*: every request goes to the *url*, which is asked for when it is needed."""
        self._service = service
        self._url = url
        self._over_http = over_http

    def ask(self, ask: Ask) -> Exchange:
        """Send one request. It has arrived when this returns, and its answer may be late."""
        if not self._over_http and ask.method == "POST" and ask.path in EDITIONS:
            return self._ask_here(ask)
        return self._ask_over_http(ask)

    def headers(self, ask: Ask) -> dict[str, str]:
        """The headers that *ask* is sent with, by names in lower case."""
        authorization = {"none": {}, "wrong": {"authorization": f"Token {WRONG_KEY}"}}
        own = {"authorization": f"Token {self._service.key.secret}"}
        said = {name.lower(): value for name, value in ask.headers.items()}
        headers = {
            **(authorization[ask.key] if ask.key is not None else own),
            "content-type": ask.content_type or JSON,
            **said,
        }
        return {name: value for name, value in headers.items() if value is not None}

    def _ask_here(self, ask: Ask) -> Exchange:
        service, headers = self._service, self.headers(ask)
        now = service.clock.now_ns
        answer = service.speak(
            ask.query_string,
            headers.get("authorization"),
            headers.get("content-type"),
            content(ask),
            EDITIONS[ask.path],
            content_encoding=headers.get("content-encoding"),
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
        )
        answer = service.made(answer)
        service.answered(answer)
        service.clock.changed()
        failure = answer.failure
        breaks: Break = failure.breaks if failure else ""
        heard: Future[Heard] = Future()
        heard.set_result(
            Heard(
                answer.status, Headers(answer.headers), answer.body, breaks, for_files(answer.hint)
            )
        )
        delay = nanoseconds(failure.delay) if failure else 0
        if delay:  # as the server does: what runs until all is idle waits for it
            service.clock.call_at(now + delay, lambda: None)
        return Exchange(answer.request_id, now + delay, heard)

    def _ask_over_http(self, ask: Ask) -> Exchange:
        service = self._service
        failure = self._expected_failure(ask)
        requests, now = len(service.requests), service.clock.now_ns
        heard: Future[Heard] = Future()
        arguments = (self._url(), self.headers(ask), ask, failure, heard)
        threading.Thread(target=_send, args=arguments, name="story client", daemon=True).start()
        while not heard.done() and len(service.requests) == requests:
            wait([heard], timeout=SOON)
        delay = nanoseconds(failure.delay) if failure is not None else 0
        if not delay:
            wait([heard], timeout=PATIENCE)
        arrived = service.requests[requests:]
        request_id = arrived[0].request_id if arrived else ""
        if not request_id and heard.done():
            request_id = heard.result().headers.get("dg-request-id", "")
        return Exchange(request_id, now + delay, heard, watched=True)

    def _expected_failure(self, ask: Ask) -> RequestFailure | None:
        """What *ask* meets if it is answered at all."""
        request = read(ask)
        for waiting in self._service.failures.waiting:
            if waiting.when is None or (request is not None and waiting.when(request)):
                return waiting.failure
        return self._service.settings.every_failure


def content(ask: Ask) -> bytes:
    """The body of *ask* as it is sent."""
    if ask.text is None:
        return (ask.body or "").encode()
    is_json = (ask.content_type or JSON).partition(";")[0].strip().lower() == JSON
    return (json.dumps({"text": ask.text}) if is_json else ask.text).encode()


def read(ask: Ask) -> SpeakRequest | None:
    """What the service will read in *ask*; None where it will refuse it."""
    rules = SpeakRules(EDITIONS.get(ask.path, V1))
    query = rules.read_query(ask.query_string)
    if isinstance(query, Rejection):
        return None
    request = rules.read_request(query, ask.content_type or JSON, content(ask))
    return None if isinstance(request, Rejection) else request


def advised(heard: Heard, service: Service, request_id: str) -> Heard:
    """*heard* with the advice that no wire has carried."""
    if heard.hint or heard.status < 300:
        return heard
    for fact in service.journal:
        if isinstance(fact, RequestRejected | RequestMisdirected) and fact.request_id == request_id:
            return replace(heard, hint=for_files(fact.rejection.hint))
    return heard


def _send(
    url: str,
    headers: dict[str, str],
    ask: Ask,
    failure: RequestFailure | None,
    heard: "Future[Heard]",
) -> None:
    """Send *ask* in this thread, and tell *heard* what came."""
    try:
        heard.set_result(_sent(url, headers, ask, failure))
    except Exception as error:  # noqa: BLE001 - whoever waits for the answer raises it
        heard.set_exception(error)


def _sent(url: str, headers: dict[str, str], ask: Ask, failure: RequestFailure | None) -> Heard:
    stalls = failure is not None and failure.breaks == "stalled"
    late = failure is not None and failure.delay
    patience = STALLED if stalls else LATE if late else PATIENCE
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
    query = ask.query_string.decode("latin-1")
    target = f"{ask.path}?{query}" if query else ask.path
    body = content(ask)
    response: HTTPResponse | None = None
    try:
        connection.putrequest(ask.method, _on_the_line(target), skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = Heard(response.status, Headers(response.getheaders()), response.read())
    except TimeoutError:
        if not stalls:
            raise TimeoutError(f"the emulator did not answer within {patience:g} s") from None
        answer = Heard(response.status if response else 200, breaks="stalled")
    except (HTTPException, ConnectionError):
        answer = Heard(response.status if response else 200, breaks="cut")
    finally:
        connection.close()
    return answer


def _on_the_line(target: str) -> str:
    """*target* with what a request line cannot hold percent-encoded."""
    return "".join(
        each
        if "\x21" <= each <= "\x7e"
        else "".join(f"%{byte:02X}" for byte in each.encode("latin-1"))
        for each in target
    )
