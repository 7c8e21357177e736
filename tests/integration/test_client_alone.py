"""What a client has to do that an emulator has not: to reach a server, and to say why it cannot."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, TCPServer

import httpx
import pytest

from ringback import Client, Emulator, NeverTrue, Reply, ServerError, Settings, SettingsError
from tests.integration.both_faces import APP, HOOK

SETTINGS = Settings(seed=5, api_key="the-key-of-both")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(SETTINGS) as emulator:
        yield emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    with Client(emulator.url, emulator.api_key) as client:
        yield client


def test_without_a_key_it_is_the_only_emulator_there_is(emulator: Emulator) -> None:
    with Client(emulator.url) as client:
        assert client.key_id == emulator.key_id


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ServerError, match=rf"{url} did not answer: .*ringback serve"):
            Client(url).settle()


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8088", "ws://127.0.0.1", "http://", "http://127.0.0.1:99999", "http://[::1"],
)
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="no base URL"):
        Client(url)


@pytest.mark.parametrize("secret", ["s3cret\n", "s3cret\u03bb"])
def test_what_no_header_can_carry_is_refused_and_not_repeated(secret: str) -> None:
    for told in ({"key": secret}, {"token": secret}):
        with pytest.raises(SettingsError, match="no header can carry") as raised:
            Client("http://127.0.0.1:8088", **told)
        assert "s3cret" not in str(raised.value)


def test_a_key_that_is_nobodys_is_told(emulator: Emulator) -> None:
    with pytest.raises(ServerError, match="this key is no emulator's here"):
        Client(emulator.url, "nobody's").settle()


def test_a_connection_that_the_server_has_closed_is_not_used_again(
    client: Client, emulator: Emulator
) -> None:
    client.settle()
    assert emulator._server is not None
    listener = emulator._server._listener
    assert listener is not None
    for connection in list(listener._uvicorn.server_state.connections):
        listener.call_soon(connection.transport.close)
    sock = client._transport._idle[0].sock
    assert sock is not None
    assert sock.recv(1) == b""
    client.settle()


def test_the_mode_of_the_clock_is_changed(client: Client) -> None:
    assert client.clock.mode == "paused"
    client.clock.change("auto")
    client.receiver(APP, replies=[503])
    delivery = client.submit("Hello", callback=HOOK)
    client.wait("idle", timeout=60)
    assert len(delivery.attempts) == 11
    with pytest.raises(SettingsError, match="clock is 'paused'"):
        client.clock.change("slow")


def test_what_comes_is_waited_for(client: Client, emulator: Emulator) -> None:
    emulator.submit("Hello", callback=HOOK)
    client.wait("request")
    client.wait_until(lambda: client.requests)
    with pytest.raises(NeverTrue, match=r"did not come within 0\.01 s"):
        client.wait("idle", timeout=0.01)
    with pytest.raises(NeverTrue, match="accepted at"):
        client.wait_until(lambda: False, timeout=0.01)


def test_verify_raises_what_the_fixture_says(client: Client) -> None:
    client.submit("Hello", callback=HOOK)
    with pytest.raises(AssertionError, match="is still pending"):
        client.verify()
    client.verify(allow=["pending"])
    with pytest.raises(SettingsError, match="Did you mean 'pending'"):
        client.verify(allow=["pendin"])


def test_events_and_exports_are_read(client: Client) -> None:
    client.submit("Hello", callback=HOOK)
    events = client.events()
    assert next(events)["fact"] == "speak.accepted"
    events.close()  # type: ignore[attr-defined] # it is a generator
    assert client.export("jsonl").count("\n") == 1


def test_bytes_that_are_no_text_cannot_travel_in_a_reply(client: Client) -> None:
    with pytest.raises(SettingsError, match="no UTF-8"):
        client.receiver(APP, replies=[Reply(200, body=b"\xff")])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n<p>\n no</p>", "answered 404, .* control API: <p> no</p>"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}",
            "answered 200, .* API: {}",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n", "answered 200, and not by Ringback's control API. Is another"),
        (b"HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n", "answered 302, and not by"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "did not answer: SSH-2.0-OpenSSH_9.2. Is"),
        (b"", "did not answer: Remote end closed connection without response. Is"),
    ],
)
def test_another_server_is_told_apart_by_what_it_answers(answer: bytes, said: str) -> None:
    with answering(answer) as url, Client(url) as client:
        for ask in (lambda: client.timeline, client.settle, lambda: next(client.events())):
            with pytest.raises(ServerError, match=f"^{url} {said}"):
                ask()


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The URL of a server that answers whatever is asked, and hangs up."""

    class Other(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(answer)

    with TCPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield "http://127.0.0.1:{1}".format(*server.server_address)
        server.shutdown()
        thread.join()


def test_an_application_that_speaks_over_http_is_seen(client: Client) -> None:
    answer = httpx.post(
        f"{client.url}/v1/speak",
        params={"callback": HOOK},
        headers={"Authorization": f"Token {client.api_key}"},
        json={"text": "Hello"},
    )
    assert client.deliveries.only().request_id == answer.json()["request_id"]
