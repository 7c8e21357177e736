"""Our own paths, all of them under one prefix: who answers there is handed in from above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

from ringback.core.request.origin import Origins
from ringback.serving.tenants import Tenants

PREFIX = "/_ringback"
"""The vendor has no such path."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What our own paths are served for, and to whom.

    *is_local*: the server listens on loopback alone. Elsewhere, or where there is one, a *token*
    has to be shown.
    """

    tenants: Tenants
    origins: Callable[[], Origins]
    is_local: bool = True
    token: str | None = None


Mount: TypeAlias = Callable[[Surroundings], ASGIApp]
"""Makes what answers there, when it is first asked for."""


def is_ours(path: str) -> bool:
    """Whether *path* is one of our own."""
    return path.startswith(PREFIX) and path[len(PREFIX) : len(PREFIX) + 1] in ("", "/")


class Mounted:
    """Our own paths. Nothing of what they need is imported before the first request to them."""

    def __init__(self, mount: Mount, around: Surroundings) -> None:
        """Serve what *mount* makes."""
        self._mount = mount
        self._around = around
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is None:
            self._app = self._mount(self._around)
        await self._app(scope, receive, send)
