"""What happened, taken along as JSON lines and as an HTTP archive: all of it, and no secret."""

import http.client
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ringback import Emulator, Refused, Reply, Settings, SettingsError, render_page
from ringback.recording.exporting import FORMATS

SECRETS = ("s3cret", "t0ken", "c00kie", "YWRhOnMzY3JldA")
HOOK = "https://ada:s3cret@app.example/hook?access_token=t0ken&lang=en"


@pytest.fixture
def eventful() -> Emulator:
    """An emulator after everything that leaves a fact, and everything that is secret."""
    with Emulator() as ringback:
        ringback.receiver(
            "https://app.example",
            replies=[
                Reply(503, {"Set-Cookie": "sid=c00kie", "Retry-After": "5"}, b"c00kie"),
                Reply(307, {"Location": "https://ada:s3cret@b.example/?sig=t0ken"}),
                "timeout",
                204,
            ],
            faults=[None, "answer lost", "duplicate", "reset"],
        )
        first = ringback.submit("Grüße", callback=HOOK, tag=["a", "me@s3cret@b"], speed=1.2)
        with pytest.raises(Refused):
            ringback.submit("Hi", callback="https://ada:s3cret@app.example:3000/")
        ringback.fail_requests(503, "cut")
        with pytest.raises(Refused):
            ringback.submit("Hi", callback=HOOK)
        ringback.submit("Hi", callback=HOOK, callback_method="put")
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=20)
        for path in ("/v1/speak?modle=x", "/v1/spaek?token=t0ken"):
            connection.request(
                "POST",
                path,
                b'{"text": "Hi"}',
                {
                    "authorization": f"Token {ringback.api_key}",
                    "content-type": "application/json",
                    "cookie": "sid=c00kie",
                },
            )
            connection.getresponse().read()
        connection.close()
        failing = ringback.submit("Hi", callback=HOOK)
        ringback.fail_job(failing)
        ringback.cancel(ringback.submit("Hi", callback=HOOK), "no use")
        ringback.run_until_idle()
        ringback.redeliver(first)
        ringback.run_until_idle()
    return ringback


def log_of(ringback: Emulator) -> dict[str, Any]:
    """What the archive holds."""
    log: dict[str, Any] = json.loads(ringback.export("har"))["log"]
    return log


def test_there_is_a_json_line_for_each_fact_in_order(eventful: Emulator) -> None:
    lines = [json.loads(line) for line in eventful.export("jsonl").splitlines()]
    assert [line["fact"] for line in lines] == [fact.name for fact in eventful.journal]
    assert {
        *("speak.accepted", "speak.rejected", "speak.broken", "speak.parameters_ignored"),
        *("speak.answered", "speak.failed", "request.misdirected", "attempt.finished"),
        *("delivery.cancelled", "clock.moved"),
    } <= {line["fact"] for line in lines}
    attempt = next(line for line in lines if line["fact"] == "attempt.finished")
    assert attempt["request_id"] == eventful.deliveries[0].request_id
    assert attempt["attempt"]["outcome"] == "503"
    assert attempt["attempt"]["request"]["body"]["bytes"] == len(eventful.deliveries[0].audio)


def test_the_archive_holds_every_request_and_every_attempt(eventful: Emulator) -> None:
    log = log_of(eventful)
    assert log["version"] == "1.2"
    attempts = [each for delivery in eventful.deliveries for each in delivery.attempts]
    assert len(log["entries"]) == len(eventful.requests) + len(attempts)
    sent = [entry for entry in log["entries"] if "_attempt" in entry]
    statuses = {entry["response"]["status"] for entry in sent}
    assert {503, 307, 204, 0} <= statuses
    moments = [datetime.fromisoformat(each["startedDateTime"]) for each in log["entries"]]
    assert moments == sorted(moments)
    assert moments[0] == datetime(2026, 1, 1, tzinfo=UTC)


def test_every_entry_of_the_archive_has_the_parts_that_har_asks_for(eventful: Emulator) -> None:
    for entry in log_of(eventful)["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= {*entry}
        assert {
            *("method", "url", "httpVersion", "cookies", "headers", "queryString"),
            *("headersSize", "bodySize"),
        } <= {*entry["request"]}
        assert {
            *("status", "statusText", "httpVersion", "cookies", "headers", "content"),
            *("redirectURL", "headersSize", "bodySize"),
        } <= {*entry["response"]}


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_that_is_taken_along_holds_a_secret(form: str, eventful: Emulator) -> None:
    text = eventful.export(form)
    for secret in (*SECRETS, eventful.api_key):
        assert secret not in text
    assert "Grüße" in text or "Gr\\\\u00fc" in text


def test_a_query_that_was_torn_apart_keeps_its_credentials_to_itself() -> None:
    with Emulator() as ringback:
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=20)
        connection.request(
            "POST",
            "/v1/speak?model=aura-2-thalia-en&callback=https://ada:s3&cret@app.example/",
            b'{"text": "Hi"}',
            {"authorization": f"Token {ringback.api_key}"},
        )
        connection.getresponse().read()
        connection.close()
        assert log_of(ringback)["entries"][0]["request"]["url"].endswith(
            "/v1/speak?***@app.example/"
        )


def test_what_is_not_kept_is_told_by_its_digest() -> None:
    with Emulator(Settings(keep=10)) as ringback:
        ringback.receiver("https://app.example", replies=[503, 200])
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert '"sha256"' in ringback.export("jsonl")
        assert "sha256 " in log_of(ringback)["entries"][-1]["request"]["postData"]["comment"]


def test_another_form_is_refused_with_the_nearest(eventful: Emulator) -> None:
    with pytest.raises(SettingsError, match="unknown form of export 'hra'; did you mean 'har'"):
        eventful.export("hra")


def test_the_page_as_one_file_shows_what_a_snapshot_says() -> None:
    with Emulator() as ringback:
        ringback.receiver("https://app.example", replies=[503, 204])
        ringback.submit("<script>alert(1)</script>", callback="https://ada:s3cret@app.example/h")
        ringback.run_until_idle()
        shown, page = ringback.snapshot(), ringback.export("html")
    assert shown["deliveries"][0]["timeline"] == ["+0s POST 503", "+30s POST 204"]
    assert page == render_page(shown)
    assert "s3cret" not in page
    assert "alert(1)" not in page
