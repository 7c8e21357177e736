"""A key or a token with something more, less or other is another one, at every door."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from ringback import Emulator, Settings
from ringback.serving.server import Server
from tests.integration.streaming import opened

ALTERED: dict[str, Callable[[str], str]] = {
    "more at its end": lambda secret: f"{secret}x",
    "more at its beginning": lambda secret: f"x{secret}",
    "twice": lambda secret: secret * 2,
    "less at its end": lambda secret: secret[:-1],
    "less at its beginning": lambda secret: secret[1:],
    "its first half": lambda secret: secret[: len(secret) // 2],
    "in capitals": lambda secret: secret.swapcase(),
    "a comma after it": lambda secret: f"{secret},",
}
DOORS = {
    "/v1/speak": "POST",
    "/v2/speak?model=flux-haley-en": "POST",
    "/v1/auth/grant": "POST",
    "/v1/auth/token": "GET",
    "/v1/projects": "GET",
}

KEYS_ONLY = [("Bearer", "/v1/auth/grant"), ("Bearer", "/v1/auth/token"), ("Bearer", "/v1/projects")]
"""What a token opens none of."""


@pytest.fixture(scope="module", params=["alone", "beside another"])
def ringback(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An emulator with a server of its own, or on one with another."""
    with ExitStack() as stack:
        server = None
        if request.param != "alone":
            server = Server()
            stack.callback(server.stop)
            stack.enter_context(Emulator(server=server))
        key = Settings(api_key="c0ffee" * 6 + "c0de")
        yield stack.enter_context(Emulator(key, server=server))


def secret_of(ringback: Emulator, scheme: str) -> str:
    """What opens every door under *scheme*."""
    if scheme == "Token":
        return ringback.api_key
    grant = f"{ringback.url}/v1/auth/grant"
    answer = httpx.post(
        grant, headers={"authorization": f"Token {ringback.api_key}"}, json={}, verify=False
    )
    token: str = answer.json()["access_token"]
    return token


@pytest.mark.rule("credentials")
@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_secret_opens_no_door(ringback: Emulator, how: str, scheme: str) -> None:
    secret = secret_of(ringback, scheme)
    wrong = {"authorization": f"{scheme} {ALTERED[how](secret)}"}
    with httpx.Client(base_url=ringback.url, verify=False, trust_env=False) as client:
        for path, method in DOORS.items():
            refused = client.request(method, path, headers=wrong, json={"text": "Hello"})
            assert (path, refused.status_code) == (path, 401)
            assert refused.json()["err_code"] == "INVALID_AUTH"
            assert secret not in refused.text
    for path, query in (("/v1/speak", ""), ("/v2/speak", "model=flux-haley-en")):
        with (
            pytest.raises(InvalidStatus) as upgrade,
            opened(ringback, query, path, additional_headers=wrong),
        ):
            pass
        assert upgrade.value.response.status_code == 401


@pytest.mark.rule("credentials")
@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
def test_the_secret_itself_opens_the_doors(ringback: Emulator, scheme: str) -> None:
    """So that no refusal above is for another reason."""
    right = {"authorization": f"{scheme} {secret_of(ringback, scheme)}"}
    with httpx.Client(base_url=ringback.url, verify=False, trust_env=False) as client:
        for path, method in DOORS.items():
            answer = client.request(method, path, headers=right, json={"text": "Hello"})
            expected = 401 if (scheme, path) in KEYS_ONLY else 200
            assert (path, answer.status_code) == (path, expected)
    with opened(ringback, additional_headers=right):
        pass
