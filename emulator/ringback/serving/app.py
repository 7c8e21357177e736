"""The vendor's paths as one ASGI application, and a JSON error for all others."""

from collections.abc import Callable
from functools import cached_property

from starlette.types import ASGIApp, Receive, Scope, Send

from ringback.core.request.editions import V1, V2
from ringback.core.request.origin import Origins
from ringback.serving.guard import Guard, Tell
from ringback.serving.mount import Mount, Mounted, Surroundings, is_ours
from ringback.serving.speaking import SpeakEndpoint
from ringback.serving.target import in_origin_form
from ringback.serving.tenants import Tenants


class Application:
    """The service's paths for *tenants*, behind the guard."""

    def __init__(
        self, tenants: Tenants, origins: Callable[[], Origins], tell: Tell | None = None
    ) -> None:
        """Serve *tenants*, and of web pages those that *origins* let in, as `Guard` has it."""
        self._paths = _Paths(tenants)
        self._guard = Guard(self._paths, origins, tell)

    def mount(self, mount: Mount, around: Surroundings) -> None:
        """Have our own paths answered by what *mount* makes of these surroundings."""
        self._paths.ours = Mounted(mount, around)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._guard(scope, receive, send)


class _Paths:
    """The hot paths pass by the router and its middleware."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._speak = {edition.path: SpeakEndpoint(tenants, edition) for edition in (V1, V2)}
        self.ours: ASGIApp | None = None

    @cached_property
    def _router(self) -> ASGIApp:
        """All other paths: the first request to one imports what that takes."""
        from ringback.serving.routes import router

        return router(self._tenants, self._speak)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint: ASGIApp | None = None
        if scope["type"] == "http":
            endpoint = self._speak.get(scope["path"])
        if endpoint is None:
            path = scope.get("path", "/")
            if scope["type"] == "http" and self.ours is not None and is_ours(path):
                endpoint = self.ours
            elif not path.startswith("/") and (within := in_origin_form(scope)) is not None:
                await self(within, receive, send)
                return
        await (endpoint or self._router)(scope, receive, send)
