"""Failures that a test orders, as the caller of the endpoint meets them."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore
import httpx
import pytest

from ringback import AsyncEmulator, Emulator, Refused, RequestFailure, Settings, SettingsError
from ringback.core.facts import AnswerFailed, RequestRejected

HELLO = {"text": "Hello, how can I help you today?"}
CALLBACK = {"callback": "https://app.example/hook"}

Speak = Callable[..., httpx.Response]


@pytest.fixture
def http(ringback: Emulator) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=ringback.url,
        headers={"authorization": f"Token {ringback.api_key}"},
        verify=False,
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture
def speak(http: httpx.Client) -> Speak:
    def speak(**parameters: Any) -> httpx.Response:
        return http.post("/v1/speak", params=parameters, json=HELLO)

    return speak


@pytest.fixture
def beside() -> Iterator[Callable[..., "Future[Any]"]]:
    """Do something in another thread."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.rule("ordered-failures")
@pytest.mark.parametrize("status", [401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 504])
def test_the_next_request_fails_and_the_one_after_does_not(
    ringback: Emulator, speak: Speak, status: int
) -> None:
    ringback.fail_requests(status)
    failed, fine = speak(), speak()
    assert failed.status_code == status
    assert failed.json()["err_msg"] == failed.headers["dg-error"]
    assert failed.json()["request_id"] == failed.headers["dg-request-id"]
    assert fine.status_code == 200
    assert [reception.status for reception in ringback.requests] == [status, 200]


def test_failures_are_met_in_order_and_none_lets_one_through(
    ringback: Emulator, speak: Speak
) -> None:
    ringback.fail_requests(429, None, 503)
    assert [speak().status_code for _ in range(4)] == [429, 200, 503, 200]


def test_a_request_that_is_refused_anyway_meets_no_failure(
    ringback: Emulator, speak: Speak
) -> None:
    ringback.fail_requests(503)
    assert speak(model="nobody").status_code == 400
    assert speak().status_code == 503


def test_a_failure_can_be_ordered_for_some_requests_only(ringback: Emulator, speak: Speak) -> None:
    ringback.fail_requests(503, when=lambda request: request.voice.name == "aura-zeus-en")
    ringback.fail_requests(402, when=lambda request: request.callback is not None)
    assert speak().status_code == 200
    assert speak(**CALLBACK).status_code == 402
    assert speak(model="aura-zeus-en").status_code == 503
    assert speak(model="aura-zeus-en").status_code == 200


def test_a_refused_request_leads_to_no_callback(ringback: Emulator, speak: Speak) -> None:
    ringback.fail_requests(429)
    speak(**CALLBACK)
    assert not ringback.deliveries


@pytest.mark.rule("payment-required", "ordered-failures")
@pytest.mark.ringback(request_failure=402)
def test_a_setting_lets_every_request_fail(speak: Speak) -> None:
    assert [speak().status_code for _ in range(3)] == [402] * 3


def test_a_proxy_answers_in_its_own_words(ringback: Emulator, speak: Speak) -> None:
    ringback.fail_requests(RequestFailure(502, body="<h1>Bad Gateway</h1>"))
    answer = speak()
    assert (answer.status_code, answer.text) == (502, "<h1>Bad Gateway</h1>")
    assert answer.headers["content-type"] == "text/html"
    assert "dg-request-id" not in answer.headers


LATER = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "sent"),
    [(30, "30"), (timedelta(minutes=1), "60"), (LATER, "Thu, 01 Jan 2026 00:01:00 GMT")],
)
def test_a_failure_says_when_to_come_again(
    ringback: Emulator, speak: Speak, value: int | timedelta | datetime, sent: str
) -> None:
    ringback.fail_requests(RequestFailure(429, headers={"Retry-After": value}))
    answer = speak()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, sent)
    assert answer.headers["dg-error"] == answer.json()["err_msg"]
    assert "retry-after" not in speak().headers


def test_headers_of_a_failure_take_the_place_of_the_answers_own(
    ringback: Emulator, speak: Speak
) -> None:
    given = {"Content-Type": "text/plain", "server": "proxy"}
    ringback.fail_requests(RequestFailure(502, body="no", headers=given))
    assert speak().headers.get_list("content-type") == ["text/plain"]
    ringback.fail_requests(RequestFailure(502, headers={"DG-Error": "none"}))
    assert speak().headers.get_list("dg-error") == ["none"]


def test_who_submits_in_this_process_hears_the_headers_of_a_failure(ringback: Emulator) -> None:
    ringback.fail_requests(RequestFailure(429, headers={"Retry-After": 30}))
    with pytest.raises(Refused) as refused:
        ringback.submit("Hello", callback="https://app.example/hook")
    assert refused.value.headers["retry-after"] == "30"
    assert refused.value.headers["dg-request-id"] == refused.value.payload["request_id"]


