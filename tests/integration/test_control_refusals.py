"""Whoever asks the control API for what cannot be is told what to do, and nothing happens."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ringback import Emulator, Server, Settings
from ringback.control.app import TOKEN
from ringback.control.openapi import document
from ringback.control.table import OPERATIONS
from tests.integration.asking import ask, get
from tests.integration.both_faces import APP, HOOK


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


EVERY_PATH = [
    (method.upper(), path.removeprefix("/_ringback").replace("{", "").replace("}", ""))
    for path, item in document(OPERATIONS)["paths"].items()
    for method in item
]

STRANGERS = {
    "origin": {"Origin": "http://evil.example"},
    "site": {"Sec-Fetch-Site": "cross-site"},
    "host": {"Host": "evil.example"},
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_page_of_a_stranger_is_let_in_on_any_path(stranger: str, ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    for method, path in EVERY_PATH:
        body: dict[str, Any] | None = None if method == "GET" else {}
        said = ask(ringback.url, method, path, body, **STRANGERS[stranger])
        assert said.status == 403, path
        assert said.detail
        assert "access-control-allow-origin" not in said.headers
    assert ringback.deliveries.only() == delivery
    assert ringback.clock.elapsed == 0


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:9"])
def test_a_page_on_loopback_may_do_everything(origin: str, ringback: Emulator) -> None:
    said = ask(ringback.url, "GET", "/clock", Origin=origin)
    assert (said.status, said.headers["access-control-allow-origin"]) == (200, origin)
    asked = {"Access-Control-Request-Method": "PUT", "Origin": origin}
    said = ask(ringback.url, "OPTIONS", "/clock", **asked)
    assert "PUT" in said.headers["access-control-allow-methods"]


MISTAKES: dict[str, tuple[str, str, Any, int, str]] = {
    "no JSON": ("POST", "/clock/advance", b"{", 422, "Invalid JSON"),
    "no object": ("POST", "/clock/advance", [], 422, "Input should be an object"),
    "nothing said": ("POST", "/clock/advance", {}, 422, 'say by how much, {"seconds": 30}'),
    "too much said": (
        "POST",
        "/clock/advance",
        {"seconds": 1, "to": "2026-01-01T00:00:00Z"},
        422,
        "say by how much",
    ),
    "a text for a number": ("POST", "/clock/advance", {"seconds": "3"}, 422, "a valid number"),
    "no time zone": (
        "POST",
        "/clock/advance",
        {"to": "2026-01-01T00:00:00"},
        422,
        "has no time zone",
    ),
    "beyond all dates": ("POST", "/clock/advance", {"seconds": 1e300}, 422, "the year 9999"),
    "back": ("POST", "/clock/advance", {"seconds": -1}, 422, "cannot go back"),
    "a slip in a key": ("POST", "/clock/advance", {"secnds": 3}, 422, "Did you mean 'seconds'?"),
    "a slip in a mode": ("PUT", "/clock", {"mode": "puased"}, 422, "clock is 'paused'"),
    "a missing key": ("PUT", "/clock", {}, 422, "'mode' is missing"),
    "a slip in a word": ("POST", "/wait", {"for": "idel"}, 422, "Did you mean 'idle'?"),
    "an unknown key beside a key that is a word of Python": (
        "POST",
        "/wait",
        {"for": "idle", "zzz": 3},
        422,
        "There are for, count,",
    ),
    "a slip in a state": ("GET", "/deliveries?state=pendin", None, 422, "mean 'pending'?"),
    "a slip in a parameter": ("GET", "/deliveries?stat=x", None, 422, "mean 'state'?"),
    "a parameter twice": ("GET", "/deliveries?limit=1&limit=2", None, 422, "write each once"),
    "a number that is none": ("GET", "/journal?since=x", None, 422, "a valid integer"),
    "a query where none is": ("GET", "/clock?x=1", None, 422, "takes no query"),
    "a body where none is": ("GET", "/clock", {}, 422, "takes no body"),
    "a slip in a kind": ("POST", "/verify", {"allow": ["pendng"]}, 422, "Did you mean 'pending'?"),
    "a slip in a reply": (
        "POST",
        "/receivers",
        {"origin": APP, "replies": ["timout"]},
        422,
        "did you mean 'timeout'?",
    ),
    "a slip in a fault": (
        "POST",
        "/connect",
        {"origin": APP, "to": "http://127.0.0.1:1", "faults": ["answer lots"]},
        422,
        "did you mean 'answer lost'?",
    ),
    "a slip in a failure": (
        "POST",
        "/failures",
        {"failures": [{"status": 503, "dela": 1}]},
        422,
        "did you mean 'delay'?",
    ),
    "headers that are none": (
        "POST",
        "/failures",
        {"failures": [{"status": 503, "headers": 7}]},
        422,
        "headers",
    ),
    "a slip in a form": ("GET", "/export?format=jsn", None, 422, "did you mean 'jsonl'?"),
    "no origin": ("POST", "/receivers", {"origin": "app.example"}, 422, "no origin"),
    "a slip in a path": ("GET", "/delivery", None, 404, "Did you mean '/_ringback/"),
    "no path": ("GET", "/zzz", None, 404, "All paths are in /_ringback/openapi.json"),
    "another method": ("DELETE", "/clock", None, 405, "takes GET, HEAD, PUT"),
    "another method of a probe": ("POST", "/live", None, 405, "takes GET, HEAD"),
    "an unknown receiver": ("GET", "/receivers/0", None, 404, "none was put anywhere yet"),
    "a receiver that is no number": ("GET", "/receivers/x", None, 404, "numbered from 0"),
    "an unknown delivery": ("GET", "/deliveries/x", None, 404, "There are none yet"),
    "nothing due": ("POST", "/clock/step", None, 409, "nothing is due"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_told_with_what_to_do(case: str, ringback: Emulator) -> None:
    method, path, body, status, words = MISTAKES[case]
    said = ask(ringback.url, method, path, body)
    assert (said.status, words in said.detail) == (status, True), said.detail
    assert ringback.clock.elapsed == 0


def test_an_unknown_id_is_answered_with_the_nearest(ringback: Emulator) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    slip = delivery.request_id[:-1] + ("0" if delivery.request_id[-1] != "0" else "1")
    for path in ("", "/audio", "/attempts/1/request"):
        said = ask(ringback.url, "GET", f"/deliveries/{slip}{path}")
        assert said.status == 404
        assert f"Did you mean '{delivery.request_id}'?" in said.detail


TYPES: dict[str, tuple[dict[str, str], int]] = {
    "a form": ({"content-type": "application/x-www-form-urlencoded"}, 415),
    "plain text": ({"content-type": "text/plain"}, 415),
    "compressed": ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
    "a character set": ({"content-type": "Application/JSON; charset=utf-8"}, 200),
}


@pytest.mark.parametrize("case", TYPES)
def test_a_body_is_taken_as_json_alone(case: str, ringback: Emulator) -> None:
    headers, status = TYPES[case]
    said = ask(ringback.url, "POST", "/clock/settle", b"{}", **headers)
    assert said.status == status
    if status == 415:
        assert said.headers["accept"] == "application/json"
        assert said.detail


def test_a_body_of_five_megabytes_is_too_large(ringback: Emulator) -> None:
    said = ask(ringback.url, "POST", "/clock/settle", b"[" * 5_000_000)
    assert said.status == 413
    assert "a body of 5000000 bytes is too large" in said.detail


def test_a_body_that_is_nested_without_end_is_refused(ringback: Emulator) -> None:
    said = ask(ringback.url, "POST", "/failures", b'{"failures": ' + b"[" * 100_000)
    assert said.status == 422
    assert said.detail


def test_nothing_that_was_sent_moves_a_terminals_cursor(ringback: Emulator) -> None:
    said = ask(ringback.url, "POST", "/verify", {"allow": ["\x1b[2J\n"]})
    assert said.detail.isprintable()


# -- who is let in ---------------------------------------------------------------------------------


def test_elsewhere_than_on_loopback_the_control_api_needs_a_token() -> None:
    server = Server("0.0.0.0")
    try:
        with Emulator(server=server):
            url = f"http://127.0.0.1:{server.port}"
            assert "--control-token" in ask(url, "GET", "/clock").detail
            assert ask(url, "GET", "/live").status == 200
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_a_token_has_to_be_shown_where_there_is_one(host: str) -> None:
    server = Server(host, control_token="s3cret")
    try:
        with Emulator(server=server):
            url = f"http://127.0.0.1:{server.port}"
            for shown in ({}, {TOKEN.decode(): "secret"}, {TOKEN.decode(): "sécret"}):
                said = ask(url, "GET", "/clock", **shown)
                assert said.status == 401
                assert "s3cret" not in said.detail
            assert ask(url, "GET", "/clock", **{TOKEN.decode(): "s3cret"}).status == 200
    finally:
        server.stop()


def test_a_scheme_that_is_none_is_refused(ringback: Emulator) -> None:
    said = ask(ringback.url, "GET", "/clock", authorization="Basic YTpi")
    assert said.status == 401
    assert said.headers["www-authenticate"] == "Token"
    assert "write `Token KEY`" in said.detail


def test_where_bodies_are_not_kept_that_is_said() -> None:
    with Emulator(Settings(keep=10)) as ringback:
        ringback.receiver(APP)
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        path = f"/deliveries/{delivery.request_id}"
        said = ask(ringback.url, "GET", f"{path}/attempts/1/request")
        assert (said.status, "no bodies are kept here" in said.detail) == (404, True)
        attempt = get(ringback.url, path)["attempts"][0]
        assert attempt["request"]["size"] == len(delivery.audio)
        assert ask(ringback.url, "GET", f"{path}/attempts/2/request").status == 404
        assert ask(ringback.url, "GET", f"{path}/audio").body == delivery.audio


IMPORTS = """
import sys, urllib.request
from ringback import Emulator
with Emulator() as emulator:
    for probe in ("live", "ready"):
        urllib.request.urlopen(f"{emulator.url}/_ringback/{probe}").read()
    print("pydantic" in sys.modules)
    urllib.request.urlopen(f"{emulator.url}/_ringback/clock").read()
    print("pydantic" in sys.modules)
"""


def test_the_probes_need_no_models() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False", "True"], run.stderr
