"""Asks a server's own paths, as a program in any language would."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

PREFIX = "/_ringback"


@dataclass(frozen=True)
class Said:
    """What was answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        """What a problem document says; there is one exactly where something is wrong."""
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.json["status"] == self.status
        detail = self.json["detail"]
        assert isinstance(detail, str)
        return detail


def ask(url: str, method: str, path: str, body: Any = None, **headers: str) -> Said:
    """One request, on a connection of its own. A *body* that is no bytes is sent as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        named.setdefault("content-type", "application/json")
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        connection.request(method, PREFIX + path, body, named)
        answer = connection.getresponse()
        return Said(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def get(url: str, path: str, **headers: str) -> Any:
    """The document at *path*, which has to be there."""
    said = ask(url, "GET", path, **headers)
    assert said.status == 200, said
    return said.json


def post(url: str, path: str, body: Any = None, **headers: str) -> Any:
    """What a POST to *path* gives, which has to be done."""
    said = ask(url, "POST", path, body, **headers)
    assert said.status == 200, said
    return said.json
