"""Calls an ASGI app with its lifespan: started before its first callback, shut down at the end."""

import asyncio
from contextlib import AsyncExitStack

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint
from ringback.sending.asgi import AsgiApp, AsgiSender
from ringback.sending.lifespan import Lifespan
from ringback.sending.sender import Limits


class StartedAsgiSender:
    """A `Sender` into an ASGI *app* that is started first.

    `send` and `close` raise `SettingsError` when the app fails to start or to shut down.
    """

    def __init__(self, app: AsgiApp) -> None:
        """Start *app* with its first message."""
        self._app = app
        self._starting = asyncio.Lock()
        self._sender: AsgiSender | None = None
        self._stack = AsyncExitStack()

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Start the app if it was not, and call it with *message*."""
        # Attempts may come at once where time flows, and only one of them is to start the app.
        async with self._starting:
            if self._sender is None:
                lifespan = await self._stack.enter_async_context(Lifespan(self._app))
                self._sender = AsgiSender(self._app, state=lifespan.state)
        return await self._sender.send(message, endpoint, limits)

    async def close(self) -> None:
        """Shut the app down, if it was started."""
        await self._stack.aclose()
