"""The clients with which a benchmark posts: what applications use, and the least there is."""

import http.client
from collections.abc import Mapping
from typing import Protocol

import httpx

NONE: Mapping[str, str] = {}


class Client(Protocol):
    """Posts, and can be closed."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NONE) -> tuple[int, bytes]:
        """Status and body of the answer."""
        ...

    def close(self) -> None:
        """Keep nothing open."""
        ...


class Httpx:
    """One httpx client for all, without certificates, for to read them costs 40 ms."""

    def __init__(self) -> None:
        self._client = httpx.Client(verify=False)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NONE) -> tuple[int, bytes]:
        """Status and body of the answer."""
        response = self._client.post(url, content=body, headers=dict(headers))
        return response.status_code, response.content

    def close(self) -> None:
        """Close what is open."""
        self._client.close()


class Standard:
    """The standard library's, with a connection for each request."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NONE) -> tuple[int, bytes]:
        """Status and body of the answer."""
        host, _, path = url.removeprefix("http://").partition("/")
        connection = http.client.HTTPConnection(host)
        try:
            connection.request("POST", f"/{path}", body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing is open."""


CLIENTS: dict[str, type[Httpx] | type[Standard]] = {"httpx": Httpx, "http.client": Standard}
"""The clients by name. An application's is like the first; the second costs nearly nothing."""
