"""The emulator as a test holds it: where callbacks lead, what befalls them, how it ends."""

import asyncio
import email
import http.client
import queue
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ringback import (
    AsyncEmulator,
    ClockClosed,
    Emulator,
    NotRunning,
    Refused,
    Reply,
    RingbackError,
    Settings,
    SettingsError,
    State,
    Stuck,
)
from ringback.service.leftovers import KINDS
from tests.integration.conftest import Rude
from tests.integration.rude_receiver import answers, hangs

APP = "https://app.example"
HOOK = "https://app.example/hook"
SECRET = "https://ada:s3cret@app.example/hook"
NO_CONTENT = answers(b"HTTP/1.1 204 No Content\r\n\r\n")


@pytest.fixture
def any_port(make_ringback: Callable[..., Emulator]) -> Emulator:
    """An emulator whose callbacks may go to the ports that tests have."""
    return make_ringback(permitted_ports=())


# -- where callbacks lead --------------------------------------------------------------------------


@dataclass
class Application:
    """An application of this process, as ASGI and as WSGI; it answers *statuses* in turn."""

    statuses: list[int] = field(default_factory=lambda: [204])
    bodies: list[bytes] = field(default_factory=list)
    on_callback: Callable[[], object] = field(default=lambda: None)

    def take(self, body: bytes) -> int:
        self.bodies.append(body)
        self.on_callback()
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        status = self.take((await receive())["body"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        start_response(f"{self.take(environ['wsgi.input'].read())} Whatever", [])
        return []


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_an_origin_leads_to_an_application_of_this_process(
    ringback: Emulator, interface: str
) -> None:
    application = Application(statuses=[500, 204])
    ringback.connect(APP, getattr(application, interface))
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 500", "+30s POST 204"]
    assert application.bodies == [delivery.audio, delivery.audio]


@pytest.mark.asyncio
@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
async def test_an_origin_leads_there_from_coroutines_too(
    async_ringback: AsyncEmulator, interface: str
) -> None:
    application = Application(statuses=[500, 204])
    async_ringback.connect(APP, getattr(application, interface))
    delivery = async_ringback.submit("Hello", callback=HOOK)
    await async_ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 500", "+30s POST 204"]
    assert application.bodies == [delivery.audio, delivery.audio]


@pytest.mark.rule("request-line", "framing", "basic-auth")
def test_an_origin_leads_to_a_base_url(ringback: Emulator, rude: Rude) -> None:
    receiver = rude(NO_CONTENT)
    ringback.connect(APP, f"http://127.0.0.1:{receiver.port}")
    delivery = ringback.submit(
        "Hello", callback="https://ada:s3cr%65t@app.example/a%2Fb/?q=%41+b&c=é#part"
    )
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 204"]

    head, _, body = receiver.requests.get(timeout=60).partition(b"\r\n\r\n")
    request_line, _, fields = head.decode("ascii").partition("\r\n")
    headers = email.message_from_string(fields)
    assert request_line == "POST /a%2Fb/?q=%41+b&c=%C3%A9 HTTP/1.1"
    assert headers["host"] == "app.example"
    assert headers["authorization"] == "Basic YWRhOnMzY3JldA=="
    assert headers["content-length"] == str(len(delivery.audio))
    assert "transfer-encoding" not in headers
    assert body == delivery.audio


@pytest.mark.rule("retry-after-ignored")
def test_an_origin_leads_to_a_scripted_receiver(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP, replies=[Reply(503, {"retry-after": "5"}, "later"), 204])
    delivery = ringback.submit("Hello", callback=SECRET, callback_method="put")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s PUT 503", "+30s PUT 204"]
    assert str(delivery.attempts[0].outcome) == "answered 503 (Retry-After is ignored)"
    answer = delivery.attempts[0].response
    assert answer is not None
    assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "5", b"later")
    assert [request.url for request in receiver.requests] == [HOOK, HOOK]


@pytest.mark.rule("success")
@pytest.mark.ringback(retries=0)
def test_a_redirect_is_a_failure_and_not_followed(ringback: Emulator, rude: Rude) -> None:
    elsewhere = rude(NO_CONTENT)
    location = f"Location: http://127.0.0.1:{elsewhere.port}/".encode()
    receiver = rude(answers(b"HTTP/1.1 307 Temporary Redirect\r\n" + location + b"\r\n\r\n"))
    ringback.connect(APP, f"http://127.0.0.1:{receiver.port}")
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert (delivery.statuses, delivery.state) == ([307], State.EXHAUSTED)
    assert elsewhere.visits == 0


def test_origins_lead_to_different_places(ringback: Emulator) -> None:
    one = ringback.receiver("https://one.example")
    two = ringback.receiver("http://one.example:8080")
    ringback.submit("Hello", callback="https://one.example:443/hook")
    ringback.submit("Hello", callback="http://ONE.example:8080/hook")
    ringback.run_until_idle()
    assert [request.url for request in one.requests] == ["https://one.example/hook"]
    assert [request.url for request in two.requests] == ["http://one.example:8080/hook"]
    assert len(ringback.deliveries.to("http://one.example:8080")) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "app.localhost"])
