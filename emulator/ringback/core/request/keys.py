"""Who is asking: the credential of a request, and the identifier that stands for a key."""

import uuid
from dataclasses import field, replace

from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import INVALID_CREDENTIALS, Rejection

TOKEN = "token"  # noqa: S105 - the name of a scheme
"""The scheme of an API key."""

BEARER = "bearer"
"""The scheme of a granted token, which lives for seconds."""

_NAMESPACE = uuid.UUID("6d0c2f0e-3c11-5f0b-9a53-0b4a6c8b7e10")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as presented. *identifier* is the UUID that is sent as `dg-token`, never the secret."""

    secret: str = field(repr=False)
    identifier: str


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request says of who sends it: *scheme* is `TOKEN` or `BEARER`."""

    scheme: str
    secret: str = field(repr=False)


def identifier_of(secret: str) -> str:
    """A stable identifier (UUIDv5) for a key that nobody registered."""
    return str(uuid.uuid5(_NAMESPACE, secret))


def read_authorization(header: str | None) -> Credential | Rejection:
    """Read an `Authorization` header's value: `Token KEY` or `Bearer JWT`, or the service's 401.

    The scheme may be in any case (documented).
    """
    if header is None:
        return refused("The Authorization header is missing; send `Authorization: Token KEY`.")
    scheme, _, secret = header.strip().partition(" ")
    return _credential(scheme, secret, "The Authorization header must read `Token KEY`.")


def read_subprotocols(header: str | None) -> Credential | Rejection:
    """Read `Sec-WebSocket-Protocol: token, KEY`, as browsers authenticate (documented)."""
    scheme, _, secret = (header or "").partition(",")
    return _credential(
        scheme, secret, "Send `Authorization: Token KEY`, or the subprotocols `token, KEY`."
    )


def refused(hint: str) -> Rejection:
    """The service's 401, with advice."""
    return replace(INVALID_CREDENTIALS, hint=hint)


def _credential(scheme: str, secret: str, hint: str) -> Credential | Rejection:
    scheme, secret = scheme.strip().lower(), secret.strip()
    if scheme not in (TOKEN, BEARER) or not secret or " " in secret:
        return refused(hint)
    return Credential(scheme, secret)
