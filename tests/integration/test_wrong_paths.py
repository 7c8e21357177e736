"""Requests for what there is not, and with keys that are nobody's: who hears of them, and what."""

import http.client
import json
from collections.abc import Iterator

import pytest

from ringback import Emulator, Server
from ringback.core.base.ids import anonymous_id
from ringback.core.request.paths import SERVED


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def ask(
    emulator: Emulator, method: str, path: str, key: str | None = ""
) -> http.client.HTTPResponse:
    """Send one request, under the emulator's own key unless *key* says another, or None."""
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=20)
    headers = {} if key is None else {"authorization": f"Token {key or emulator.api_key}"}
    try:
        connection.request(method, path, b"{}", headers)
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


SPEAK = "Did you mean POST /v1/speak?"
NOTHING = "/v1/speak is emulated, and what stands beside it there: of {} there is nothing."


@pytest.mark.parametrize(
    ("method", "path", "shown", "status", "hint"),
    [
        ("POST", "/v1/v1/speak", "/v1/v1/speak", 404, SPEAK),
        ("POST", "/v1/speak/", "/v1/speak/", 404, SPEAK),
        ("POST", "/v1/Speak", "/v1/Speak", 404, SPEAK),
        ("POST", "/speak", "/speak", 404, SPEAK),
        ("GET", "/v1/speak", "/v1/speak", 405, SPEAK),
        ("PUT", "/v2/speak", "/v2/speak", 405, "Did you mean POST /v2/speak?"),
        ("POST", "/v1/models", "/v1/models", 405, "Did you mean GET, HEAD /v1/models?"),
        ("PUT", "/v1/auth/grant", "/v1/auth/grant", 405, "Did you mean POST /v1/auth/grant?"),
        ("POST", "/v1/listen", "/v1/listen", 404, NOTHING.format("/v1/listen")),
        ("POST", "/a%0Ab%1B", "/a\\nb\\x1b", 404, NOTHING.format("/a\\nb\\x1b")),
        ("POST", "/u:pw@h/x", "***@h/x", 404, NOTHING.format("***@h/x")),
    ],
)
def test_a_wrong_path_under_a_known_key_is_told_of_with_what_was_meant(
    method: str, path: str, shown: str, status: int, hint: str
) -> None:
    with Emulator() as ringback:
        ringback.clock.advance(30)
        answer = ask(ringback, method, path)
        assert answer.status == status
        request_id = answer.headers["dg-request-id"]
        assert ringback.leftovers()["wrong_paths"] == [
            f"{method} {shown} at +30s was answered {status} (request {request_id}): {hint}"
        ]
        line = f"misdirected at +30s  {method} {shown}  {status} "
        (told,) = [each for each in ringback.timeline.splitlines() if each.startswith(line)]
        assert told.endswith(f" ({hint})")


def test_each_has_an_id_and_a_date_of_its_own() -> None:
    with Emulator() as ringback:
        first, second = (ask(ringback, "GET", "/v1/speak").headers for _ in range(2))
        ids = {first["dg-request-id"], second["dg-request-id"], anonymous_id()}
        assert len(ids) == 3
        assert first["date"] == second["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"


def test_a_wrong_path_without_a_key_is_nobodys() -> None:
    with Emulator() as ringback:
        answer = ask(ringback, "GET", "/favicon.ico", None)
        assert (answer.status, answer.headers["dg-request-id"]) == (404, anonymous_id())
        assert not any(ringback.leftovers().values())


def test_a_stranger_is_told_to_all_of_several_emulators_with_what_and_when(server: Server) -> None:
    with Emulator(server=server) as one, Emulator(server=server) as two:
        two.clock.advance(30)
        for method, path, status in (
            ("POST", "/v1/speak", 401),
            ("GET", "/v1/projects", 401),
            ("POST", "/v1/listen", 404),
        ):
            assert ask(one, method, path, "nobody's").status == status
        assert server.strangers == (
            "POST /v1/speak at +0s and +30s",
            "GET /v1/projects at +0s and +30s",
            "POST /v1/listen at +0s and +30s",
        )
        for emulator, moment in ((one, "+0s"), (two, "+30s")):
            line = f"refused at {moment}  POST /v1/speak  came with a key that is nobody's"
            assert line in emulator.timeline.splitlines()


@pytest.mark.parametrize("key", ["nobody's", None])
@pytest.mark.parametrize("path", ["/v1/projects", "/v1/auth/token"])
def test_an_unknown_key_is_told_of_on_every_path(path: str, key: str | None) -> None:
    with Emulator() as ringback:
        answer = ask(ringback, "GET", path, key)
        assert answer.status == 401
        (sentence,) = ringback.leftovers()["unknown_keys"]
        request_id = answer.headers["dg-request-id"]
        assert sentence.startswith(
            f"GET {path} at +0s was refused for its key (request {request_id}"
        )
        assert f"refused at +0s  GET {path}  401 INVALID_AUTH" in ringback.timeline


def test_json_is_what_a_wrong_path_answers() -> None:
    with Emulator() as ringback:
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=20)
        headers = {"authorization": f"Token {ringback.api_key}"}
        connection.request("POST", "/v1/listen", b"", headers)
        answer = connection.getresponse()
        assert json.loads(answer.read()) == {
            "err_code": "Not Found",
            "err_msg": "Not Found.",
            "request_id": answer.headers["dg-request-id"],
        }
        connection.close()


@pytest.mark.parametrize("path", SERVED)
def test_what_could_have_been_meant_is_served(path: str) -> None:
    with Emulator() as ringback:
        assert ask(ringback, SERVED[path], path).status != 404
        assert ringback.leftovers()["wrong_paths"] == []
