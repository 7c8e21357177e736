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
from ringback.core.journal import Fact
from ringback.faces.emulator import Emulator
from ringback.service.deliveries import Deliveries
from ringback.service.telling import described, line
from ringback.serving.server import Server
from ringback.settings.settings import Settings

Lines: TypeAlias = "queue.SimpleQueue[Fact | str | None]"
"""What is to be written: facts, lines as they are, and None for the end."""

_ENDING = (signal.SIGINT, signal.SIGTERM)

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
    server = Server(host, port, tell=lambda rejection: lines.put(f"guard {described(rejection)}"))
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


def default_settings() -> Settings:
    """What `serve` starts with: real time, from the present, for whoever has a key."""
    return Settings(clock="real", epoch=told_wall(), any_key=True)


def _write(lines: Lines, deliveries: Deliveries) -> None:
    """Write *lines* to standard output, past its buffer: nothing is left to flush at the end."""
    if sys.stdout is None:
        return
    file = sys.stdout.fileno()
    with suppress(BrokenPipeError):  # nobody reads any more
        while (each := lines.get()) is not None:
            text = each if isinstance(each, str) else line(each, deliveries)
            rest = f"{text}\n".encode(errors="backslashreplace") if text else b""
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
