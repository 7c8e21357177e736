"""Who is served, as the paths see it."""

from typing import Protocol

from starlette.types import Scope

from ringback.core.request.keys import Credential
from ringback.service.service import Service


class Tenants(Protocol):
    """Who is served: one service per key."""

    def find(self, credential: Credential | None, scope: Scope) -> Service | None:
        """The service that answers for a key or a granted token, None for a stranger.

        Whoever is served hears of a stranger, and of what it asked by its *scope*.
        """
        ...
