"""Every path of the vendor's, and a JSON error for all others.

It is imported by the first request that goes by no hot path: starlette's router and what comes with
it are a tenth of a server's start.
"""

from collections.abc import Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from ringback.core.request.editions import V1, V2
from ringback.core.stream.opening import V1_STREAM, V2_STREAM
from ringback.serving import account
from ringback.serving.account import Private, Public
from ringback.serving.misdirected import NothingHere
from ringback.serving.stream import StreamEndpoint
from ringback.serving.tenants import Tenants


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


def router(tenants: Tenants, speak: Mapping[str, ASGIApp]) -> Starlette:
    """What answers on all of them."""
    app = Starlette(routes=routes(tenants, speak))
    app.router.redirect_slashes = False  # /v1/speak/ is another path, and there is nothing
    app.router.default = NothingHere(tenants)
    return app
