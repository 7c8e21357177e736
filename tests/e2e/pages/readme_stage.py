"""What the README leaves to its reader: an application in small, in three ways."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from ringback import Emulator


@pytest.fixture
def app() -> Any:
    """An application that takes every callback."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def ask_for_speech(ringback: Emulator, text: str, callback: str) -> None:
    """An application in small."""
    connection = http.client.HTTPConnection(urlsplit(ringback.url).netloc)
    connection.request(
        "POST",
        "/v1/speak?" + urlencode({"callback": callback}),
        json.dumps({"text": text}),
        {"Authorization": f"Token {ringback.api_key}", "Content-Type": "application/json"},
    )
    assert connection.getresponse().status == 200
    connection.close()


def ask_for_audio(ringback: Emulator, text: str) -> httpx.Response:
    """Another, which wants to hear it at once."""
    headers = {"Authorization": f"Token {ringback.api_key}"}
    url = f"{ringback.url}/v1/speak"
    return httpx.post(url, json={"text": text}, headers=headers, trust_env=False)


def open_stream(ringback: Emulator) -> ClientConnection:
    """A third, which speaks in pieces."""
    headers = {"Authorization": f"Token {ringback.api_key}"}
    return connect(f"{ringback.ws_url}/v1/speak", additional_headers=headers, proxy=None)
