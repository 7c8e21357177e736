import pytest

from ringback.interception.destination import destination, leads_to_the_service


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("CONNECT api.deepgram.com:443 HTTP/1.1", "api.deepgram.com:443"),
        ("CONNECT API.Deepgram.Com.:443 HTTP/1.0", "api.deepgram.com:443"),
        ("CONNECT [::1]:8443 HTTP/1.1", "[::1]:8443"),
        ("GET http://ada:s3cret@app.example/path?query HTTP/1.1", "app.example"),
        ("POST http://APP.example:8080 HTTP/1.1", "app.example:8080"),
        (f"CONNECT {'a' * 900}:443 HTTP/1.1", "a" * 200),
    ],
)
def test_where_a_request_to_a_proxy_wants_to_is_read_without_credentials(
    line: str, wanted: str
) -> None:
    assert destination(f"{line}\r\nHost: elsewhere.example\r\n\r\n".encode()) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\x16\x03\x01",
        "GET / HTTP/1.1",
        "CONNECT api.deepgram.com HTTP/1.1",
        "CONNECT ada@api.deepgram.com:443 HTTP/1.1",
        "CONNECT api.deepgram.com:443 HTTP/2",
        "CONNECT  HTTP/1.1",
    ],
)
def test_what_is_no_request_to_a_proxy_leads_nowhere(line: str) -> None:
    head = f"{line}\r\n\r\n".encode()
    assert destination(head) is None
    assert not leads_to_the_service(head)


@pytest.mark.parametrize(
    ("line", "leads"),
    [
        ("CONNECT api.deepgram.com:443 HTTP/1.1", True),
        ("CONNECT api.deepgram.com:80 HTTP/1.1", False),
        ("CONNECT api.deepgram.com.evil.example:443 HTTP/1.1", False),
        ("CONNECT evil-api.deepgram.com:443 HTTP/1.1", False),
        ("GET http://api.deepgram.com:443/ HTTP/1.1", False),
    ],
)
def test_a_tunnel_to_the_service_alone_is_one(line: str, leads: bool) -> None:
    assert leads_to_the_service(f"{line}\r\n\r\n".encode()) is leads
