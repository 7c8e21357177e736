"""Who is served, as the paths see it."""

from typing import Protocol

from starlette.types import Scope

from ringback.core.request.keys import Credential
from ringback.service.service import Service
from ringback.settings.settings import Settings


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

    @property
    def admits(self) -> bool:
        """Whether a key that nobody has yet makes a service."""
        ...

    def names(self) -> list[str]:
        """How the keys of those who are served are called, without the keys themselves."""
        ...


class Newcomers(Protocol):
    """Who makes a service for each key that nobody has yet. Called on the server's loop."""

    @property
    def settings(self) -> Settings:
        """Those of every service, keys and ids apart."""
        ...

    def admit(self, secret: str) -> Service | None:
        """The service of a key that none is served under; None for what can be no key."""
        ...

    def used(self, service: Service) -> None:
        """Take note that somebody asks for *service*."""
        ...

    def turn_away(self, asked: str) -> None:
        """Hear of a request without a credential, or with what can be none."""
        ...
