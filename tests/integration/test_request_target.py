"""Requests whose first line names a whole URL, as clients behind a proxy write it."""

import http.client
import json
from contextlib import closing

import pytest

from ringback import Emulator

UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==",
}


def asked(
    ringback: Emulator, method: str, target: str, body: str = "", **headers: str
) -> tuple[int, bytes]:
    """Status and body of the answer to a request for *target*."""
    connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=60)
    own = {"authorization": f"Token {ringback.api_key}", "content-type": "application/json"}
    with closing(connection):
        connection.request(method, target, body or None, own | headers)
        with closing(connection.getresponse()) as answer:
            return answer.status, b"" if answer.status == 101 else answer.read()


@pytest.mark.rule("request-target")
@pytest.mark.parametrize("host", ["http://api.example", "HTTP://127.0.0.1:80"])
def test_every_path_is_served_by_its_whole_url(ringback: Emulator, host: str) -> None:
    body = json.dumps({"text": "Hello"})
    by_path, by_url = (
        asked(ringback, "POST", f"{start}/v1/speak?model=aura-2-thalia-en", body)
        for start in ("", host)
    )
    assert by_path == by_url
    assert by_path[0] == 200
    assert [reception.query for reception in ringback.requests] == ["model=aura-2-thalia-en"] * 2
    assert asked(ringback, "GET", f"{host}/v1/projects")[0] == 200


@pytest.mark.rule("request-target")
@pytest.mark.parametrize("target", ["http://api.example", "http://api.example/v1/nothing", "*"])
@pytest.mark.ringback(allow_wrong_paths=True)
def test_what_is_not_there_is_not_found_by_its_whole_url(ringback: Emulator, target: str) -> None:
    status, body = asked(ringback, "GET", target)
    assert status == 404
    assert {"err_code", "err_msg", "request_id"} == set(json.loads(body))


@pytest.mark.rule("request-target")
def test_a_stream_is_opened_by_its_whole_url(ringback: Emulator) -> None:
    target = "ws://api.example/v2/speak?model=flux-kit-en"
    assert asked(ringback, "GET", target, **UPGRADE)[0] == 101
