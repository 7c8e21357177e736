"""Where a request says that it goes."""

from typing import Any

import pytest

from ringback.serving.target import in_origin_form


def scope(raw_path: bytes) -> dict[str, Any]:
    """What a server hands on for a request with this target, its query apart."""
    headers = [(b"host", b"claimed.example"), (b"accept", b"*/*")]
    return {"raw_path": raw_path, "path": raw_path.decode(), "headers": headers, "type": "http"}


@pytest.mark.rule("request-target")
@pytest.mark.parametrize(
    ("raw_path", "path", "host"),
    [
        (b"http://127.0.0.1:8088/v1/speak", "/v1/speak", b"127.0.0.1:8088"),
        (b"HTTPS://app.example/v1/models/%31", "/v1/models/1", b"app.example"),
        (b"ws://[::1]:1/v2/speak", "/v2/speak", b"[::1]:1"),
        (b"http://app.example", "/", b"app.example"),
        (b"http://app.example//v1", "//v1", b"app.example"),
        (b"http:///v1/speak", "/v1/speak", b""),
    ],
)
def test_a_whole_url_is_a_path_on_its_own_host(raw_path: bytes, path: str, host: bytes) -> None:
    found = in_origin_form(scope(raw_path))
    assert found is not None
    assert found["path"] == path
    assert found["headers"] == [(b"host", host), (b"accept", b"*/*")]
    assert found["type"] == "http"


@pytest.mark.parametrize("raw_path", [b"*", b"app.example:80", b"ftp://app.example/", b"/v1", b""])
def test_whatever_else_stays_as_it_is(raw_path: bytes) -> None:
    assert in_origin_form(scope(raw_path)) is None
