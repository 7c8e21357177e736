"""`ringback serve`: the emulator as a process of its own, for tests in any language.

It prints one ready line, whose form is fixed, then one line for each refused request and each
attempt, and at its end what was still pending.
"""

import os
import queue
import signal
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from ringback.cli.hosting import hosted
from ringback.cli.lines import Lines
from ringback.cli.signs import standing, take_down
from ringback.clock.real import told_wall
from ringback.core.base.rejection import Rejection
from ringback.core.journal import Fact
from ringback.faces.emulator import Emulator
from ringback.service.service import Service
from ringback.service.telling import described, line
from ringback.settings.settings import Settings

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")

_PATIENCE = 0.5
"""Real seconds that the end waits for whoever reads the last lines."""

_GLANCE = 0.2
"""Real seconds between looks for a signal that came just before a wait, and so did not end it."""


def serve(settings: Settings, options: Mapping[str, Any]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then stop cleanly.

    Nothing listens before all of it is there. *options* are those of `ringback.settings.options`.
    Raises `ServerError` when it cannot listen, or write the files that say so, `SettingsError` for
    a route that leads nowhere.
    """
    lines = Lines()

    def tell_refused(rejection: Rejection) -> None:
        lines.put(f"guard {described(rejection)}")

    def tell(fact: Fact) -> None:
        lines.put(partial(line, fact))

    def listen(service: Service) -> None:
        service.journal.on_append = tell

    host, port = options["host"], options["port"]
    with hosted(settings, options, tell_refused, host=host, port=port) as (emulator, server):
        emulator._begin_with(listen)
        signals = _signals()
        files = {name: options[name] for name in ("ready_file", "port_file") if options[name]}
        take_down(files.values())
        ready = f"ringback ready url={server.url} clock={settings.clock} pid={os.getpid()}"
        # First in line, before anybody can be answered; written once it is true.
        lines.put(ready)
        server.listen()
        told = {"ready_file": ready, "port_file": str(server.port)}
        with standing({path: told[name] for name, path in files.items()}):
            lines.start()
            _wait_for(signals)
        for each in _last_words(emulator):
            lines.put(each)
        lines.end(_PATIENCE)


def default_settings() -> Settings:
    """What `serve` starts with, unless it is told otherwise."""
    return Settings(**defaults())


def defaults() -> dict[str, Any]:
    """What is other than in `Settings`: real time, from the present, for whoever has a key."""
    return {"clock": "real", "epoch": told_wall(), "any_key": True, "keep": 10_000}


def _last_words(emulator: Emulator) -> list[str]:
    """What is dropped with *emulator*, and what it has dropped before."""
    words = []
    pending = list(emulator.pending)
    if pending:
        noun = "delivery" if len(pending) == 1 else "deliveries"
        words.append(f"ringback stopped with {len(pending)} {noun} pending")
    words += [f"pending request={each.request_id} callback={each.endpoint}" for each in pending]
    dropped = emulator.dropped
    if any(dropped.values()):
        counts = ", ".join(f"{count} {what}" for what, count in dropped.items() if count)
        words.append(f"ringback kept {emulator.settings.keep} of each, and dropped {counts}")
    return words


def _signals() -> "queue.SimpleQueue[int]":
    """From now on no signal ends anything, but comes here; of those that are not ignored."""
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in _numbers():
        if number is signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, lambda number, _frame: signals.put(number))
    return signals


def _wait_for(signals: "queue.SimpleQueue[int]") -> None:
    """Wait for the first of *signals*; from then on others are ignored, for the end is near."""
    came = None
    while came is None:
        with suppress(queue.Empty):
            came = signals.get(timeout=_GLANCE)
    for number in _numbers():
        signal.signal(number, signal.SIG_IGN)


def _numbers() -> list[signal.Signals]:
    """The signals that end it, of those that the system has."""
    return [signal.Signals[name] for name in _ENDING if hasattr(signal, name)]
