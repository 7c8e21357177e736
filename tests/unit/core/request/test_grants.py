"""Temporary tokens: what they say, how long they live, and who believes them."""

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.core.base.rejection import Rejection
from ringback.core.request.grants import grant, is_of, issuer_of, key_of, read_ttl
from ringback.core.request.keys import ApiKey, identifier_of

SIGNER = ApiKey("c0ffee" * 6 + "c0de", "5a0c2bd0-7d4c-4c3c-8f5b-0e6d7a8b9c0d")
OTHER = ApiKey("another", "0d9c8b7a-6d5e-4f3c-8c4d-7d0cbd2c0a5a")
NOW = 1_767_225_600
TOKEN = str(grant(SIGNER, "key-1", 30, NOW, "token-1")["access_token"])


@pytest.mark.rule("granted-tokens")
@pytest.mark.parametrize("seconds", [0, 1, 29])
def test_a_token_stands_for_the_key_that_granted_it_until_it_expires(seconds: int) -> None:
    assert key_of(SIGNER, TOKEN, NOW + seconds) == "key-1"


@pytest.mark.rule("granted-tokens")
@pytest.mark.parametrize("seconds", [30, 31, 3600])
def test_an_expired_token_is_an_invalid_credential_that_says_since_when(seconds: int) -> None:
    rejection = key_of(SIGNER, TOKEN, NOW + seconds)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, rejection.code) == (401, "INVALID_AUTH")
    assert rejection.hint == f"The granted token expired {seconds - 30} s ago."


def test_a_token_is_a_jwt_that_any_library_reads() -> None:
    claims = jwt.decode(TOKEN, options={"verify_signature": False})
    assert claims == {
        "iss": identifier_of(SIGNER.secret),
        "sub": "key-1",
        "iat": NOW,
        "exp": NOW + 30,
        "jti": "token-1",
    }


def test_the_answer_tells_the_token_and_how_many_seconds_it_lives() -> None:
    assert grant(SIGNER, "key-1", 30, NOW, "token-1") == {
        "access_token": TOKEN,
        "expires_in": 30,
    }


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b.c",
        TOKEN[:-2],
        TOKEN + "A",
        grant(OTHER, "key-1", 30, NOW, "token-1")["access_token"],
        jwt.encode({"iss": identifier_of(SIGNER.secret), "sub": "k", "exp": NOW + 9}, "x" * 32),
        jwt.encode({"sub": "key-1", "exp": NOW + 9}, "", "none"),
    ],
)
def test_what_was_not_granted_here_is_an_invalid_credential(token: str) -> None:
    rejection = key_of(SIGNER, token, NOW)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, rejection.code) == (401, "INVALID_AUTH")
    assert "POST /v1/auth/grant" in rejection.hint


@given(st.text())
def test_no_text_at_all_is_taken_for_a_token_or_breaks_anything(text: str) -> None:
    assert isinstance(key_of(SIGNER, text, NOW), Rejection)
    assert issuer_of(text) is None


def test_a_token_nested_too_deep_breaks_nothing() -> None:
    deep = jwt.utils.base64url_encode(b"[" * 100_000).decode()
    assert issuer_of(f"{deep}.{deep}.") is None
    assert isinstance(key_of(SIGNER, f"{deep}.{deep}.", NOW), Rejection)


def test_a_token_says_who_gave_it_out() -> None:
    assert issuer_of(TOKEN) == identifier_of(SIGNER.secret)


@pytest.mark.parametrize(
    ("body", "ttl"),
    [
        (b"", 30),
        (b" ", 30),
        (b"{}", 30),
        (b'{"ttl_seconds":1}', 1),
        (b'{"ttl_seconds":3600}', 3600),
        (b'{"ttl_seconds":60.0}', 60),
        (b'{"ttl_seconds":60,"else":1}', 60),
    ],
)
def test_a_token_lives_as_long_as_is_asked(body: bytes, ttl: int) -> None:
    assert read_ttl(body) == ttl


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"[" * 100_000,
        b"\xff",
        b'{"ttl_seconds":0}',
        b'{"ttl_seconds":3601}',
        b'{"ttl_seconds":1.5}',
        b'{"ttl_seconds":"30"}',
        b'{"ttl_seconds":true}',
        b'{"ttl_seconds":null}',
    ],
)
def test_no_other_span_can_be_asked_for(body: bytes) -> None:
    rejection = read_ttl(body)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, rejection.code) == (400, "PAYLOAD_ERROR")


@pytest.mark.rule("any-token")
def test_a_token_is_of_whom_it_says_it_is_whatever_its_signature() -> None:
    claimed, _, _ = TOKEN.rpartition(".")
    for token in (TOKEN, f"{claimed}.", f"{claimed}.x", f"{claimed}.***"):
        assert is_of(SIGNER, token)
        assert not is_of(OTHER, token)
    for token in ("", "opaque", "a.b.c", "..", f"{claimed}", SIGNER.secret):
        assert not is_of(SIGNER, token)
