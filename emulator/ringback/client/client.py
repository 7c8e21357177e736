"""`ringback.Client`: an emulator that `ringback serve`, or another process's test, runs."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from ringback.client import plain
from ringback.client.clock import RemoteClock, RemoteVerbs
from ringback.client.receivers import RemoteReceiver
from ringback.client.transport import Transport
from ringback.client.views import (
    RemoteDeliveries,
    RemoteDelivery,
    RemoteRequest,
    request,
)
from ringback.clock.real import monotonic_ns
from ringback.core.answer.failure import RequestFailureLike
from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.base.predicate import is_true
from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.reply import ReplyLike
from ringback.core.request.query import write_query
from ringback.errors import NeverTrue, Refused

_GLANCE = 0.1
"""Real seconds between two looks at a predicate of which the emulator knows nothing."""


class Client(RemoteVerbs):
    """An emulator of another process: the verbs and the views of `Emulator`, over HTTP.

    A test moves from the fixture to a server by this one line. Its errors are the emulator's, and
    `ServerError` where nobody answers.
    """

    def __init__(self, url: str, key: str = "", *, token: str | None = None) -> None:
        """Use the server at *url*: the emulator whose API *key* that is, or the only one.

        *token* is what `serve --control-token` was given. Raises `SettingsError`.
        """
        self._transport = Transport(url, key, token)
        self._key = key
        self.clock = RemoteClock(self._transport)
        """Its clock: the same verbs, and `now`, `elapsed`, `next_due` and `mode`."""

    def __repr__(self) -> str:
        return f"<Client {self.url}>"

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close its connections."""
        self.close()

    def close(self) -> None:
        """Close its connections; the emulator goes on."""
        self._transport.close()

    # -- where it is -----------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base URL for the application's Deepgram client."""
        return self._transport.url

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return "ws" + self.url.removeprefix("http")

    @property
    def api_key(self) -> str:
        """The key under which this asks; one that will do, if it was made without."""
        return self._key or "ringback-client"

    @property
    def key_id(self) -> str:
        """The key's identifier: what callbacks carry as `dg-token`."""
        return str(self._transport.get("/status")["key_id"])

    # -- what a test arranges --------------------------------------------------------------------

    def connect(self, origin: str, to: str, faults: Iterable[FaultLike] = ()) -> None:
        """Say where callbacks to *origin* lead: to a base URL. Raises `SettingsError`."""
        self._transport.post(
            "/connect", {"origin": origin, "to": to, "faults": plain.faults(faults)}
        )

    def receiver(
        self,
        origin: str,
        replies: Iterable[ReplyLike] = (200,),
        faults: Iterable[FaultLike] = (),
    ) -> RemoteReceiver:
        """Put a scripted receiver at *origin*. Raises `SettingsError`."""
        body = {
            "origin": origin,
            "replies": plain.replies(replies),
            "faults": plain.faults(faults),
        }
        told = self._transport.post("/receivers", body)
        return RemoteReceiver(self._transport, told["number"], told["url"])

    def submit(
        self,
        text: str,
        *,
        callback: str,
        content_type: str = "application/json",
        **parameters: Any,
    ) -> RemoteDelivery:
        """Do what the application would do. Raises `Refused` with the service's answer."""
        if "faults" in parameters:
            raise TypeError(
                "Client.submit() takes no faults=…, for a request says nothing of them: write"
                " fault_deliveries(…) before it, or fault_next(delivery, …) after it"
            )
        query = write_query({"callback": callback, **parameters}).decode("latin-1")
        is_json = content_type.partition(";")[0].strip().lower() == "application/json"
        body = (json.dumps({"text": text}) if is_json else text).encode()
        headers = {"content-type": content_type, "authorization": f"Token {self.api_key}"}
        answer = self._transport.ask("POST", f"/v1/speak?{query}", body, headers)
        if answer.status != 200:
            raise Refused(answer.status, _payload(answer.body), headers=Headers(answer.headers))
        return self.deliveries.for_request(json.loads(answer.body)["request_id"])

    def fail_requests(self, *failures: RequestFailureLike | None) -> None:
        """Let the next requests fail, one failure each; None lets one through.

        Raises `SettingsError`.
        """
        self._transport.post("/failures", {"failures": [plain.failure(e) for e in failures]})

    def fault_deliveries(self, *faults: FaultLike) -> None:
        """Let deliveries meet *faults*, one for each attempt. Raises `SettingsError`."""
        self._transport.post("/faults", {"faults": plain.faults(faults)})

    def cancel(self, delivery: RemoteDelivery, reason: str) -> None:
        """Give *delivery* up. Raises `RingbackError` when it has come to an end already."""
        self._do(delivery, "cancel", {"reason": reason})

    def fail_job(
        self,
        delivery: RemoteDelivery,
        *,
        status: int = 422,
        err_code: str = "UNPROCESSABLE_ENTITY",
        err_msg: str = "Failed to handle request.",
    ) -> None:
        """Have the job of *delivery* fail, though it was acknowledged. Raises `RingbackError`."""
        body = {"status": status, "err_code": err_code, "err_msg": err_msg}
        self._do(delivery, "fail", body)

    def fault_next(self, delivery: RemoteDelivery, fault: FaultLike) -> None:
        """Have *fault* befall its next attempt. Raises `SettingsError` and `RingbackError`."""
        (told,) = plain.faults([fault])
        self._do(delivery, "fault", {"fault": told})

    def redeliver(self, delivery: RemoteDelivery) -> RemoteDelivery:
        """Send what *delivery* brings again, as a new delivery under the same request id."""
        told = self._do(delivery, "redeliver", {})
        return RemoteDelivery(self._transport, told["request_id"], told["position"])

    def reset(self) -> None:
        """Begin again at zero, with nothing connected and nothing pending."""
        self._transport.post("/reset")

    def end_test(self) -> None:
        """Begin again for another test: what `leftovers` has told of so far is forgotten, too."""
        self._transport.post("/reset", {"forget": True})

    # -- what a test looks at --------------------------------------------------------------------

    @property
    def deliveries(self) -> RemoteDeliveries:
        """Every delivery, in order of acceptance."""
        return RemoteDeliveries(self._transport)

    @property
    def pending(self) -> RemoteDeliveries:
        """The deliveries that are not settled. Empty, it proves that nothing more is sent."""
        return RemoteDeliveries(self._transport, state="pending")

    @property
    def requests(self) -> list[RemoteRequest]:
        """What arrived at the speak endpoints, in order, and how it was answered."""
        found: list[RemoteRequest] = []
        after: int | None = -1
        while after is not None:
            page = self._transport.get("/requests", {"after": after, "limit": 1000})
            found += map(request, page["requests"])
            after = page["next"]
        return found

    @property
    def journal(self) -> list[dict[str, Any]]:
        """Everything that happened: the facts that are kept."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._transport.get(
                "/journal", {"since": found[-1]["place"] + 1 if found else 0, "limit": 1000}
            )
            if not page["facts"]:
                return found
            found += page["facts"]

    def events(self, since: int = 0) -> Iterator[dict[str, Any]]:
        """Every fact from the place *since* on, as it happens, until the emulator has ended."""
        with self._transport.stream(f"/events?since={since}") as answer:
            for line in answer:
                if line.startswith(b"data: "):
                    fact: dict[str, Any] = json.loads(line[6:])
                    yield fact

    @property
    def timeline(self) -> str:
        """Deliveries and attempts, and what was refused, as text, credentials apart."""
        return str(self._transport.get("/timeline")["text"])

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind."""
        found: dict[str, list[str]] = self._transport.post("/verify")["leftovers"]
        return found

    def verify(self, *, allow: Collection[str] = ()) -> None:
        """Raise `AssertionError` if anything was left behind, but for the kinds that *allow* names.

        It says what the fixture says at a test's end, and shows the timeline.
        """
        verdict = self._transport.post("/verify", {"allow": list(allow)})
        if not verdict["ok"]:
            raise AssertionError(verdict["text"])

    def export(self, form: str) -> str:
        """Everything that happened, as `scenario`, `jsonl` or `har`. Raises `SettingsError`."""
        return self._transport.raw("/export", {"format": form}).decode()

    # -- waiting in real time --------------------------------------------------------------------

    def wait(
        self,
        what: str,
        *,
        count: int = 1,
        request_id: str | None = None,
        timeout: float = 5,
    ) -> None:
        """Wait for `idle`, a `request`, a `delivery` or `attempts`. Raises `NeverTrue`."""
        body: dict[str, Any] = {"for": what, "count": count, "timeout": timeout}
        if request_id is not None:
            body["request_id"] = request_id
        self._transport.post("/wait", body, wait=timeout)

    def wait_until(self, predicate: Callable[[], object], timeout: float = 5) -> None:
        """Wait until *predicate* is true, for *timeout* real seconds; no time is moved.

        Raises `NeverTrue`, with the timeline.
        """
        ends = monotonic_ns() + round(timeout * SECOND)
        since = self._transport.get("/status")
        place = since["facts"] + since["dropped"]["facts"]
        while not is_true(predicate(), "wait_until()", "lambda: receiver.requests"):
            if monotonic_ns() >= ends:
                raise NeverTrue(f"wait_until(): not true within {timeout:g} s\n{self.timeline}")
            try:
                body = {"for": "fact", "since": place, "timeout": _GLANCE}
                place = self._transport.post("/wait", body)["next"]
            except NeverTrue:
                pass

    def _do(self, delivery: RemoteDelivery, verb: str, body: Mapping[str, Any]) -> Any:
        path = f"/deliveries/{delivery.request_id}/{verb}?position={delivery.position}"
        return self._transport.post(path, body)


def _payload(body: bytes) -> dict[str, str]:
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    if isinstance(payload, dict) and {"err_code", "err_msg"} <= payload.keys():
        return payload
    return {"err_code": "", "err_msg": body.decode("utf-8", "replace")}
