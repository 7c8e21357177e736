"""Every fact as it happens, as a stream of server-sent events.

A stream keeps no more than a place in the journal, so whoever does not read costs no memory. Who
does not read for too long is cut off, and resumes behind the last event that it has seen.
"""

import json
from typing import Any

from starlette.types import Message

from ringback.control.asked import Since
from ringback.control.listening import Listening, within
from ringback.control.operations import Call
from ringback.control.problems import Problem, quoted
from ringback.control.shapes import Shapes
from ringback.core.answer.problem import OURS
from ringback.service.service import Service
from ringback.serving.exchange import encoded, header
from ringback.serving.listening.cycle import transport_of

PATIENCE = 30.0
"""Real seconds after which a stream that takes nothing is cut off."""

HEARTBEAT = 15.0
"""Real seconds without a fact after which a stream says that it is there."""

_AT_ONCE = 64
"""Facts that are written at a time."""


async def events(call: Call) -> None:
    """Send what happened from a place on, and then what happens."""
    service = call.service
    place = _beginning(call, service)
    start = {"type": "http.response.start", "status": 200}
    headers = encoded([("content-type", "text/event-stream; charset=utf-8"), *OURS])
    await call.send(start | {"headers": headers})
    stream = _Stream(call)
    await stream.write(b": every fact, as it happens\n\n" + _reset_before(call, service))
    while not stream.over:
        await stream.tell(service, place)
        if not stream.over:
            following = service.succession.successor
            if following is None:
                break
            service, place = following, 0
            await stream.write(_event("reset", {"fact": "reset"}, f"{service.life}-"))
    if not stream.cut:
        await call.send({"type": "http.response.body", "body": b""})
    elif stream.torn_down:  # the server takes an answer that ends before that for a fault
        while (await call.receive())["type"] != "http.disconnect":
            pass


class _Stream:
    """What is written, as long as somebody takes it."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.over = False
        self.cut = False
        self.torn_down = False

    async def tell(self, service: Service, place: int) -> None:
        """Tell all facts of *service* from *place* on, until it ends or the caller has gone."""
        with Listening(service, self._call.receive) as listening:
            while not (self.over or listening.gone):
                listening.look()
                told, place = _told(service, place)
                if told:
                    await self.write(told)
                elif service.clock.closed and service.succession.known:
                    break
                elif not await listening.rung(HEARTBEAT):
                    await self.write(b": still here\n\n")
            self.over = self.over or listening.gone

    async def write(self, text: bytes) -> None:
        """Write *text*, and wait until the caller's connection has taken it, or for too long."""
        message = {"type": "http.response.body", "body": text, "more_body": True}
        if not await within(PATIENCE, self._written(message)):
            self._cut_off()

    async def _written(self, message: Message) -> None:
        await self._call.send(message)

    def _cut_off(self) -> None:
        """End the connection: what is in its buffers nobody will ever read."""
        self.over = self.cut = True
        if (transport := transport_of(self._call.send)) is not None:
            transport.abort()
            self.torn_down = True


def _beginning(call: Call, service: Service) -> int:
    """From which place on, as a stream that was cut off says it, or the query. Raises `Problem`."""
    last = header(call.scope, b"last-event-id")
    if not last:
        return call.asked(Since).since
    life, dash, place = last.rpartition("-")
    if not (place.isascii() and place.isdigit() and len(place) < 16):
        if life and dash and not place:  # the reset was the last that it saw
            return 0
        raise Problem(
            422, f"Last-Event-ID {quoted(last)} is none of this stream's: leave it out to begin"
        )
    return 0 if life and life != str(service.life) else int(place) + 1


def _reset_before(call: Call, service: Service) -> bytes:
    """What tells a stream that resumes that the emulator has begun again meanwhile."""
    life, dash, _ = (header(call.scope, b"last-event-id") or "").rpartition("-")
    if not dash or life == str(service.life):
        return b""
    return _event("reset", {"fact": "reset"}, f"{service.life}-")


def _told(service: Service, place: int) -> tuple[bytes, int]:
    """The next facts from *place* on as events, and the place behind them."""
    journal = service.journal
    with service.lock:
        dropped = journal.dropped
        first = max(place, dropped)
        facts = journal[first - dropped : first - dropped + _AT_ONCE]
    shapes = Shapes(service)
    parts = []
    if first > place:
        parts.append(_event("dropped", {"fact": "dropped", "facts": first - place}, ""))
    for number, fact in enumerate(facts, start=first):
        told = shapes.fact(number, fact)
        parts.append(_event(told.fact, told.model_dump(mode="json"), f"{service.life}-{number}"))
    return b"".join(parts), first + len(facts)


def _event(name: str, data: dict[str, Any], place: str) -> bytes:
    """One event. JSON has no line breaks, so nothing that is told can forge another."""
    numbered = f"id: {place}\n" if place else ""
    return f"{numbered}event: {name}\ndata: {json.dumps(data)}\n\n".encode()
