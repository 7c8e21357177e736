"""Who is asking: the key in the header, and the identifier that stands for it."""

import uuid

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.keys import (
    BEARER,
    TOKEN,
    ApiKey,
    Credential,
    identifier_of,
    read_authorization,
    read_subprotocols,
)

KEY = "c0ffee" * 6 + "c0de"


@pytest.mark.rule("credentials")
@pytest.mark.parametrize(
    "header", [f"Token {KEY}", f"token {KEY}", f"TOKEN {KEY}", f"  Token   {KEY}  "]
)
def test_a_key_is_read_whatever_the_case_of_its_scheme(header: str) -> None:
    assert read_authorization(header) == Credential(TOKEN, KEY)


@pytest.mark.rule("credentials")
@pytest.mark.parametrize("header", ["Bearer a.b.c", "bearer a.b.c", " BEARER  a.b.c "])
def test_a_granted_token_is_read_under_its_own_scheme(header: str) -> None:
    assert read_authorization(header) == Credential(BEARER, "a.b.c")


@pytest.mark.parametrize(
    ("header", "credential"),
    [
        (f"token, {KEY}", Credential(TOKEN, KEY)),
        (f"Token,{KEY}", Credential(TOKEN, KEY)),
        ("bearer, a.b.c", Credential(BEARER, "a.b.c")),
    ],
)
def test_a_browser_names_its_credential_as_two_subprotocols(
    header: str, credential: Credential
) -> None:
    assert read_subprotocols(header) == credential


@pytest.mark.parametrize(
    "header", [None, "", "token", "token,", KEY, f"{KEY}, token", f"token, {KEY}, x y", "chat, v2"]
)
def test_other_subprotocols_are_an_invalid_credential(header: str | None) -> None:
    rejection = read_subprotocols(header)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, rejection.code) == (401, "INVALID_AUTH")
    assert "subprotocols `token, KEY`" in rejection.hint


@pytest.mark.rule("credentials")
@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Token",
        "Token ",
        KEY,
        f"Token{KEY}",
        f"Token:{KEY}",
        f"Token\t{KEY}",
        f"Token {KEY} {KEY}",
        f"Bearer {KEY} {KEY}",
        "Basic YWRhOnMzY3JldA==",
        f"Tokens {KEY}",
    ],
)
def test_anything_but_a_token_is_an_invalid_credential(header: str) -> None:
    rejection = read_authorization(header)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, rejection.code) == (401, "INVALID_AUTH")
    assert rejection.message == "Invalid credentials."
    assert rejection.hint == "The Authorization header must read `Token KEY`."


@pytest.mark.rule("credentials")
def test_a_missing_header_is_an_invalid_credential_with_a_hint_of_its_own() -> None:
    rejection = read_authorization(None)
    assert isinstance(rejection, Rejection)
    assert (rejection.status, rejection.message) == (401, "Invalid credentials.")
    assert rejection.hint == (
        "The Authorization header is missing; send `Authorization: Token KEY`."
    )


def test_a_refusal_never_repeats_the_key() -> None:
    assert KEY not in repr(read_authorization(f"Basic {KEY}"))
    assert KEY not in repr(read_authorization(f"Token {KEY}"))


def test_a_key_has_an_identifier_that_never_changes_and_does_not_give_it_away() -> None:
    identifier = identifier_of(KEY)
    assert identifier == "4d6dc790-0626-5fbe-ad18-da74b9ae1ce4"
    assert uuid.UUID(identifier).version == 5
    assert identifier_of("another") != identifier


def test_a_key_does_not_print_its_secret() -> None:
    assert repr(ApiKey(KEY, "id-1")) == "ApiKey(identifier='id-1')"
