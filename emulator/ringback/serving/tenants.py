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

    def belonging(self, credential: Credential | None) -> Service | None:
        """The service that our own paths show to whoever has this credential; None: there is none.

        Without a credential it is the only one that there is. Nobody hears of it.
        """
        ...

    def names(self) -> list[str]:
        """How the keys of those who are served are called, without the keys themselves."""
        ...
