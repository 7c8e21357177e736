"""What the settings change about callbacks, from the submission to the receiver."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ringback import Emulator, Refused, Reply, RingbackError, State
from ringback.core.facts import JobFailed
from ringback.service.telling import line
from tests.integration.conftest import Authority, Rude
from tests.integration.rude_receiver import PATIENCE, answers

APP = "https://app.example"
HOOK = "https://app.example/hook"
OTHER = "https://other.example"
NO_CONTENT = answers(b"HTTP/1.1 204 No Content\r\n\r\n")

Make = Callable[..., Emulator]


class Application:
    """An application of this process, as ASGI and as WSGI, that keeps what it got."""

    def __init__(self, status: int = 204, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        self.seen: list[tuple[str, dict[str, str], bytes]] = []

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        sent = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append((scope["method"], sent, (await receive())["body"]))
        pairs = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": pairs})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        names = ("CONTENT_TYPE", "CONTENT_LENGTH")
        sent = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name in names
        }
        body = environ["wsgi.input"].read()
        self.seen.append((environ["REQUEST_METHOD"], sent, body))
        start_response(f"{self.status} Whatever", list(self.headers.items()))
        return []


# -- what a callback carries -----------------------------------------------------------------------


@pytest.mark.rule("framing")
@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_an_application_sees_chunks_as_a_server_would_show_them(
    make_ringback: Make, interface: str
) -> None:
    ringback = make_ringback(callback_framing="chunked")
    application = Application()
    ringback.connect(APP, getattr(application, interface))
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    ((_, headers, body),) = application.seen
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers
    assert body == delivery.audio


@pytest.mark.rule("body", "content-type", "user-agent", "status-header", "basic-auth")
def test_what_a_callback_carries_can_be_changed(make_ringback: Make) -> None:
    ringback = make_ringback(
        callback_body="json-base64",
        callback_content_type="application/vnd.callback+json",
        callback_user_agent="dispatcher/1",
        callback_status_header="x-status",
        basic_auth=False,
    )
    receiver = ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback="https://ada:s3cret@app.example/hook")
    ringback.run_until_idle()
    (callback,) = receiver.requests
    assert callback.headers["content-type"] == "application/vnd.callback+json"
    assert callback.headers["user-agent"] == "dispatcher/1"
    assert callback.headers["x-status"] == "200"
    assert "authorization" not in callback.headers
    assert base64.b64decode(json.loads(callback.body)["results"]) == delivery.audio


# -- what is said at submission --------------------------------------------------------------------


FULL = {"request-id", "model-name", "model-uuid", "char-count", "project-id"}


@pytest.mark.rule("acknowledgement-headers")
@pytest.mark.ringback(allow_pending=True)
@pytest.mark.parametrize(
    ("headers", "names"),
    [
        ("full", FULL),
        ("minimal", {"request-id"}),
    ],
)
def test_an_acknowledgement_can_say_less(
    make_ringback: Make, headers: str, names: set[str]
) -> None:
    ringback = make_ringback(acknowledgement_headers=headers)
    answer = httpx.post(
        f"{ringback.url}/v1/speak",
        params={"callback": HOOK},
        json={"text": "Hello"},
        headers={"Authorization": f"Token {ringback.api_key}"},
    )
    assert {name for name in answer.headers if name.startswith("dg-")} == {
        f"dg-{name}" for name in names
    }
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"request_id": answer.headers["dg-request-id"]}


def refused(ringback: Emulator, callback: str) -> tuple[int, str, str]:
    """Status, code and message of the answer to *callback*."""
    with pytest.raises(Refused) as caught:
        ringback.submit("Hello", callback=callback)
    payload = caught.value.payload
    return caught.value.status, payload["err_code"], payload["err_msg"]


@pytest.mark.rule("ports", "port-refusal")
@pytest.mark.ringback(allow_pending=True)
def test_ports_can_be_permitted_all_and_refused_in_other_words(make_ringback: Make) -> None:
    url = "https://app.example:3000/"
    assert refused(make_ringback(port_refusal="Port not permitted."), url) == (
        400,
        "INVALID_QUERY_PARAMETER",
        "Port not permitted.",
    )
    make_ringback(permitted_ports="any").submit("Hello", callback=url)


@pytest.mark.rule("private-callbacks")
@pytest.mark.ringback(allow_pending=True)
def test_private_callbacks_can_be_refused(make_ringback: Make) -> None:
    ringback = make_ringback(private_callbacks=False)
    assert refused(ringback, "http://localhost:8080/")[2] == "Invalid callback url."
    ringback.submit("Hello", callback=HOOK)


@pytest.mark.rule("resolution")
@pytest.mark.ringback(allow_pending=True)
def test_a_host_that_leads_nowhere_can_be_refused_and_nothing_is_looked_up(
    make_ringback: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", unexpected)
    make_ringback().submit("Hello", callback="https://nowhere.example/")
    ringback = make_ringback(resolve_callbacks=True, allow_hosts=("Allowed.example",))
    assert refused(ringback, "https://nowhere.example/") == (
        400,
        "Bad Request",
        "Failed to resolve callback.",
    )
    assert not ringback.deliveries
    ringback.receiver(APP)
    for url in (HOOK, "http://app.example:8080/", "http://localhost/", "http://10.0.0.1/"):
        ringback.submit("Hello", callback=url)
    ringback.submit("Hello", callback="https://allowed.example/")


def unexpected(*_: object, **__: object) -> None:
    raise AssertionError("a host was looked up")


@pytest.mark.rule("method-without-callback")
def test_a_method_without_a_callback_has_no_effect(ringback: Emulator) -> None:
    answer = httpx.post(
        f"{ringback.url}/v1/speak",
        params={"callback_method": "put"},
        json={"text": "Hello"},
        headers={"Authorization": f"Token {ringback.api_key}"},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert not ringback.deliveries


# -- on the way ------------------------------------------------------------------------------------


@pytest.mark.rule("connect-limit")
def test_connecting_has_a_limit_of_its_own_where_time_is_real(make_ringback: Make) -> None:
    limits = make_ringback(clock="real", connect_timeout=0.5)._service.engine._calls.limits
    assert (limits.connect, limits.total) == (0.5, 10)


@pytest.mark.rule("tls-verification")
@pytest.mark.parametrize(("verify", "statuses"), [(True, ["tls"]), (False, [204])])
def test_a_stranger_is_trusted_only_when_nobody_is_verified(
    make_ringback: Make, rude: Rude, authority: Authority, verify: bool, statuses: list[object]
) -> None:
    receiver = rude(NO_CONTENT, tls=authority.context("app.example"))
    ringback = make_ringback(tls_verify=verify, retries=0)
    ringback.connect(APP, f"https://127.0.0.1:{receiver.port}")
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == statuses


@pytest.mark.rule("tls-verification")
def test_nobody_is_verified_on_this_machine_either(
    make_ringback: Make, rude: Rude, authority: Authority
) -> None:
    receiver = rude(NO_CONTENT, tls=authority.context("stranger.example"))
    ringback = make_ringback(tls_verify=False, permitted_ports="any")
    delivery = ringback.submit("Hello", callback=f"https://localhost:{receiver.port}/")
    ringback.run_until_idle()
    assert delivery.statuses == [204]


# -- redirects -------------------------------------------------------------------------------------


def redirect(location: str, status: int = 307, after: float = 0) -> Reply:
    return Reply(status, {"location": location}, after=after)


@pytest.mark.rule("redirects")
def test_a_redirect_is_followed_within_the_attempt(make_ringback: Make) -> None:
    ringback = make_ringback(follow_redirects=True)
    first = ringback.receiver(APP, [redirect("/there"), redirect(f"{OTHER}/there")])
    second = ringback.receiver(OTHER, [204])
    delivery = ringback.submit("Hello", callback="https://ada:s3cret@app.example/hook")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 204"]
    assert str(delivery.attempts[0].outcome) == (
        "answered 204 (redirected to https://other.example/there)"
    )
    assert [request.url for request in first.requests] == [HOOK, f"{APP}/there"]
    assert "authorization" in first.requests[1].headers
    (there,) = second.requests
    assert there.body == delivery.audio
    assert not {"authorization", "dg-token"} & set(there.headers)


@pytest.mark.rule("redirects")
@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_a_redirect_leads_through_applications_and_sockets(
    make_ringback: Make, rude: Rude, interface: str
) -> None:
    receiver = rude(NO_CONTENT)
    application = Application(303, {"location": OTHER})
    ringback = make_ringback(follow_redirects=True)
    ringback.connect(APP, getattr(application, interface))
    ringback.connect(OTHER, f"http://127.0.0.1:{receiver.port}")
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == [204]
    assert receiver.requests.get(timeout=PATIENCE).startswith(
        b"GET / HTTP/1.1\r\nhost: other.example\r\ndg-request-id: "
    )


@pytest.mark.rule("redirects")
@pytest.mark.ringback(allow_unrouted=True)
def test_a_redirect_never_leads_where_no_callback_may_go(make_ringback: Make) -> None:
    ringback = make_ringback(follow_redirects=True, retries=0)
    ringback.receiver(APP, [redirect("http://169.254.169.254/latest")])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == ["not allowed"]


@pytest.mark.rule("redirects-keep-the-rules")
def test_a_redirect_to_a_port_that_is_not_permitted_is_a_failure_that_says_so(
    make_ringback: Make,
) -> None:
    ringback = make_ringback(follow_redirects=True, retries=0)
    ringback.receiver(APP, [redirect("/there"), redirect("https://app.example:9999/")])
    elsewhere = ringback.receiver("https://app.example:9999")
    delivery = ringback.submit("Hello", callback=f"{APP}/hook")
    ringback.run_until_idle()
    assert (delivery.state, delivery.statuses, elsewhere.requests) == ("exhausted", [307], [])
    outcome = str(delivery.attempts[0].outcome)
    assert "redirected to https://app.example/there" in outcome
    assert "Port 9999 is not permitted for callbacks" in outcome


@pytest.mark.rule("redirects-keep-the-rules")
def test_a_redirect_goes_to_any_port_where_a_callback_may(make_ringback: Make) -> None:
    ringback = make_ringback(follow_redirects=True, permitted_ports="any")
    ringback.receiver(APP, [redirect("https://app.example:9999/")])
    elsewhere = ringback.receiver("https://app.example:9999")
    ringback.submit("Hello", callback=f"{APP}/hook")
    ringback.run_until_idle()
    assert len(elsewhere.requests) == 1


@pytest.mark.rule("redirects")
def test_only_a_few_redirects_are_followed(make_ringback: Make) -> None:
    ringback = make_ringback(follow_redirects=True, retries=0)
    receiver = ringback.receiver(APP, [redirect("/again")])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.statuses == [307]
    assert len(receiver.requests) == 6
    assert delivery.state is State.EXHAUSTED


@pytest.mark.rule("redirects", "attempt-limit")
@pytest.mark.parametrize(
    ("first", "second", "seconds", "word", "reached"),
    [
        (redirect(OTHER, after=4), Reply(204, after=6), 10, "204", 1),
        (redirect(OTHER, after=4), Reply(204, after=7), 10, "timeout", 1),
        (redirect(OTHER, after=11), Reply(204), 10, "timeout", 0),
        (redirect(OTHER), "timeout", 10, "timeout", 1),
        (redirect(OTHER, after=2), "reset", 2, "reset", 1),
    ],
)
def test_the_time_of_all_receivers_together_is_limited(
    make_ringback: Make,
    first: Reply,
    second: Reply | str,
    seconds: int,
    word: str,
    reached: int,
) -> None:
    ringback = make_ringback(follow_redirects=True, retries=0)
    ringback.receiver(APP, [first])
    other = ringback.receiver(OTHER, [second])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    (attempt,) = delivery.attempts
    assert (attempt.word, attempt.finished_at) == (word, seconds)
    assert len(other.requests) == reached


@pytest.mark.rule("redirects")
def test_the_answer_at_the_end_of_a_redirect_can_be_lost(make_ringback: Make) -> None:
    ringback = make_ringback(follow_redirects=True)
    ringback.receiver(APP, [redirect("/b", after=1), 204], faults=["answer lost"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST answer lost", "+31s POST 204"]


# -- duplicates ------------------------------------------------------------------------------------


@pytest.mark.rule("one-success")
@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
@pytest.mark.parametrize(("faults", "times"), [([], 1), (["duplicate"], 2)])
def test_a_callback_comes_once_unless_a_duplicate_is_among_the_faults(
    ringback: Emulator, interface: str, faults: list[str], times: int
) -> None:
    application = Application()
    ringback.connect(APP, getattr(application, interface), faults)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert application.seen == [application.seen[0]] * times
    assert application.seen[0][2] == delivery.audio
    assert delivery.timeline == ["+0s POST 204"]
    assert [attempt.fault for attempt in delivery.attempts] == [*faults, None][:1]


@pytest.mark.rule("one-success")
def test_a_duplicate_arrives_twice_over_sockets_with_the_same_bytes(
    ringback: Emulator, rude: Rude
) -> None:
    receiver = rude(NO_CONTENT)
    ringback.connect(APP, f"http://127.0.0.1:{receiver.port}", ["duplicate"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert receiver.visits == 2
    assert receiver.requests.get(timeout=PATIENCE) == receiver.requests.get(timeout=PATIENCE)
    assert delivery.statuses == [204]


@pytest.mark.rule("one-success")
@pytest.mark.parametrize("follow", [True, False])
def test_the_dispatcher_hears_the_first_answer_to_a_duplicate(
    make_ringback: Make, follow: bool
) -> None:
    ringback = make_ringback(follow_redirects=follow)
    first = Reply(503, after=2)
    receiver = ringback.receiver(APP, [first, Reply(200, after=3), 204], faults=["duplicate"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 503", "+32s POST 204"]
    assert len(receiver.requests) == 3
    assert receiver.requests[0] == receiver.requests[1]


# -- jobs that fail after their acknowledgement ----------------------------------------------------


@pytest.mark.rule("failed-jobs")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_job_that_fails_is_told_of_by_a_callback_with_retries(
    ringback: Emulator, method: str
) -> None:
    receiver = ringback.receiver(APP, [503, 204])
    delivery = ringback.submit("Hello", callback=HOOK, callback_method=method)
    ringback.fail_job(delivery, err_code="SLOW_UPLOAD", err_msg="Too slow.")
    ringback.run_until_idle()
    assert delivery.timeline == [f"+0s {method} 503", f"+30s {method} 204"]
    first, second = receiver.requests
    assert first == second
    assert first.headers["content-type"] == "application/json"
    assert json.loads(first.body) == {
        "err_code": "SLOW_UPLOAD",
        "err_msg": "Too slow.",
        "request_id": delivery.request_id,
    }
    assert "speak.failed" in [fact.name for fact in ringback.journal]


@pytest.mark.rule("failed-jobs")
def test_nobody_need_be_told_of_a_job_that_fails(make_ringback: Make) -> None:
    ringback = make_ringback(callback_errors=False)
    receiver = ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.fail_job(delivery)
    ringback.run_until_idle()
    assert not receiver.requests
    assert delivery.state is State.CANCELLED
    assert delivery.reason == "the job failed (UNPROCESSABLE_ENTITY), and nobody is told"


@pytest.mark.rule("failed-jobs")
def test_other_jobs_do_not_fail_with_it(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    failing = ringback.submit("Hello", callback=HOOK)
    other = ringback.submit("Hello", callback=HOOK)
    ringback.fail_job(failing)
    ringback.run_until_idle()
    assert receiver.requests[0].headers["content-type"] == "application/json"
    assert receiver.requests[1].body == other.audio


def test_a_job_can_only_fail_before_its_first_attempt(ringback: Emulator) -> None:
    ringback.receiver(APP, [503, 204])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    for _ in range(2):
        with pytest.raises(RingbackError, match="can only fail before its first attempt"):
            ringback.fail_job(delivery)
        ringback.run_until_idle()


def test_a_job_that_was_given_up_cannot_fail(ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.cancel(delivery, "enough")
    with pytest.raises(RingbackError, match="was begun, or given up"):
        ringback.fail_job(delivery)


def test_a_job_that_fails_is_a_line_of_the_server(ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.fail_job(delivery)
    ringback.cancel(delivery, "enough")
    failed = next(fact for fact in ringback.journal if isinstance(fact, JobFailed))
    assert line(failed) == (
        "+0s failed 422 UNPROCESSABLE_ENTITY: Failed to handle request."
        f" request={delivery.request_id}"
    )
