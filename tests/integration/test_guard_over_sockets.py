"""The guard stands before the sockets, too: for requests, upgrades, and emulators that share a
server."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from ringback import Emulator
from ringback.serving.server import Server

EVIL = "https://evil.example"
PAGE = "https://app.example"


def test_a_stranger_is_refused_over_a_socket_with_json_and_may_not_read_it() -> None:
    with Emulator() as ringback:
        for path in ("/v1/speak", "/v1/models", "/nothing"):
            answer = httpx.post(
                f"{ringback.url}{path}", json={"text": "Hello"}, headers={"origin": EVIL}
            )
            assert answer.status_code == 403
            assert answer.json()["err_code"] == "FORBIDDEN_ORIGIN"
            assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert not ringback.requests


def test_a_stranger_opens_no_stream() -> None:
    with Emulator() as ringback:
        key = {"authorization": f"Token {ringback.api_key}"}
        url = f"{ringback.ws_url}/v1/speak"
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(url, origin=Origin(EVIL), additional_headers=key),
        ):
            pass
        assert not ringback.requests
        for origin in ("http://localhost:3000", ringback.url):
            with connect(url, origin=Origin(origin), additional_headers=key) as stream:
                stream.recv(5)


def test_a_page_that_one_emulator_allows_may_talk_to_the_server_while_that_lives() -> None:
    server = Server()
    try:
        with Emulator(server=server) as strict:
            url, headers = f"{strict.url}/v1/models", {"origin": PAGE}
            assert httpx.get(url, headers=headers).status_code == 403
            settings = strict.settings.changed(api_key=None, allow_origins=(PAGE,))
            with Emulator(settings, server=server):
                answer = httpx.get(url, headers=headers)
                assert answer.status_code == 200
                assert answer.headers["access-control-allow-origin"] == PAGE
            assert httpx.get(url, headers=headers).status_code == 403
    finally:
        server.stop()


def test_audio_in_pieces_reaches_a_page_that_may_read_it() -> None:
    with Emulator() as ringback:
        answer = httpx.post(
            f"{ringback.url}/v1/speak?encoding=linear16",
            json={"text": "Hello " * 100},
            headers={
                "authorization": f"Token {ringback.api_key}",
                "origin": "http://localhost:3000",
            },
        )
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        assert ringback.identify(answer.content) is not None