def test_this_machine_is_dialled_without_being_connected(
    any_port: Emulator, rude: Rude, host: str
) -> None:
    receiver = rude(NO_CONTENT)
    delivery = any_port.submit("Hello", callback=f"http://{host}:{receiver.port}/hook")
    any_port.run_until_idle()
    assert delivery.timeline == ["+0s POST 204"]


@pytest.mark.parametrize("host", ["app.example", "192.0.2.7", "[2001:db8::7]"])
@pytest.mark.ringback(retries=0, allow_unrouted=True)
def test_no_other_host_is_looked_up_or_dialled(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", unexpected)
    delivery = ringback.submit("Hello", callback=f"https://{host}/hook")
    ringback.run_until_idle()
    assert delivery.statuses == ["not allowed"]
    sentence = str(delivery.attempts[0].outcome)
    assert f"{host.strip('[]')} is not this machine, so it was not looked up" in sentence
    assert "add it to Settings.allow_hosts" in sentence
    assert f"say with connect() where https://{host} leads" in sentence


def test_a_host_is_dialled_when_it_is_allowed(
    make_ringback: Callable[..., Emulator], rude: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = rude(NO_CONTENT)
    here = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [here])
    ringback = make_ringback(permitted_ports=(), allow_hosts=("app.example",))
    delivery = ringback.submit("Hello", callback=f"http://app.example:{receiver.port}/hook")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 204"]
    assert b"\r\nhost: app.example:" in receiver.requests.get(timeout=60).lower()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.ringback(allow_unrouted=True)
def test_a_callback_to_the_emulator_itself_is_refused(any_port: Emulator, host: str) -> None:
    itself = any_port.url.replace("127.0.0.1", host)
    delivery = any_port.submit("Hello", callback=f"{itself}/v1/speak")
    any_port.settle()
    assert delivery.statuses == ["not allowed"]
    assert "is this emulator, and a callback to the emulator itself would loop" in str(
        delivery.attempts[0].outcome
    )
    assert len(any_port.requests) == 1
    any_port.cancel(delivery, "seen enough")


@pytest.mark.ringback(allow_unrouted=True)
def test_a_callback_is_not_led_back_to_the_emulator_either(ringback: Emulator) -> None:
    ringback.connect(APP, ringback.url)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert "is this emulator" in str(delivery.attempts[0].outcome)
    ringback.cancel(delivery, "seen enough")


@pytest.mark.parametrize(
    ("origin", "to", "help_given"),
    [
        ("app.example", "http://127.0.0.1:1", "Write https://app.example"),
        ("https://app.example/a?b", "http://127.0.0.1:1", "write 'https://app.example/a'"),
        (APP, "127.0.0.1:5000", "Write http://127.0.0.1:PORT"),
        (APP, "http://127.0.0.1:5000/hook", "must not have a path"),
        (APP, 5000, "pass a base URL as 'http://127.0.0.1:8000'"),
    ],
)
def test_a_connection_that_means_nothing_is_an_error(
    ringback: Emulator, origin: str, to: Any, help_given: str
) -> None:
    with pytest.raises(SettingsError, match=help_given):
        ringback.connect(origin, to)


# -- what goes wrong on the way --------------------------------------------------------------------


@pytest.mark.rule("delay", "delay-from-the-end")
def test_faults_befall_the_attempts_in_order(ringback: Emulator, rude: Rude) -> None:
    receiver = rude(NO_CONTENT)
    base_url = f"http://127.0.0.1:{receiver.port}"
    ringback.connect(
        APP,
        base_url,
        faults=["refused", "reset", "timeout", 500, Reply(429, after=2), "answer lost", None],
    )
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == [
        "+0s POST refused",
        "+30s POST reset",
        "+60s POST timeout",  # 10 s long
        "+100s POST 500",
        "+130s POST 429",  # 2 s long
        "+162s POST answer lost",
        "+192s POST 204",
    ]
    assert [attempt.fault for attempt in delivery.attempts] == [
        "refused",
        "reset",
        "timeout",
        "500",
        "429",
        "answer lost",
        None,
    ]
    assert receiver.visits == 2
    assert receiver.requests.get(timeout=60) == receiver.requests.get(timeout=60)


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_after_a_lost_answer_the_same_bytes_come_twice(ringback: Emulator, interface: str) -> None:
    application = Application()
    ringback.connect(APP, getattr(application, interface), faults=["answer lost"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST answer lost", "+30s POST 204"]
    assert application.bodies == [delivery.audio, delivery.audio]
    lost, heard = delivery.attempts
    assert lost.request == heard.request
    assert lost.status is None
    assert lost.response is not None
    assert lost.response.status == 204


def test_faults_are_per_delivery_while_replies_are_per_arrival(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP, replies=[503, 202, 204], faults=["refused"])
    first = ringback.submit("One", callback=HOOK)
    second = ringback.submit("Two", callback=HOOK)
    ringback.run_until_idle()
    assert first.statuses == ["refused", 503, 204]
    assert second.statuses == ["refused", 202]
    assert len(receiver.requests) == 3


@pytest.mark.rule("retries", "attempt-limit")
def test_a_receiver_that_never_answers_in_time_is_tried_eleven_times(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=["timeout"])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.offsets == [number * 40 for number in range(11)]
    assert delivery.statuses == ["timeout"] * 11
    assert delivery.state is State.EXHAUSTED
    assert str(delivery.attempts[0].outcome) == "timed out: no answer within 10 s"


@pytest.mark.rule("attempt-limit")
def test_an_answer_is_in_time_up_to_the_limit(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[Reply(200, after=10.001), Reply(200, after=10)])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST timeout", "+40s POST 200"]
    assert delivery.attempts[1].finished_at == 50


@pytest.mark.rule("attempt-limit")
@pytest.mark.ringback(clock="real", attempt_timeout=0.05, retry_delay=0.01, retries=1)
def test_in_real_time_the_limit_is_real(ringback: Emulator) -> None:
    left: queue.SimpleQueue[str] = queue.SimpleQueue()

    async def waits(scope: Any, receive: Any, send: Any) -> None:
        try:
            await never_answers(scope, receive, send)
        finally:
            left.put("the dispatcher has hung up")

    ringback.connect(APP, waits)
    delivery = ringback.submit("Hello", callback=HOOK)
    for _ in range(2):
        left.get(timeout=20)
    ringback.settle()  # until the second attempt is recorded
    assert delivery.statuses == ["timeout", "timeout"]
    first, second = delivery.attempts
    assert round(first.finished_at - first.started_at, 6) >= 0.05
    assert round(second.started_at - first.finished_at, 6) >= 0.01


@pytest.mark.ringback(guard=0.05, allow_pending=True)
@pytest.mark.parametrize("way", ["over sockets", "in process"])
def test_a_receiver_that_hangs_while_time_stands_still_is_named(
    ringback: Emulator, rude: Rude, way: str
) -> None:
    over_sockets = way == "over sockets"
    to = f"http://127.0.0.1:{rude(hangs).port}" if over_sockets else never_answers
    ringback.connect(APP, to)
    delivery = ringback.submit("Hello", callback=SECRET)
    with pytest.raises(Stuck) as raised:
        ringback.settle()
    assert f"attempt 1 of {delivery.request_id} to {HOOK}" in str(raised.value)
    assert delivery.statuses == ["aborted"]
    assert delivery.state is State.CANCELLED


# -- what a test does to deliveries ----------------------------------------------------------------


def test_a_cancelled_delivery_is_not_sent(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP, replies=[503])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.advance(30)
    ringback.cancel(delivery, "the caller hung up")
    ringback.run_until_idle()
    assert len(receiver.requests) == 2
    assert (delivery.state, delivery.reason) == (State.CANCELLED, "the caller hung up")
    assert delivery.settled
    assert not ringback.pending


def test_an_attempt_in_flight_still_ends_when_its_delivery_is_cancelled(ringback: Emulator) -> None:
    application = Application(
        on_callback=lambda: ringback.cancel(ringback.deliveries.only(), "the caller hung up")
    )
    ringback.connect(APP, application.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 204"]
    assert delivery.state is State.CANCELLED


def test_audio_can_be_delivered_again(ringback: Emulator) -> None:
    receiver = ringback.receiver(APP)
    first = ringback.submit("Hello", callback=SECRET)
    ringback.run_until_idle()
    ringback.advance(60)

    again = ringback.redeliver(first)
    assert (again.state, again.accepted_at) == (State.SCHEDULED, 60)
    ringback.run_until_idle()
    assert again != first
    assert again.timeline == ["+0s POST 200"]
    assert ringback.deliveries.for_request(first.request_id) == again
    assert receiver.requests[0] == receiver.requests[1]


@pytest.mark.ringback(seed=7)
def test_after_a_reset_everything_begins_again_under_the_same_key(ringback: Emulator) -> None:
    def tell() -> tuple[str, list[str]]:
        ringback.receiver(APP, replies=[503, 200])
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        return delivery.request_id, delivery.timeline

    first = tell()
    key, key_id, url = ringback.api_key, ringback.key_id, ringback.url
    ringback.submit("Goodbye", callback=HOOK)

    ringback.reset()
    assert ringback.clock.elapsed == 0
    for record in (ringback.deliveries, ringback.pending, ringback.requests, ringback.journal):
        assert not record
    assert (ringback.api_key, ringback.key_id, ringback.url) == (key, key_id, url)
    assert tell() == first


@pytest.mark.ringback(allow_unrouted=True)
def test_nothing_stays_connected_after_a_reset(ringback: Emulator) -> None:
    ringback.receiver(APP)
    ringback.reset()
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    assert delivery.statuses == ["not allowed"]
    ringback.cancel(delivery, "seen enough")


# -- how it ends -----------------------------------------------------------------------------------


def test_what_is_left_over_is_told_in_sentences() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP, replies=[503, 503, 200])
        delivery = ringback.submit("Hello", callback=SECRET)
        ringback.settle()
        assert ringback.leftovers() == {
            "pending": [
                f"<Delivery {delivery.request_id} to {HOOK}: scheduled, due at +30s"
                " [+0s POST 503]> is still pending: run_until_idle() delivers it, cancel() gives"
                " it up"
            ],
            "replies": [
                "<Receiver https://app.example [1 requests, 2 unused]>: 2 of its scripted replies"
                " were never used. Leave them out, or let deliveries come as far"
            ],
            **{kind: [] for kind in KINDS if kind not in ("pending", "replies")},
        }


def test_nothing_is_left_over_when_all_is_settled_and_used(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[503, 503, 200])
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert not any(ringback.leftovers().values())


def test_an_emulator_that_has_ended_can_be_looked_at_and_not_used() -> None:
    with Emulator() as ringback:
        ringback.receiver(APP)
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
    assert ringback.deliveries.only().timeline == ["+0s POST 200"]
    with pytest.raises(ClockClosed):
        ringback.advance(30)
    with pytest.raises(NotRunning, match="is not running"):
        ringback.submit("Hello", callback=HOOK)


def test_an_emulator_that_has_not_begun_says_how_to_begin() -> None:
    with pytest.raises(NotRunning, match=r"with Emulator\(\) as ringback:"):
        _ = Emulator().url


# -- submitting without a client -------------------------------------------------------------------


def test_submit_takes_the_parameters_of_the_service(ringback: Emulator) -> None:
    ringback.receiver(APP)
    delivery = ringback.submit(
        "Hello",
        callback=HOOK,
        callback_method="put",
        tag=["one", "two, three"],
        mip_opt_out=True,
        speed=1.25,
        encoding="linear16",
        container="none",
        sample_rate=8000,
    )
    ringback.run_until_idle()
    request = delivery.request
    assert request.method == "PUT"
    assert request.tags == ("one", "two, three")
    assert request.mip_opt_out
    assert request.speed == 1.25
    assert delivery.attempts[0].request.headers["content-type"] == "audio/l16;rate=8000"


@pytest.mark.rule("schemes", "ports", "validation")
@pytest.mark.parametrize(
    ("callback", "help_given"),
    [
        ("ftp://app.example/hook", "The scheme 'ftp' is not supported; use http or https."),
        ("app.example/hook", "write it as https://host/path"),
        (
            "https://app.example:3000/hook",
            "Port 3000 is not permitted for callbacks, only 80, 443, 8080, 8443 are. Leave the"
            " port out of the URL and say with connect() where it leads, or change"
            " Settings.permitted_ports.",
        ),
        ("https://app.example:http/hook", "The port is not a number from 1 to 65535."),
        ("https://app_.-example/hook", "The host 'app_.-example' is no host name or address"),
        ("https://127.1/hook", "The host '127.1' is no host name or address"),
        ("https://ada:p[ss@app.example/hook", "The credentials contain '['; percent-encode it"),
        ("https://ada:100%@app.example/hook", "a '%' that escapes nothing; write it as %25"),
        ("https://app.example/my hook", "The URL contains ' '; percent-encode it."),
    ],
)
def test_a_bad_callback_url_is_refused_with_help(
    ringback: Emulator, callback: str, help_given: str
) -> None:
    with pytest.raises(Refused) as raised:
        ringback.submit("Hello", callback=callback)
    assert raised.value.status == 400
    assert raised.value.payload["err_code"] == "INVALID_QUERY_PARAMETER"
    assert raised.value.payload["err_msg"] == "Invalid callback url."
    assert str(raised.value).startswith("400 INVALID_QUERY_PARAMETER: Invalid callback url. ")
    assert help_given in str(raised.value)
    assert not ringback.deliveries


def test_any_parameter_may_be_refused(ringback: Emulator) -> None:
    with pytest.raises(Refused, match="Invalid 'model' value of 'aura-9'"):
        ringback.submit("Hello", callback=HOOK, model="aura-9")
    with pytest.raises(Refused, match="Input text contains no characters"):
        ringback.submit("", callback=HOOK)


@pytest.mark.rule("basic-auth")
def test_no_password_and_no_key_is_ever_shown(ringback: Emulator) -> None:
    ringback.receiver(APP, replies=[503, 200])
    delivery = ringback.submit("Hello", callback=SECRET)
    ringback.step()
    shown = [
        repr(ringback),
        repr(ringback.settings),
        repr(ringback.requests),
        repr(list(ringback.journal)),
        repr(delivery),
        repr(delivery.endpoint),
        repr(delivery.request),
        repr(delivery.attempts[0].request),
        ringback.timeline,
        str(ringback.leftovers()),
    ]
    for text in shown:
        assert "s3cret" not in text
        assert "YWRhOnMzY3JldA" not in text
        assert ringback.api_key not in text
    ringback.run_until_idle()


# -- settings --------------------------------------------------------------------------------------


@pytest.mark.rule("dg-token", "metadata")
@pytest.mark.parametrize(
    ("setting", "header"),
    [("dg_token", "dg-token"), ("callback_metadata", "dg-request-id")],
)
def test_a_header_can_be_left_out(
    make_ringback: Callable[..., Emulator], setting: str, header: str
) -> None:
    for expected in (True, False):
        ringback = make_ringback(**{setting: expected})
        receiver = ringback.receiver(APP)
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert (header in receiver.requests[0].headers) is expected


def test_a_fixed_key_is_what_the_application_was_given() -> None:
    with Emulator(Settings(api_key="c0ffee")) as ringback:
        assert ringback.api_key == "c0ffee"


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that has gone quiet: it waits for the caller to leave."""
    while (await receive())["type"] != "http.disconnect":
        pass


def unexpected(*_: object, **__: object) -> None:
    raise AssertionError("nobody may be asked for an address")


@pytest.mark.rule("attempt-limit", "delay-from-the-end")
def test_a_real_time_out_in_a_walk_lasts_on_the_clock_as_long_as_it_did() -> None:
    settings = Settings(clock="real", attempt_timeout=0.05, retry_delay=30, retries=1)

    async def never(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    with Emulator(settings) as ringback:
        ringback.connect("https://app.example", never)
        delivery = ringback.submit("Hello", callback="https://app.example/done")
        ringback.run_until_idle()
    begun = delivery.attempts[0].offset
    assert delivery.attempts[1].offset - begun == pytest.approx(30.05)


def test_only_a_pending_delivery_can_be_cancelled() -> None:
    with Emulator() as ringback:
        ringback.receiver("https://app.example")
        delivery = ringback.submit("Hello", callback="https://app.example/done")
        ringback.settle()
        with pytest.raises(RingbackError, match="is delivered; only a pending one can be"):
            ringback.cancel(delivery, "too late")


def test_a_control_character_in_a_refused_value_is_escaped_in_the_header() -> None:
    with Emulator() as ringback:
        host, port = ringback.url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port))
        headers = {"Authorization": f"Token {ringback.api_key}", "Content-Type": "text/plain"}
        connection.request("POST", "/v1/speak?model=a%00b%0d%0ac", "Hello", headers)
        answer = connection.getresponse()
        assert answer.status == 400
        assert answer.headers["dg-error"] == r"Invalid 'model' value of 'a\x00b\r\nc'."
        connection.close()
