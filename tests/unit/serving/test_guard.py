"""One guard stands before every route: whatever path, method and kind a page of a stranger asks
for, nothing is done for it."""

import asyncio
import itertools
import logging
from typing import Any

import pytest
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message

from ringback import Emulator
from ringback.core.answer.answer import PERMISSIONS
from ringback.serving.routes import routes

SERVER = ("127.0.0.1", 8088)
ALLOWED = "https://app.example"

ORIGINS = {
    None: True,
    "http://localhost:3000": True,
    "http://127.0.0.1:8088": True,
    ALLOWED: True,
    "null": False,
    "https://evil.example": False,
}
"""Whether a page of an origin is let in, as far as that counts."""

SITES = (None, "same-origin", "same-site", "cross-site", "none")
HOSTS = {"127.0.0.1:8088": True, "ringback:8088": True, "evil.example:8088": False}


def table() -> list[tuple[str, str, str]]:
    """Kind, method and path of whatever is served, and of what is not."""
    rows = [("http", "GET", "/nothing"), ("http", "OPTIONS", "/v1/speak")]
    for route in routes(_Nobody(), {"/v1/speak": _nothing, "/v2/speak": _nothing}):
        path = route.path.replace("{path:path}", "none").replace("{", "").replace("}", "")
        if isinstance(route, WebSocketRoute):
            rows.append(("websocket", "GET", path))
        else:
            assert isinstance(route, Route)
            rows += [("http", method, path) for method in ("GET", "POST")]
    return rows


class _Nobody:
    def find(self, _credential: object, _scope: object) -> None:
        return None

    admits = False

    def belonging(self, _credential: object) -> None:
        return None

    def names(self) -> list[str]:
        return []


async def _nothing(*_: Any) -> None:
    """An application that is only named."""


def cells() -> list[tuple[tuple[str, str, str], str | None, str | None, str]]:
    """Every route with every origin, metadata and name of the server."""
    return list(itertools.product(table(), ORIGINS, SITES, HOSTS))


def wanted(origin: str | None, site: str | None, host: str) -> bool:
    """Whether a request is let in, in other words than those of the guard."""
    if origin is None and site is None:
        return True  # no browser
    return HOSTS[host] and ORIGINS[origin] and (origin is not None or site != "cross-site")


def reaches_the_service(cell: tuple[tuple[str, str, str], str | None, str | None, str]) -> bool:
    """Whether the emulator gets to know of a request."""
    (kind, method, path), origin, site, host = cell
    spoken = path.endswith("/speak") and (kind == "websocket" or method == "POST")
    return spoken and wanted(origin, site, host)


def scope(kind: str, method: str, path: str, headers: dict[str, str | None]) -> dict[str, Any]:
    return {
        "type": kind,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "server": SERVER,
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
        "headers": [
            (name.encode(), value.encode()) for name, value in headers.items() if value is not None
        ],
    }


async def ask(app: ASGIApp, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """What *app* answers."""
    sent: list[Message] = []

    async def receive() -> Message:
        if request["type"] == "websocket":
            return {"type": "websocket.connect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(request, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(each.get("body", b"") for each in sent)


def test_no_page_of_a_stranger_gets_past_the_guard_to_any_route(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    assert len(cells()) >= 400
    wrong = []

    async def walk() -> None:
        with Emulator() as ringback:
            ringback._settings = ringback.settings.changed(allow_origins=(ALLOWED,))
            app = ringback.app
            for (kind, method, path), origin, site, host in cells():
                headers = {"host": host, "origin": origin, "sec-fetch-site": site}
                status, answered, body = await ask(app, scope(kind, method, path, headers))
                let_in = wanted(origin, site, host)
                permitted = "access-control-allow-origin" in answered
                if (
                    (status == 403 and b"FORBIDDEN_ORIGIN" in body) == let_in
                    or permitted != (let_in and origin is not None and kind == "http")
                    or (not permitted and {name for name, _ in PERMISSIONS} & set(answered))
                ):
                    wrong.append((kind, method, path, origin, site, host, status, answered))
            assert len(ringback.requests) == sum(map(reaches_the_service, cells()))

    asyncio.run(walk())
    assert not wrong


def test_a_page_that_is_let_in_may_ask_beforehand_and_read_the_answer() -> None:
    with Emulator() as ringback:
        headers: dict[str, str | None] = {
            "host": "localhost:8088",
            "origin": "http://localhost:3000",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        }
        request = scope("http", "OPTIONS", "/v1/speak", headers)
        status, answered, _ = asyncio.run(ask(ringback.app, request))
        assert status == 200
        assert "POST" in answered["access-control-allow-methods"]
        assert answered["access-control-allow-headers"] == "authorization,content-type"
        assert answered["access-control-allow-origin"] == "http://localhost:3000"
        del headers["access-control-request-method"]
        request = scope("http", "GET", "/v1/models", headers)
        status, answered, body = asyncio.run(ask(ringback.app, request))
        assert (status, answered["access-control-allow-origin"]) == (200, "http://localhost:3000")
        assert "dg-request-id" in answered["access-control-expose-headers"]
        assert body


def test_a_refusal_is_json_and_leaves_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with Emulator() as ringback:
        headers: dict[str, str | None] = {"host": "localhost", "origin": "http://evil.example\x1b["}
        status, answered, body = asyncio.run(
            ask(ringback.app, scope("http", "POST", "/v1/speak", headers))
        )
    assert (status, answered["content-type"]) == (403, "application/json")
    assert b"may not talk to this server" in body
    [line] = caplog.messages
    assert line.startswith(r"403 Origin 'http://evil.example\x1b[' may not talk to this server.")
    assert "--allow-origin" in line
