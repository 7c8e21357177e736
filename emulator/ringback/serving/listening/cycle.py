"""What the server knows of one request beyond what ASGI says: its `receive` and `send` are methods
of an object of uvicorn's. Behind another server, or in process, nobody tells."""

from typing import Any

from starlette.types import Receive, Send

SIGNS_OF_LIFE = "ringback.signs_of_life"
"""The extension of ASGI by which our server tells of pings and pongs, which ASGI does not: a
function that takes what is to be called for each."""

HANG_UP = "ringback.hang_up"
"""The extension of ASGI by which our server ends a WebSocket's connection at once, although its
peer does not read: a function that takes nothing."""


def transport_of(send: Send) -> Any | None:
    """The transport of the caller's connection, if the server tells."""
    return getattr(getattr(send, "__self__", None), "transport", None)


def is_whole(receive: Receive) -> bool:
    """Whether all of a request has come when it is begun to be read, if the server tells. A timer
    for each request that is would cost a tenth of its answer."""
    return not getattr(getattr(receive, "__self__", None), "more_body", True)
