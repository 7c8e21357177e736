"""Puts the jobs of the model on an emulator, and reads its journal as the model writes it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ringback import AsyncEmulator, Attempt, Emulator
from ringback.core.base.duration import SECOND
from ringback.core.facts import AttemptFinished
from tests.properties.clock_model import Ended, Plan, reply_of


class Stage:
    """Puts jobs on an emulator, and reads its journal as the model writes it."""

    def __init__(self, emulator: Emulator | AsyncEmulator, turns: Callable[[], int] = int) -> None:
        """*turns* says how many turns of the loop an application takes for each answer."""
        self.emulator = emulator
        self.gated = False
        self.arrived = asyncio.Event()
        self.gate = asyncio.Event()
        self.seen: list[tuple[datetime, int]] = []
        self._turns = turns

    def submit(self, plan: Plan) -> int:
        position = len(self.emulator.deliveries)
        origin = f"https://job{position}.example"
        if plan.app:
            self.emulator.connect(origin, self._app(plan))
        else:
            self.emulator.receiver(origin, [reply_of(told) for told in plan.told])
        return self.emulator.submit("Hello", callback=origin).position

    def _app(self, plan: Plan) -> Any:
        arrivals = iter(range(1, 1_000))

        async def app(scope: Any, receive: Any, send: Any) -> None:
            told = plan.of(next(arrivals))
            clock = self.emulator.clock
            self.seen.append((clock.now, round(clock.elapsed * SECOND)))
            for _ in range(self._turns()):
                await asyncio.sleep(0)
            if self.gated:
                self.gated = False
                self.arrived.set()
                await self.gate.wait()
            for child in told.children:
                self.submit(child)
            await send({"type": "http.response.start", "status": int(told.word), "headers": []})
            await send({"type": "http.response.body"})

        return app

    @property
    def ended(self) -> list[Ended]:
        return [
            (
                fact.position,
                fact.attempt.number,
                fact.attempt.started_at,
                fact.attempt.finished_at,
                fact.attempt.outcome.word,
            )
            for fact in self.emulator.journal
            if isinstance(fact, AttemptFinished)
        ]


def numbered(attempts: list[Attempt]) -> list[tuple[int, int, str]]:
    return [(each.number, round(each.started_at * SECOND), each.word) for each in attempts]
