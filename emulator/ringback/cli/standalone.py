"""`ringback serve`: the emulator as a process of its own, for tests in any language.

It prints one ready line, whose form is fixed, then one line for each refused request and each
attempt. A thread of its own writes the lines, so whoever reads slowly, or not at all, delays
neither a delivery nor the end.
"""

import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

from ringback.clock.real import told_wall
from ringback.core.base.duration import SECOND, words
from ringback.core.delivery.delivery import State
from ringback.core.journal import (
    AnswerFailed,
    AttemptFinished,
    DeliveryCancelled,
    Fact,
    JobAccepted,
    JobFailed,
    ParametersIgnored,
    RequestAnswered,
    RequestRejected,
    StreamClosed,
    StreamFlushed,
    StreamOpened,
    StreamWarned,
    TokenGranted,
)
from ringback.faces.emulator import Emulator, described
from ringback.service.streams import told
from ringback.serving.server import Server
from ringback.settings.settings import Settings
from ringback.views import Deliveries

Lines: TypeAlias = "queue.SimpleQueue[Fact | str | None]"
"""What is to be written: facts, lines as they are, and None for the end."""

_ENDING = (signal.SIGINT, signal.SIGTERM)

_MILLISECOND = SECOND // 1000

_PATIENCE = 0.5
"""Real seconds that the end waits for whoever reads the last lines."""

_GLANCE = 0.2
"""Real seconds between looks for a signal that came just before a wait, and so did not end it."""


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 8088,
    connect: Mapping[str, str] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly.

    *connect* maps origins to the base URLs where they lead. Raises `ServerError` when it cannot
    listen, `SettingsError` for a route that leads nowhere.
    """
    lines: Lines = queue.SimpleQueue()
    server = Server(host, port)
    emulator = Emulator(settings, server=server)
    try:
        emulator.open()
        lines.put(f"ringback ready url={server.url} clock={settings.clock} pid={os.getpid()}")
        emulator.journal.on_append = lines.put
        for origin, base in (connect or {}).items():
            emulator.connect(origin, base)
        signals = _signals()
        writer = threading.Thread(
            target=_write, args=(lines, emulator.deliveries), name="ringback lines", daemon=True
        )
        writer.start()
        _wait_for(signals)
        if count := len(emulator.pending):
            noun = "delivery" if count == 1 else "deliveries"
            lines.put(f"ringback stopped with {count} {noun} pending")
        lines.put(None)
        writer.join(_PATIENCE)
    finally:
        emulator.close()
        server.stop()


def describe(fact: Fact, deliveries: Deliveries) -> str:
    """One line about *fact*, or nothing for what is not worth one."""
    at = _offset(fact.at)
    match fact:
        case RequestAnswered():
            return f"{at} speak 200 audio request={fact.request_id}"
        case JobAccepted():
            endpoint = deliveries[fact.position].endpoint
            return f"{at} speak 200 accepted request={fact.request_id} callback={endpoint}"
        case RequestRejected():
            return f"{at} speak {described(fact.rejection)}"
        case ParametersIgnored():
            names = ", ".join(map(str, fact.parameters))
            return f"{at} speak ignored unknown parameters {names} request={fact.request_id}"
        case AnswerFailed():
            return f"{at} speak {fact.failure} request={fact.request_id}"
        case TokenGranted():
            return f"{at} auth granted a token for {fact.ttl} s"
        case JobFailed():
            request_id = deliveries[fact.position].request_id
            return f"{at} failed {described(fact.rejection)} request={request_id}"
        case StreamOpened():
            return f"{at} stream 101 opened request={fact.request_id}"
        case StreamFlushed() | StreamWarned() | StreamClosed():
            return f"{at} stream {told(fact)} request={fact.request_id}"
        case AttemptFinished():
            attempt = fact.attempt
            state = "" if fact.state is State.SCHEDULED else f" {fact.state}"
            due = "" if fact.due_at is None else f" next={_offset(fact.due_at)}"
            copy = "" if attempt.copy is None else f"; copy: {attempt.copy}"
            return (
                f"{at} attempt {attempt.number} {attempt.message.method} {attempt.message.url}"
                f" {attempt.outcome.word!r}{state}{due}"
                f" request={deliveries[fact.position].request_id} ({attempt.outcome}{copy})"
            )
        case DeliveryCancelled():
            return f"{at} cancelled request={deliveries[fact.position].request_id}: {fact.reason}"
        case _:
            return ""


def default_settings() -> Settings:
    """What `serve` starts with: real time, from the present, for whoever has a key."""
    return Settings(clock="real", epoch=told_wall(), any_key=True)


def _offset(moment: int) -> str:
    return words(moment - moment % _MILLISECOND)


def _write(lines: Lines, deliveries: Deliveries) -> None:
    """Write *lines* to standard output, past its buffer: nothing is left to flush at the end."""
    if sys.stdout is None:
        return
    file = sys.stdout.fileno()
    with suppress(BrokenPipeError):  # nobody reads any more
        while (each := lines.get()) is not None:
            line = each if isinstance(each, str) else describe(each, deliveries)
            rest = f"{line}\n".encode(errors="backslashreplace") if line else b""
            while rest:
                rest = rest[os.write(file, rest) :]


def _signals() -> "queue.SimpleQueue[int]":
    """From now on SIGINT and SIGTERM end nothing, but come here."""
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in _ENDING:
        signal.signal(number, lambda number, _frame: signals.put(number))
    return signals


def _wait_for(signals: "queue.SimpleQueue[int]") -> None:
    """Wait for the first of *signals*; from then on others are ignored, for the end is near."""
    came = None
    while came is None:
        with suppress(queue.Empty):
            came = signals.get(timeout=_GLANCE)
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
