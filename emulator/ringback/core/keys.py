"""Who is asking: the `Authorization` header, and the identifier that stands for a key."""

import uuid
from dataclasses import dataclass, field

from ringback.core.rejection import INVALID_CREDENTIALS, Rejection

_NAMESPACE = uuid.UUID("6d0c2f0e-3c11-5f0b-9a53-0b4a6c8b7e10")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as presented. *identifier* is the UUID that is sent as `dg-token`, never the secret."""

    secret: str = field(repr=False)
    identifier: str


def identifier_of(secret: str) -> str:
    """A stable identifier (UUIDv5) for a key that nobody registered."""
    return str(uuid.uuid5(_NAMESPACE, secret))


def read_authorization(header: str | None) -> str | Rejection:
    """Return the key in an `Authorization` header's value, or the service's 401.

    `Token KEY`, with the scheme in any case (documented). A key sent as `Bearer` is refused: that
    scheme is for granted tokens (documented).
    """
    if header is None:
        return _refused("The Authorization header is missing; send `Authorization: Token KEY`.")
    scheme, _, secret = header.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "token" or not secret or " " in secret:
        return _refused("The Authorization header must read `Token KEY`.")
    return secret


def _refused(hint: str) -> Rejection:
    refusal = INVALID_CREDENTIALS
    return Rejection(refusal.status, refusal.code, refusal.message, hint)
