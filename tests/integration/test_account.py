"""What clients ask besides speech: voices, projects, keys and temporary tokens."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import jwt
import pytest
from starlette.types import Message

from ringback import Emulator, Settings
from ringback.core.facts import TokenGranted
from ringback.core.request.keys import identifier_of
from ringback.core.request.voices import AURA, FLUX
from ringback.service.telling import line
from ringback.serving.server import Server
from tests.integration.streaming import opened

CALLBACK = {"callback": "https://app.example/hook"}
HELLO = {"text": "Hello"}
FOREIGN_TOKEN = jwt.encode({"iss": "somebody", "exp": 1}, "k" * 32, "HS256")


@pytest.fixture
def http(ringback: Emulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=ringback.url, verify=False, trust_env=False) as client:
        yield client


def key(ringback: Emulator) -> dict[str, str]:
    """The header of the emulator's own key."""
    return {"authorization": f"Token {ringback.api_key}"}


def granted(ringback: Emulator, http: httpx.Client, **body: object) -> str:
    """A temporary token."""
    answer = http.post("/v1/auth/grant", headers=key(ringback), json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def spoken(http: httpx.Client, token: str, **parameters: str) -> httpx.Response:
    """What a request with a temporary token is answered."""
    headers = {"authorization": f"bearer {token}"}
    return http.post("/v1/speak", params=parameters, json=HELLO, headers=headers)


# -- voices ----------------------------------------------------------------------------------------


@pytest.mark.rule("models")
def test_everyone_may_list_the_voices(http: httpx.Client) -> None:
    listed = http.get("/v1/models").json()
    assert [each["canonical_name"] for each in listed["tts"]] == list(AURA)
    assert (listed["stt"], len(listed["tts"])) == ([], 102)
    flux = http.get("/v2/models").json()["tts"]
    assert [each["canonical_name"] for each in flux] == list(FLUX)


def test_withdrawn_voices_are_listed_on_request(http: httpx.Client) -> None:
    everything = http.get("/v1/models", params={"include_outdated": "true"}).json()["tts"]
    assert "aura-2-perseo-it" in [each["canonical_name"] for each in everything]


@pytest.mark.rule("models")
def test_a_voice_is_found_by_its_uuid(http: httpx.Client) -> None:
    thalia = AURA["aura-2-thalia-en"]
    found = http.get(f"/v1/models/{thalia.model_uuid}").json()
    assert found["canonical_name"] == thalia.name
    missing = http.get("/v1/models/0")
    assert (missing.status_code, missing.json()["err_code"]) == (404, "MODEL_NOT_FOUND")


# -- projects and keys -----------------------------------------------------------------------------


@pytest.mark.rule("account")
def test_a_key_has_one_project_with_the_same_voices(ringback: Emulator, http: httpx.Client) -> None:
    http.headers.update(key(ringback))
    (project,) = http.get("/v1/projects").json()["projects"]
    at = f"/v1/projects/{project['project_id']}"
    assert http.get(at).json() == project
    voices = http.get(f"{at}/models").json()["tts"]
    assert len(voices) == 102
    assert http.get(f"{at}/models/{voices[0]['uuid']}").json() == voices[0]
    spoken = http.post("/v1/speak", json=HELLO)
    assert spoken.headers["dg-project-id"] == project["project_id"]


@pytest.mark.parametrize("path", ["", "/models", "/models/0"])
def test_another_project_does_not_exist(ringback: Emulator, http: httpx.Client, path: str) -> None:
    answer = http.get(f"/v1/projects/0{path}", headers=key(ringback))
    assert (answer.status_code, answer.json()["err_code"]) == (404, "PROJECT_NOT_FOUND")
    assert answer.headers["dg-error"] == "Project not found."


@pytest.mark.rule("account")
def test_a_key_is_described_by_its_identifier_and_never_shown(
    ringback: Emulator, http: httpx.Client
) -> None:
    answer = http.get("/v1/auth/token", headers=key(ringback))
    assert answer.json()["api_key_id"] == ringback.key_id
    assert ringback.api_key not in answer.text


def test_a_token_that_was_granted_is_a_line_of_the_server_without_the_token(
    ringback: Emulator, http: httpx.Client
) -> None:
    http.post("/v1/auth/grant", json={"ttl_seconds": 60}, headers=key(ringback))
    (granted,) = (fact for fact in ringback.journal if isinstance(fact, TokenGranted))
    assert line(granted) == "+0s auth granted a token for 60 s"


PRIVATE = [("GET", "/v1/projects"), ("GET", "/v1/auth/token"), ("POST", "/v1/auth/grant")]


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("authorization", [None, "Token nobody", "Bearer a.b.c", "Basic x"])
def test_what_is_private_needs_a_key(
    http: httpx.Client, method: str, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = http.request(method, path, headers=headers)
    assert (answer.status_code, answer.json()["err_code"]) == (401, "INVALID_AUTH")


@pytest.mark.rule("no-such-path")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v1/speak/", 404),
        ("POST", "/v1/listen", 404),
        ("POST", "/v1/speech", 404),
        ("GET", "/v1/speak", 405),
        ("PUT", "/v1/speak", 405),
        ("DELETE", "/v2/speak", 405),
        ("POST", "/v1/models", 405),
        ("POST", "/v1/projects", 405),
        ("GET", "/v1/auth/grant", 405),
    ],
)
def test_an_unknown_path_or_method_is_answered_as_every_error(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status
    assert answer.json().keys() == {"err_code", "err_msg", "request_id"}
    assert answer.headers["dg-error"] == answer.json()["err_msg"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/speak", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("POST", "/v1/projects", "GET"),
        ("GET", "/v1/auth/grant", "POST"),
        ("GET", "/", None),
    ],
)
def test_a_refused_method_is_told_which_ones_there_are(
    http: httpx.Client, method: str, path: str, allowed: str | None
) -> None:
    assert http.request(method, path).headers.get("allow") == allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/auth/grant"), ("PUT", "/v1/speak"), ("GET", "/"), ("GET", "/v1/models")],
)
def test_who_leaves_in_the_middle_has_asked_for_nothing(
    ringback: Emulator, method: str, path: str
) -> None:
    messages: Iterator[Message] = iter(
        [{"type": "http.request", "more_body": True}, {"type": "http.disconnect"}]
    )
    headers = [(b"authorization", f"Token {ringback.api_key}".encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    async def leave() -> None:
        await ringback.app({**scope, "query_string": b""}, receive, send)

    asyncio.run(leave())
    assert not ringback.journal


# -- temporary tokens ------------------------------------------------------------------------------


@pytest.mark.ringback(allow_unknown_keys=True)
@pytest.mark.rule("granted-tokens")
def test_a_token_speaks_until_it_expires_on_the_emulators_clock(
    ringback: Emulator, http: httpx.Client
) -> None:
    token = granted(ringback, http)
    assert spoken(http, token).status_code == 200
    ringback.advance(29)
    assert spoken(http, token).status_code == 200
    ringback.advance(1)
    expired = spoken(http, token)
    assert (expired.status_code, expired.json()["err_msg"]) == (401, "Invalid credentials.")
    assert "The granted token expired 0 s ago." in ringback.timeline


@pytest.mark.rule("granted-tokens")
def test_a_token_lives_up_to_an_hour_on_request(ringback: Emulator, http: httpx.Client) -> None:
    token = granted(ringback, http, ttl_seconds=3600)
    ringback.advance(3599)
    assert spoken(http, token).status_code == 200
    refused = http.post("/v1/auth/grant", headers=key(ringback), json={"ttl_seconds": 3601})
    assert (refused.status_code, refused.json()["err_code"]) == (400, "PAYLOAD_ERROR")


@pytest.mark.rule("granted-tokens", "dg-token")
def test_the_callback_names_the_key_that_granted_the_token(
    ringback: Emulator, http: httpx.Client
) -> None:
    receiver = ringback.receiver("https://app.example")
    assert spoken(http, granted(ringback, http), **CALLBACK).status_code == 200
    ringback.run_until_idle()
    (callback,) = receiver.requests
    assert callback.headers["dg-token"] == ringback.key_id


def test_a_token_may_speak_and_nothing_else(ringback: Emulator, http: httpx.Client) -> None:
    headers = {"authorization": f"Bearer {granted(ringback, http)}"}
    for method, path in PRIVATE:
        answer = http.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["err_code"]) == (401, "INSUFFICIENT_PERMISSIONS")


@pytest.mark.ringback(allow_unknown_keys=True)
def test_a_key_is_no_token_and_a_token_is_no_key(ringback: Emulator, http: httpx.Client) -> None:
    token = granted(ringback, http)
    assert spoken(http, ringback.api_key).status_code == 401
    as_key = http.post("/v1/speak", json=HELLO, headers={"authorization": f"Token {token}"})
    assert as_key.status_code == 401


def test_on_a_shared_server_a_token_leads_to_the_emulator_that_granted_it() -> None:
    server = Server()
    with (
        Emulator(server=server) as one,
        Emulator(server=server) as other,
        httpx.Client(base_url=server.url, trust_env=False) as http,
    ):
        assert spoken(http, granted(one, http)).status_code == 200
        assert (len(one.requests), len(other.requests)) == (1, 0)
    server.stop()


def test_where_any_key_is_let_in_a_token_stands_for_the_one_that_granted_it() -> None:
    with Emulator(Settings(any_key=True)) as ringback:
        receiver = ringback.receiver("https://app.example")
        with httpx.Client(base_url=ringback.url, trust_env=False) as http:
            mine = {"authorization": "Token mine"}
            token = http.post("/v1/auth/grant", headers=mine).json()["access_token"]
            spoken(http, token, **CALLBACK)
            http.post("/v1/speak", params=CALLBACK, json=HELLO, headers=mine)
        ringback.run_until_idle()
        first, second = receiver.requests
        assert first.headers["dg-token"] == second.headers["dg-token"] != ringback.key_id


@pytest.mark.rule("any-token")
@pytest.mark.parametrize("token", ["some-access-token", "a.b.c", FOREIGN_TOKEN])
def test_where_any_key_is_let_in_any_bearer_token_stands_for_itself(token: str) -> None:
    with Emulator(Settings(any_key=True)) as ringback:
        receiver = ringback.receiver("https://app.example")
        with httpx.Client(base_url=ringback.url, trust_env=False) as http:
            assert spoken(http, token, **CALLBACK).status_code == 200
        stream = opened(ringback, additional_headers={"authorization": f"Bearer {token}"})
        with stream as connection:
            assert json.loads(connection.recv())["type"] == "Metadata"
        ringback.run_until_idle()
        (callback,) = receiver.requests
        assert callback.headers["dg-token"] == identifier_of(token)


@pytest.mark.rule("any-token")
def test_where_any_key_is_let_in_a_granted_token_still_expires() -> None:
    with (
        Emulator(Settings(any_key=True)) as ringback,
        httpx.Client(base_url=ringback.url, trust_env=False) as http,
    ):
        token = granted(ringback, http)
        claimed, _, _ = token.rpartition(".")
        forged = [f"{claimed}.{signature}" for signature in ("", "x", "c2ln", "***")]
        assert spoken(http, token).status_code == 200
        assert {spoken(http, each).status_code for each in forged} == {401}
        ringback.advance(30)
        assert spoken(http, token).status_code == 401


@pytest.mark.rule("any-token")
@pytest.mark.ringback(allow_unknown_keys=True)
def test_without_any_key_a_foreign_token_is_refused(ringback: Emulator, http: httpx.Client) -> None:
    assert spoken(http, FOREIGN_TOKEN).status_code == 401


@pytest.mark.rule("content-encoding")
@pytest.mark.parametrize("path", ["/v1/speak", "/v2/speak?model=flux-kit-en", "/v1/auth/grant"])
@pytest.mark.parametrize(
    ("encoding", "status"),
    [("gzip", 415), ("br", 415), ("gzip, identity", 415), ("identity", 200), ("Identity", 200)],
)
def test_a_body_in_another_coding_is_refused_on_every_path(
    ringback: Emulator, http: httpx.Client, path: str, encoding: str, status: int
) -> None:
    body = {} if path.endswith("grant") else HELLO
    answer = http.post(path, json=body, headers={**key(ringback), "content-encoding": encoding})
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["err_code"] == "UNSUPPORTED_MEDIA_TYPE"
        assert answer.json()["err_msg"] == "`Content-Encoding` header is not supported."


def test_a_granted_token_is_in_no_log(ringback: Emulator, http: httpx.Client) -> None:
    token = granted(ringback, http)
    spoken(http, token)
    assert token not in repr(list(ringback.journal)) + repr(ringback.requests)
