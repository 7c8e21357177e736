"""An answer leaves in one go, and says the same as one that leaves in parts."""

import json
import socket
from contextlib import closing
from functools import partial

import pytest

from ringback import Emulator, Settings
from ringback.serving import exchange
from ringback.serving.gathering import Gathering

QUERY = "/v1/speak?model=aura-2-thalia-en&encoding=linear16"


def answered(ringback: Emulator, path: str, text: str) -> bytes:
    """All bytes of an answer on a connection of its own."""
    body = json.dumps({"text": text})
    head = (
        f"POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: Token {ringback.api_key}\r\n"
        "connection: close\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    address = "127.0.0.1", int(ringback.url.rpartition(":")[2])
    with closing(socket.create_connection(address, timeout=20)) as connection:
        connection.sendall((head + body).encode())
        return b"".join(iter(partial(connection.recv, 65536), b""))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (QUERY, "Hi"),
        (QUERY, "A text of a second or two."),
        (QUERY, 40 * "Long enough. "),
        ("/v1/speak?x=1&model=no", ""),
    ],
)
def test_the_bytes_are_those_that_h11_makes_of_all_headers(
    monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    with Emulator(Settings(seed=1)) as ringback:
        quick = answered(ringback, path, text)
        ringback.reset()
        monkeypatch.setattr(exchange, "lines_of", lambda _: None)
        assert answered(ringback, path, text) == quick


def test_an_answer_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    let_go = Gathering._let_go

    def counted(gathering: Gathering) -> None:
        if gathering._gathered:
            written.append(len(gathering._gathered))
        let_go(gathering)

    monkeypatch.setattr(Gathering, "_let_go", counted)
    with Emulator() as ringback:
        assert answered(ringback, "/v1/speak", "A text of a second or two.").startswith(b"HTTP")
    assert len(written) == 1