def test_what_the_test_does_itself_fails_as_well(ringback: Emulator) -> None:
    ringback.fail_requests(429, RequestFailure(delay=5))
    with pytest.raises(Refused, match="429"):
        ringback.submit("Hello", callback="https://app.example/hook")
    ringback.receiver("https://app.example")
    ringback.submit("Hello", callback="https://app.example/hook")
    ringback.run_until_idle()


def test_a_failure_that_nobody_met_is_left_over() -> None:
    with Emulator() as ringback:
        ringback.fail_requests(503, None, 429)
        assert ringback.leftovers()["failures"] == [
            "2 ordered failures were never met by a request"
        ]
        with pytest.raises(SettingsError, match="a failure is a status"):
            ringback.fail_requests("slow")  # type: ignore[arg-type]


def test_an_ordered_401_is_no_stranger(ringback: Emulator, speak: Speak) -> None:
    ringback.fail_requests(401)
    assert speak().json()["err_code"] == "INSUFFICIENT_PERMISSIONS"
    assert ringback.leftovers()["unknown_keys"] == []
    (fact,) = (fact for fact in ringback.journal if isinstance(fact, RequestRejected))
    assert fact.ordered


# -- late ------------------------------------------------------------------------------------------


def test_an_answer_comes_late_on_the_emulators_clock(
    ringback: Emulator, speak: Speak, beside: Callable[..., "Future[Any]"]
) -> None:
    ringback.fail_requests(RequestFailure(delay=5))
    answer = beside(speak)
    wait_for_request(ringback)
    ringback.advance(4.9)
    assert not answer.done()
    ringback.advance(0.1)
    assert answer.result(10).status_code == 200
    assert ringback.clock.elapsed == 5


def test_an_answer_that_comes_late_is_something_to_run_to(
    ringback: Emulator, speak: Speak, beside: Callable[..., "Future[Any]"]
) -> None:
    ringback.fail_requests(RequestFailure(503, delay=60))
    answer = beside(speak)
    wait_for_request(ringback)
    assert ringback.clock.next_due == 60
    ringback.run_until_idle()
    assert ringback.clock.elapsed == 60
    assert answer.result(10).status_code == 503


def test_whoever_gives_up_waiting_leaves_nothing_behind(
    ringback: Emulator, http: httpx.Client
) -> None:
    ringback.fail_requests(RequestFailure(delay=60), "stalled")
    for count in (1, 2):
        with pytest.raises(httpx.ReadTimeout):
            http.post("/v1/speak", json=HELLO, timeout=httpx.Timeout(10, read=0.05))
        wait_for_request(ringback, count)  # it may have given up before it was read
    ringback.settle()
    assert http.post("/v1/speak", json=HELLO).status_code == 200
    ringback.advance(120)
    assert ringback.clock.next_due is None


def test_the_end_of_the_emulator_ends_the_waiting(beside: Callable[..., "Future[Any]"]) -> None:
    with Emulator() as ringback:
        ringback.fail_requests(RequestFailure(delay=60), "stalled")
        headers = {"authorization": f"Token {ringback.api_key}"}
        with httpx.Client(base_url=ringback.url, headers=headers, trust_env=False) as http:
            waiting = [beside(http.post, "/v1/speak", json=HELLO, timeout=30) for _ in range(2)]
            wait_for_request(ringback, 2)
            ringback.close()
            for each in waiting:
                assert isinstance(each.exception(10), httpx.TransportError)


@pytest.mark.asyncio
async def test_a_late_answer_and_its_caller_may_share_a_loop() -> None:
    async with AsyncEmulator() as ringback:
        ringback.fail_requests(RequestFailure(delay=5))
        headers = {"authorization": f"Token {ringback.api_key}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(ringback.app), base_url="http://x", headers=headers
        ) as http:
            answer = asyncio.ensure_future(http.post("/v1/speak", json=HELLO))
            await ringback.settle()
            assert len(ringback.requests) == 1
            await ringback.advance(5)
            assert (await answer).status_code == 200


# -- broken off ------------------------------------------------------------------------------------


