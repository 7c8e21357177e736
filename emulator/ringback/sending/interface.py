"""Which interface an application of this process speaks."""

import inspect
from collections.abc import Callable
from typing import Literal

from ringback.errors import SettingsError

_ALONE = {"tornado.web.Application": "Tornado", "aiohttp.web_app.Application": "aiohttp"}
"""Applications that only their own servers run."""


def takes(app: object) -> Literal["asgi", "wsgi"]:
    """Which interface *app* speaks, by its signature. Raises `SettingsError` if nobody can tell."""
    for cls in type(app).__mro__:
        if (name := _ALONE.get(f"{cls.__module__}.{cls.__qualname__}")) is not None:
            raise SettingsError(
                f"{app!r} is of {name}, which speaks neither ASGI nor WSGI: have it listen on a"
                " port of its own, and pass its base URL, 'http://127.0.0.1:PORT'"
            )
    if callable(app):
        asynchronous = any(map(inspect.iscoroutinefunction, (app, app.__call__)))
        required, open_to_three = _positional(app)
        if required == 3 or (asynchronous and open_to_three):
            return "asgi"
        if required == 2 and not asynchronous:
            return "wsgi"
    raise SettingsError(
        f"cannot tell what {app!r} is: pass a base URL as 'http://127.0.0.1:8000', an ASGI app"
        " (scope, receive, send) or a WSGI app (environ, start_response)"
    )


def _positional(app: Callable[..., object]) -> tuple[int, bool]:
    """How many arguments *app* needs, and whether it can be called with three."""
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):  # some callables written in C have none
        return 0, False
    try:
        signature.bind(1, 2, 3)
    except TypeError:
        open_to_three = False
    else:
        open_to_three = True
    required = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    return len(required), open_to_three
