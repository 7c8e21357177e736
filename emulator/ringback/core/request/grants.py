"""Temporary tokens: JWTs that `POST /v1/auth/grant` gives out and that expire on the clock.

Span and answer are documented (30 s unless asked, an hour at most); the claims are ours.
"""

import hashlib
import json
from typing import Any

from ringback.core.base.rejection import Rejection, bad_payload
from ringback.core.request.keys import ApiKey, identifier_of, refused

DEFAULT_TTL = 30
"""Seconds that a token lives, unless it is asked for another span (documented)."""

MAX_TTL = 3600
"""The longest span, in seconds (documented)."""

_ALGORITHM = "HS256"


def read_ttl(body: bytes) -> int | Rejection:
    """The span that a request asks for, in whole seconds. It may have no body at all."""
    if not body.strip():
        return DEFAULT_TTL
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return bad_payload("Failed to deserialize JSON payload.")
    ttl = asked.get("ttl_seconds", DEFAULT_TTL) if isinstance(asked, dict) else None
    # JSON has one kind of number, and some clients write 30 as 30.0.
    if isinstance(ttl, float) and ttl.is_integer():
        ttl = int(ttl)
    if not isinstance(ttl, int) or isinstance(ttl, bool) or not 1 <= ttl <= MAX_TTL:
        return bad_payload(f"`ttl_seconds` must be between 1 and {MAX_TTL}.")
    return ttl


def grant(signer: ApiKey, key_id: str, ttl: int, now: int, token_id: str) -> dict[str, str | int]:
    """Give out a token for the key *key_id*: the answer's object, with `access_token` in it.

    *ttl* is in seconds, *now* is Unix time in whole seconds.
    """
    import jwt

    claims = {
        "iss": identifier_of(signer.secret),
        "sub": key_id,
        "iat": now,
        "exp": now + ttl,
        "jti": token_id,
    }
    token = jwt.encode(claims, _signature_key(signer), _ALGORITHM)
    return {"access_token": token, "expires_in": ttl}


def key_of(signer: ApiKey, token: str, now: int) -> str | Rejection:
    """The identifier of the key that granted *token*, or the service's 401."""
    import jwt

    try:
        # Whether it has expired is asked of the emulator's clock, not of the machine's.
        claims: dict[str, Any] = jwt.decode(
            token,
            _signature_key(signer),
            [_ALGORITHM],
            issuer=identifier_of(signer.secret),
            options={"verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, RecursionError):
        return refused(
            "`Bearer` takes a token that POST /v1/auth/grant gave out; send a key as `Token KEY`."
        )
    if now >= claims["exp"]:
        return refused(f"The granted token expired {now - claims['exp']} s ago.")
    return str(claims["sub"])


def issuer_of(token: str) -> str | None:
    """Who claims to have given *token* out; nothing is verified."""
    import jwt

    claimed, _, _ = token.rpartition(".")
    try:
        # Without its signature, which need not even be one.
        claims: dict[str, Any] = jwt.decode(f"{claimed}.", options={"verify_signature": False})
    except (jwt.InvalidTokenError, RecursionError):
        return None
    return str(claims.get("iss"))


def is_of(signer: ApiKey, token: str) -> bool:
    """Whether *token* says that *signer* granted it; nothing is verified."""
    # What is no JWT needs no library to be told from one.
    return token.count(".") == 2 and issuer_of(token) == identifier_of(signer.secret)


def _signature_key(signer: ApiKey) -> bytes:
    return hashlib.sha256(b"grants\0" + signer.secret.encode()).digest()
