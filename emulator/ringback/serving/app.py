"""The vendor's paths as one ASGI application, and a JSON error for all others."""

from collections.abc import Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from ringback.core.request.editions import V1, V2
from ringback.core.stream.opening import V1_STREAM, V2_STREAM
from ringback.serving import account
from ringback.serving.account import Private, Public
from ringback.serving.exchange import hear_out, no_such
from ringback.serving.speaking import SpeakEndpoint, Tenants
from ringback.serving.stream import NoStream, StreamEndpoint
from ringback.serving.target import in_origin_form


class Application:
    """The service's paths for *tenants*. The hot ones pass by the router and its middleware."""

    def __init__(self, tenants: Tenants) -> None:
        """Serve *tenants*."""
        self._speak = {edition.path: SpeakEndpoint(tenants, edition) for edition in (V1, V2)}
        self._router = _router(tenants, self._speak)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        endpoint: ASGIApp | None = None
        if scope["type"] == "http":
            endpoint = self._speak.get(scope["path"])
        if endpoint is None and not scope.get("path", "/").startswith("/"):
            within = in_origin_form(scope)
            if within is not None:
                await self(within, receive, send)
                return
        await (endpoint or self._router)(scope, receive, send)


def _router(tenants: Tenants, speak: Mapping[str, SpeakEndpoint]) -> Starlette:
    get = partial(Private, tenants, "GET")
    project = "/v1/projects/{project_id}"
    app = Starlette(
        routes=[
            # Where this is mounted under another path, these are found here.
            *(Route(path, endpoint) for path, endpoint in speak.items()),
            WebSocketRoute(V1.path, StreamEndpoint(tenants, V1_STREAM)),
            WebSocketRoute(V2.path, StreamEndpoint(tenants, V2_STREAM)),
            Route("/v1/models", Public(account.models)),
            Route("/v1/models/{uuid}", Public(account.model)),
            Route("/v2/models", Public(account.flux_models)),
            Route("/v1/projects", get(account.projects)),
            Route(project, get(account.project)),
            Route(f"{project}/models", get(account.project_models)),
            Route(f"{project}/models/{{uuid}}", get(account.project_model)),
            Route("/v1/auth/token", get(account.token)),
            Route("/v1/auth/grant", Private(tenants, "POST", account.grant)),
            WebSocketRoute("/{path:path}", NoStream()),
        ],
    )
    app.router.redirect_slashes = False  # /v1/speak/ is another path, and there is nothing
    app.router.default = _nothing_here
    return app


async def _nothing_here(_scope: Scope, receive: Receive, send: Send) -> None:
    await hear_out(receive, send, no_such(404))
