"""Runs the lifespan of an ASGI app: its startup before the first callback, its shutdown after."""

import asyncio
from types import TracebackType
from typing import Any

from ringback.core.callback import Endpoint
from ringback.core.message import CallbackMessage
from ringback.core.outcome import Outcome
from ringback.errors import SettingsError
from ringback.sending.asgi import AsgiApp, AsgiSender, Event, described
from ringback.sending.sender import Limits


class Lifespan:
    """An async context: inside it the app is started, and `state` is what it has provided.

    Entering and leaving raise `SettingsError` when the app fails or speaks no lifespan.
    """

    def __init__(self, app: AsgiApp) -> None:
        """Start nothing yet."""
        self.state: dict[str, Any] = {}
        self._app = app
        self._to_app: asyncio.Queue[Event] = asyncio.Queue()
        self._from_app: asyncio.Queue[Event] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Lifespan":
        """Start the app."""
        self._task = asyncio.create_task(self._run(), name="lifespan of a receiver")
        await self._pass("startup")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Shut the app down, and wait until its callable has returned."""
        await self._pass("shutdown")
        if self._task is not None:
            await self._task

    async def _pass(self, phase: str) -> None:
        await self._to_app.put({"type": f"lifespan.{phase}"})
        try:
            event = await self._from_app.get()
        except BaseException:
            self._abandon()
            raise
        if event["type"] != f"lifespan.{phase}.complete":
            self._abandon()
            reason = event.get("message") or "it gave no reason"
            raise SettingsError(
                f"the app's lifespan failed at {phase}: {reason}; leave lifespan=True out of"
                " connect() if the app has none"
            )

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        reason = "it returned too early"
        try:
            await self._app(scope, self._to_app.get, self._from_app.put)
        except Exception as error:  # noqa: BLE001 - raised where the lifespan is used
            reason = described(error)
        await self._from_app.put({"type": "ended", "message": reason})

    def _abandon(self) -> None:
        if self._task is not None:
            self._task.cancel()


class LifespanSender:
    """A `Sender` into an ASGI *app* that is started before its first callback.

    `send` raises `SettingsError` when the app cannot be started. `close` shuts it down.
    """

    def __init__(self, app: AsgiApp) -> None:
        """Start nothing yet."""
        self._app = app
        self._lifespan = Lifespan(app)
        self._starting = asyncio.Lock()
        self._sender: AsgiSender | None = None

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Start the app if it was not, and call it with *message*."""
        async with self._starting:
            if self._sender is None:
                await self._lifespan.__aenter__()
                self._sender = AsgiSender(self._app, state=self._lifespan.state)
        return await self._sender.send(message, endpoint, limits)

    async def close(self) -> None:
        """Shut the app down, if it was started."""
        if self._sender is not None:
            self._sender = None
            await self._lifespan.__aexit__(None, None, None)
