"""The service's own address leads here: by a proxy, with a certificate that is thrown away."""

import os
import socket
import ssl
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.sync.client import connect

from ringback import Emulator, Interception, RequestFailure, ServerError

SPEAK = "https://api.deepgram.com/v1/speak"


@pytest.fixture
def interception(ringback: Emulator) -> Iterator[Interception]:
    with Interception(ringback.url) as interception:
        yield interception


def auth(ringback: Emulator) -> dict[str, str]:
    """What the application sends of its key."""
    return {"authorization": f"Token {ringback.api_key}"}


def files(interception: Interception) -> Path:
    """The folder of what clients trust."""
    return Path(interception.variables({})["SSL_CERT_FILE"]).parent


def test_a_request_to_the_service_is_answered_here(
    ringback: Emulator, interception: Interception
) -> None:
    with interception.applied():
        answer = httpx.post(SPEAK, json={"text": "Hello"}, headers=auth(ringback))
    assert answer.status_code == 200
    assert answer.content == ringback.submit("Hello", callback="https://app.example/").audio
    ringback.receiver("https://app.example")
    ringback.run_until_idle()


def test_a_browser_that_is_led_here_is_let_in(
    ringback: Emulator, interception: Interception
) -> None:
    with interception.applied():
        page = {"referer": "https://api.deepgram.com/", "sec-fetch-site": "same-origin"}
        answer = httpx.post(SPEAK, json={"text": "Hello"}, headers=auth(ringback) | page)
    assert answer.status_code == 200


def test_a_stream_to_the_service_is_answered_here(
    ringback: Emulator, interception: Interception
) -> None:
    url = SPEAK.replace("https", "wss")
    with interception.applied(), connect(url, additional_headers=auth(ringback)) as stream:
        stream.send('{"type": "Close"}')
        assert '"Metadata"' in str(stream.recv())
        with pytest.raises(Exception, match="1000"):
            stream.recv()


def test_every_other_host_is_refused_and_told_of(interception: Interception) -> None:
    with interception.applied():
        for url in ("https://app.example", "https://app.example/", "https://api.deepgram.com:444"):
            with pytest.raises(httpx.ProxyError, match="403"):
                httpx.get(url)
    assert interception.refused == {"app.example:443": 2, "api.deepgram.com:444": 1}


def test_whoever_does_not_trust_the_certificate_is_told_of(interception: Interception) -> None:
    with interception.applied():
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(SPEAK, verify=nobody)
        httpx.get(SPEAK)
    assert interception.distrusted == 1


def test_the_emulators_own_address_is_reached_past_the_proxy(
    ringback: Emulator, interception: Interception
) -> None:
    with interception.applied():
        answer = httpx.post(
            f"{ringback.url}/v1/speak", json={"text": "Hello"}, headers=auth(ringback)
        )
    assert answer.status_code == 200
    assert not interception.refused


def test_an_answer_that_is_cut_off_is_cut_off_here_too(
    ringback: Emulator, interception: Interception
) -> None:
    ringback.fail_requests(RequestFailure(breaks="cut", after_bytes=100))
    with interception.applied(), pytest.raises(httpx.RemoteProtocolError):
        httpx.post(SPEAK, json={"text": "Hello"}, headers=auth(ringback))


def test_what_is_trusted_already_stays_trusted(ringback: Emulator, tmp_path: Path) -> None:
    for name in ("own", "node"):
        (tmp_path / name).write_text(f"the {name} authority\n")
    environ = {
        "SSL_CERT_FILE": str(tmp_path / "own"),
        "REQUESTS_CA_BUNDLE": str(tmp_path / "gone"),
        "NODE_EXTRA_CA_CERTS": str(tmp_path / "node"),
    }
    with Interception(ringback.url, environ=environ) as interception:
        told = interception.variables(environ)
        bundle = Path(told["SSL_CERT_FILE"]).read_text()
        more = Path(told["NODE_EXTRA_CA_CERTS"]).read_text()
    assert bundle.startswith("the own authority\n-----BEGIN CERTIFICATE-----\n")
    assert more == bundle.replace("own", "node")


def test_without_a_word_the_systems_authorities_stay_trusted(ringback: Emulator) -> None:
    with Interception(ringback.url, environ={}) as interception:
        trusted = ssl.create_default_context(cafile=interception.variables({})["SSL_CERT_FILE"])
    usual = ssl.create_default_context().cert_store_stats()["x509"]
    assert trusted.cert_store_stats()["x509"] >= usual + 1


def test_no_key_is_in_the_files_which_are_gone_at_the_end(ringback: Emulator) -> None:
    with Interception(ringback.url) as interception:
        folder = files(interception)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert sorted(each.name for each in folder.iterdir()) == [
            "authority.pem",
            "bundle.pem",
            "lead.cjs",
        ]
        assert not any(b"PRIVATE KEY" in each.read_bytes() for each in folder.iterdir())
    assert not folder.exists()


def test_what_is_open_at_the_end_is_cut(ringback: Emulator) -> None:
    with Interception(ringback.url) as interception:
        proxy = urlsplit(interception.variables({})["HTTPS_PROXY"])
        address = (proxy.hostname, proxy.port)
        with socket.create_connection(address) as silent, socket.create_connection(address) as led:
            led.sendall(b"CONNECT api.deepgram.com:443 HTTP/1.1\r\n\r\n")
            assert led.recv(100).startswith(b"HTTP/1.1 200 ")
            interception.close()
            for each in (silent, led):
                with suppress(ConnectionResetError):
                    assert each.recv(1) == b""


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 20_000]
)
def test_what_is_no_request_to_a_proxy_is_refused(interception: Interception, sent: bytes) -> None:
    proxy = urlsplit(interception.variables({})["HTTPS_PROXY"])
    with socket.create_connection((proxy.hostname, proxy.port)) as caller:
        caller.sendall(sent)
        assert caller.recv(100).startswith(b"HTTP/1.1 403 Ringback leads to ")
    assert not interception.refused


def test_a_handshake_may_follow_without_waiting(interception: Interception) -> None:
    proxy = urlsplit(interception.variables({})["HTTPS_PROXY"])
    wire, ours = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=interception.variables({})["SSL_CERT_FILE"])
    hello = context.wrap_bio(wire, ours, server_hostname="api.deepgram.com")
    with pytest.raises(ssl.SSLWantReadError):
        hello.do_handshake()
    with socket.create_connection((proxy.hostname, proxy.port)) as caller:
        caller.sendall(b"CONNECT api.deepgram.com:443 HTTP/1.1\r\n\r\n" + ours.read())
        said = b""
        while len(said.partition(b"\r\n\r\n")[2]) < 6:
            said += caller.recv(65_536)
    assert said.partition(b"\r\n\r\n")[2][0] == 0x16  # a handshake, RFC 8446, 5.1


def test_the_environment_is_afterwards_what_it_was(interception: Interception) -> None:
    before = dict(os.environ)
    with interception.applied():
        assert os.environ["NODE_USE_ENV_PROXY"] == "1"
    assert dict(os.environ) == before


def test_without_the_extra_it_is_said_what_to_install(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ServerError, match=r"takes a certificate: pip install 'ringback\[tls\]'"):
        Interception(ringback.url)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "https://127.0.0.1:1", "http://localhost"])
def test_it_leads_to_servers_alone(url: str) -> None:
    with pytest.raises(ServerError, match="is no server's URL"):
        Interception(url)
