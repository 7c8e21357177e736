"""Runs the lifespan of an ASGI app: its startup before the first callback, its shutdown after."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from ringback.errors import SettingsError
from ringback.sending.answers import described, turn
from ringback.sending.asgi import AsgiApp, Event

_TURNS = 10
"""Turns of the loop that a cancelled app has to come to its end, unless it is deaf to that."""


class Lifespan:
    """An async context: inside it the app is started, and `state` is what it has provided.

    Entering and leaving raise `SettingsError` when the app fails or speaks no lifespan. Both
    belong to one loop, not to one task.
    """

    def __init__(self, app: AsgiApp) -> None:
        """Run *app* once the context is entered."""
        self.state: dict[str, Any] = {}
        self._app = app
        self._to_app: asyncio.Queue[Event] = asyncio.Queue()
        self._from_app: asyncio.Queue[Event] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None
        self._interrupt: KeyboardInterrupt | None = None

    async def __aenter__(self) -> "Lifespan":
        """Start the app."""
        self._running = asyncio.create_task(self._run(), name="lifespan of a receiver")
        await self._pass("startup", self._running)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Shut the app down, and wait until its callable has returned."""
        running, self._running = self._running, None
        if running is not None:
            await self._pass("shutdown", running)
            await running

    async def _pass(self, phase: str, running: "asyncio.Task[None]") -> None:
        """Tell the app of *phase*, and wait until it is through with it."""
        self._to_app.put_nowait({"type": f"lifespan.{phase}"})
        completed = False
        try:
            event = await self._from_app.get()
            completed = event.get("type") == f"lifespan.{phase}.complete"
        finally:
            if not completed:
                running.cancel()
                for _ in range(_TURNS):
                    if not running.done():
                        await turn()
        if self._interrupt is not None:
            raise self._interrupt
        if not completed:
            raise SettingsError(
                f"the app's lifespan failed at {phase}; if it has none, leave lifespan=True out of"
                f" connect(): {event.get('message') or 'it gave no reason'}"
            )

    async def _send(self, event: Event) -> None:
        if not isinstance(event, Mapping):
            raise TypeError(f"an event is a dict, not {type(event).__name__}")
        self._from_app.put_nowait(event)

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,  # for the app to fill
        }
        reason = "it returned too early"
        try:
            await self._app(scope, self._to_app.get, self._send)
        except asyncio.CancelledError as error:
            reason = described(error)
            raise
        except BaseException as error:  # noqa: BLE001 - raised where the lifespan is used
            reason = described(error)
            # It would end the loop, and with it whoever waits for it.
            self._interrupt = error if isinstance(error, KeyboardInterrupt) else None
        finally:
            self._from_app.put_nowait({"type": "ended", "message": reason})