@pytest.mark.rule("ordered-failures")
@pytest.mark.parametrize("after", [None, 0, 1, 5000])
def test_a_body_is_cut_off_in_the_middle(
    ringback: Emulator, http: httpx.Client, after: int | None
) -> None:
    whole = http.post("/v1/speak", json=HELLO).content
    ringback.fail_requests(RequestFailure(breaks="cut", after_bytes=after))
    got: list[bytes] = []
    with http.stream("POST", "/v1/speak", json=HELLO) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
            collect(answer, got)
    assert b"".join(got) == whole[: len(whole) // 2 if after is None else after]
    assert http.post("/v1/speak", json=HELLO).content == whole


def test_an_acknowledgement_can_be_cut_off_and_its_job_is_done(
    ringback: Emulator, speak: Speak
) -> None:
    receiver = ringback.receiver("https://app.example")
    ringback.fail_requests("cut")
    with pytest.raises(httpx.RemoteProtocolError):
        speak(**CALLBACK)
    ringback.run_until_idle()
    assert len(receiver.requests) == 1


def test_a_stalled_body_does_not_keep_the_clock_waiting(
    ringback: Emulator, http: httpx.Client
) -> None:
    ringback.fail_requests(RequestFailure(breaks="stalled", after_bytes=100))
    with http.stream("POST", "/v1/speak", json=HELLO) as answer:
        pieces = answer.iter_raw()
        assert len(next(pieces)) == 100
        ringback.advance(30)
        with pytest.raises(httpcore.ReadTimeout):
            answer.extensions["network_stream"].read(1, timeout=0.05)
    (fact,) = (fact for fact in ringback.journal if isinstance(fact, AnswerFailed))
    assert str(fact.failure) == "stalled"


def test_an_answer_that_comes_late_can_stall_as_well(
    ringback: Emulator, http: httpx.Client, beside: Callable[..., "Future[Any]"]
) -> None:
    ringback.fail_requests(RequestFailure(delay=5, breaks="stalled", after_bytes=100))
    asked = beside(http.send, http.build_request("POST", "/v1/speak", json=HELLO), stream=True)
    wait_for_request(ringback)
    ringback.advance(5)
    with closing(asked.result(10)) as answer:
        pieces = answer.iter_raw()
        assert len(next(pieces)) == 100
        with pytest.raises(httpcore.ReadTimeout):
            answer.extensions["network_stream"].read(1, timeout=0.1)


def test_nothing_is_logged_for_what_was_ordered(
    ringback: Emulator, speak: Speak, caplog: pytest.LogCaptureFixture
) -> None:
    ringback.fail_requests("cut", RequestFailure(503, breaks="cut"))
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            speak()
    speak()
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


# -- the concurrency limit -------------------------------------------------------------------------


@pytest.mark.rule("too-many-requests", "too-many-requests-text")
@pytest.mark.ringback(concurrency_limit=2, too_many_requests="general")
def test_a_request_beyond_the_limit_is_refused_while_others_are_in_progress(
    ringback: Emulator, speak: Speak, beside: Callable[..., "Future[Any]"]
) -> None:
    ringback.fail_requests(RequestFailure(delay=5), RequestFailure(delay=10))
    first, second = beside(speak), beside(speak)
    wait_for_request(ringback, 2)
    beyond = speak()
    assert beyond.status_code == 429
    assert beyond.json()["err_code"] == "TOO_MANY_REQUESTS"
    assert beyond.json()["err_msg"] == "Too many requests. Please try again later"
    ringback.advance(5)
    wait_for_status(speak, 200)
    ringback.advance(5)
    assert {first.result(10).status_code, second.result(10).status_code} == {200}


@pytest.mark.rule("too-many-requests-text")
@pytest.mark.ringback(concurrency_limit=1)
def test_a_429_has_the_text_of_the_speech_page(
    ringback: Emulator, speak: Speak, http: httpx.Client
) -> None:
    ringback.fail_requests("stalled")
    with http.stream("POST", "/v1/speak", json=HELLO):
        beyond = speak()
    assert (beyond.status_code, beyond.json()["err_code"]) == (429, "Too Many Requests")
    assert beyond.json()["err_msg"] == "Please try again later."


@pytest.mark.rule("too-many-requests-text")
@pytest.mark.ringback(too_many_requests="general")
def test_an_ordered_429_has_the_form_that_is_set_too(ringback: Emulator, speak: Speak) -> None:
    ringback.fail_requests(429)
    refused = speak()
    assert (refused.status_code, refused.json()["err_code"]) == (429, "TOO_MANY_REQUESTS")
    assert refused.headers["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"


@pytest.mark.rule("concurrency-of-callbacks")
@pytest.mark.parametrize(("counts", "statuses"), [(False, [200, 200]), (True, [200, 429])])
def test_an_acknowledged_job_counts_only_where_that_is_set(
    counts: bool, statuses: list[int]
) -> None:
    settings = Settings(concurrency_limit=1, concurrency_counts_callbacks=counts)
    with Emulator(settings) as ringback:
        ringback.receiver("https://app.example")
        headers = {"authorization": f"Token {ringback.api_key}"}
        with httpx.Client(base_url=ringback.url, headers=headers, trust_env=False) as http:
            answers = [http.post("/v1/speak", params=CALLBACK, json=HELLO) for _ in range(2)]
            assert [answer.status_code for answer in answers] == statuses
            ringback.run_until_idle()
            assert http.post("/v1/speak", params=CALLBACK, json=HELLO).status_code == 200


def collect(answer: httpx.Response, got: list[bytes]) -> None:
    """Take the pieces of a body as they come."""
    for piece in answer.iter_raw():
        got.append(piece)  # noqa: PERF402 - what came before an error counts


def wait_for_request(ringback: Emulator, count: int = 1) -> None:
    """Wait until so many requests have come and wait for their moment."""
    arrived = threading.Event()
    clock = ringback._service.clock
    while len(ringback.requests) < count or clock.busy:
        arrived.wait(0.001)


def wait_for_status(speak: Speak, status: int) -> None:
    """Ask until a caller before has been told, and has made room."""
    while speak().status_code != status:
        pass
