"""The clock of an emulator in another process: the same verbs, answered when all has settled."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ringback.client.transport import Transport
from ringback.client.views import RemoteAttempt, attempts
from ringback.core.base.duration import nanoseconds, seconds, words
from ringback.core.base.predicate import is_true
from ringback.errors import ClockBackwards, NeverTrue

_LONG = 600.0
"""Real seconds that a verb may take: what it waits for has limits of its own."""


class RemoteVerbs:
    """The verbs. Each returns the attempts that it made, and raises what the emulator's would."""

    _transport: Transport

    def settle(self) -> list[RemoteAttempt]:
        """Run what is due now; time stands still."""
        return self._moved("settle")

    def advance(self, delta: float | timedelta) -> list[RemoteAttempt]:
        """Move by *delta* (seconds or `timedelta`), running all that becomes due, end included."""
        return self._moved("advance", {"seconds": seconds(nanoseconds(delta))})

    def advance_to(self, moment: float | timedelta | datetime) -> list[RemoteAttempt]:
        """Move to *moment*: seconds since the start, or an aware `datetime`."""
        if isinstance(moment, datetime):
            return self._moved("advance", {"to": moment.isoformat()})
        span = nanoseconds(moment) - nanoseconds(self._state["elapsed"])
        if span < 0:
            raise ClockBackwards(
                f"the clock cannot go back: it was sent to {words(nanoseconds(moment))}"
            )
        return self._moved("advance", {"seconds": seconds(span)})

    def advance_to_next(self) -> list[RemoteAttempt]:
        """Move to the next due moment and run all of it. Raises `NothingDue`."""
        return self._moved("next")

    def step(self) -> list[RemoteAttempt]:
        """Move until one attempt has ended. Raises `NothingDue`."""
        return self._moved("step")

    def run_until_idle(self) -> list[RemoteAttempt]:
        """Move until nothing is armed any more: after it, nothing more will be sent."""
        return self._moved("idle")

    def advance_until(
        self, predicate: Callable[[], object], within: float | timedelta
    ) -> list[RemoteAttempt]:
        """Move from due moment to due moment until *predicate* is true, at most *within*.

        Raises `NeverTrue`.
        """
        made = self.settle()
        limit = nanoseconds(self._state["elapsed"]) + nanoseconds(within)
        example = "lambda: receiver.requests"
        while not is_true(predicate(), "advance_until()", example):
            due = self._state["next_due"]
            if due is not None and nanoseconds(due) <= limit:
                made += self._moved("next")
                continue
            made += self.advance_to(seconds(limit))
            if is_true(predicate(), "advance_until()", example):
                break
            raise NeverTrue(
                f"advance_until(): not true within {words(nanoseconds(within))}\n"
                f"{self._transport.get('/timeline')['text']}"
            )
        return made

    @property
    def _state(self) -> dict[str, Any]:
        found: dict[str, Any] = self._transport.get("/clock")
        return found

    def _moved(self, verb: str, body: dict[str, Any] | None = None) -> list[RemoteAttempt]:
        told = self._transport.post(f"/clock/{verb}", body, wait=_LONG)["attempts"]
        return attempts(self._transport, told)


class RemoteClock(RemoteVerbs):
    """The clock of an emulator in another process."""

    def __init__(self, transport: Transport) -> None:
        """Ask by *transport*."""
        self._transport = transport

    def __repr__(self) -> str:
        state = self._state
        return f"<RemoteClock {state['mode']} {words(nanoseconds(state['elapsed']))}>"

    @property
    def now(self) -> datetime:
        """The emulator's wall clock, aware, in UTC."""
        return datetime.fromisoformat(self._state["now"])

    @property
    def elapsed(self) -> int | float:
        """Seconds since the start; never decreases."""
        elapsed: int | float = self._state["elapsed"]
        return elapsed

    @property
    def next_due(self) -> int | float | None:
        """When the next thing is due, in seconds since the start; None when nothing is armed."""
        due: int | float | None = self._state["next_due"]
        return due

    @property
    def mode(self) -> str:
        """`paused`, `auto`, `real` or `xN`; `change` goes on in another."""
        return str(self._state["mode"])

    def change(self, mode: str) -> None:
        """Go on in *mode*. Raises `SettingsError`."""
        self._transport.put("/clock", {"mode": mode})
