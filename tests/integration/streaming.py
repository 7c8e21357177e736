"""How tests open a stream with a real client, and listen to it."""

import json
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from ringback import Emulator


def opened(
    ringback: Emulator, query: str = "", path: str = "/v1/speak", **options: Any
) -> AbstractContextManager[ClientConnection]:
    """A client's stream, under the emulator's key unless *options* say otherwise."""
    options.setdefault("additional_headers", {"authorization": f"Token {ringback.api_key}"})
    stream: AbstractContextManager[ClientConnection] = connect(
        f"{ringback.ws_url}{path}?{query}", proxy=None, **options
    )
    return stream


def speak_on(stream: ClientConnection, *frames: str) -> None:
    """Send *frames*, by a client that has not yet heard whether one of them ends the stream."""
    with suppress(ConnectionClosed):
        for frame in frames:
            stream.send(frame)


def heard(stream: ClientConnection) -> tuple[bytes, dict[str, Any]]:
    """The audio up to the next message, and that message."""
    pieces: list[bytes] = []
    while isinstance(frame := stream.recv(), bytes):
        pieces.append(frame)
    return b"".join(pieces), json.loads(frame)


def end_of(stream: ClientConnection) -> tuple[bytes, int, str]:
    """The audio up to the end, and the server's close code and reason."""
    pieces: list[bytes] = []
    with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012 - it ends after many frames
        while isinstance(frame := stream.recv(), bytes):
            pieces.append(frame)
    assert closed.value.rcvd is not None
    return b"".join(pieces), closed.value.rcvd.code, closed.value.rcvd.reason
