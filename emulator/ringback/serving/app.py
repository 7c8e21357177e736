"""The vendor's paths as one ASGI application, and a JSON error for all others."""

from collections.abc import Callable, Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from ringback.core.request.editions import V1, V2
from ringback.core.request.origin import Origins
from ringback.core.stream.opening import V1_STREAM, V2_STREAM
from ringback.serving import account
from ringback.serving.account import Private, Public
from ringback.serving.guard import Guard, Tell
from ringback.serving.misdirected import NothingHere
from ringback.serving.mount import Mount, Mounted, Surroundings, is_ours
from ringback.serving.speaking import SpeakEndpoint
from ringback.serving.stream import StreamEndpoint
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
        speak = {edition.path: SpeakEndpoint(tenants, edition) for edition in (V1, V2)}
        self._speak = speak
        self.ours: ASGIApp | None = None
        self._router = _router(tenants, routes(tenants, speak))

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


def routes(tenants: Tenants, speak: Mapping[str, ASGIApp]) -> list[Route | WebSocketRoute]:
    """Every path that is served; *speak* are those that speak over HTTP."""
    get = partial(Private, tenants, "GET")
    project = "/v1/projects/{project_id}"
    return [
        # Where this is mounted under another path, these are found here.
        *(Route(path, endpoint) for path, endpoint in speak.items()),
        WebSocketRoute(V1.path, StreamEndpoint(tenants, V1_STREAM)),
        WebSocketRoute(V2.path, StreamEndpoint(tenants, V2_STREAM)),
        Route("/v1/models", Public(tenants, account.models)),
        Route("/v1/models/{uuid}", Public(tenants, account.model)),
        Route("/v2/models", Public(tenants, account.flux_models)),
        Route("/v1/projects", get(account.projects)),
        Route(project, get(account.project)),
        Route(f"{project}/models", get(account.project_models)),
        Route(f"{project}/models/{{uuid}}", get(account.project_model)),
        Route("/v1/auth/token", get(account.token)),
        Route("/v1/auth/grant", Private(tenants, "POST", account.grant)),
        WebSocketRoute("/{path:path}", NothingHere(tenants)),
    ]


def _router(tenants: Tenants, routes: list[Route | WebSocketRoute]) -> Starlette:
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # /v1/speak/ is another path, and there is nothing
    app.router.default = NothingHere(tenants)
    return app
