"""`ringback serve`: the emulator as a process of its own, for tests in any language.

It prints one ready line, whose form is fixed, then one line for each refused request and each
attempt, and at its end what was still pending.
"""

import os
import queue
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from ringback.cli.hosting import hosted, hosted_tenants
from ringback.cli.lines import Lines
from ringback.cli.signs import standing, take_down
from ringback.clock.real import told_wall
from ringback.core.base.rejection import Rejection
from ringback.core.facts import Fact
from ringback.errors import SettingsError
from ringback.faces.emulator import Emulator
from ringback.service.service import Service
from ringback.service.telling import described, line
from ringback.serving.server import Server
from ringback.settings.settings import Settings

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")

_PATIENCE = 0.5
"""Real seconds that the end waits for whoever reads the last lines."""

_GLANCE = 0.2
"""Real seconds between looks for a signal that came just before a wait, and so did not end it."""


def serve(
    settings: Settings, options: Mapping[str, Any], given: Mapping[str, Any] | None = None
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then stop cleanly.

    Nothing listens before all of it is there. *options* are those of `ringback.settings.options`;
    *given* are those, and the settings, that are no defaults.
    Raises `ServerError` when it cannot listen, or write the files that say so, `SettingsError` for
    a route that leads nowhere, and `ScenarioError`.
    """
    lines = Lines()

    def tell_refused(rejection: Rejection) -> None:
        lines.put(f"guard {described(rejection)}")

    with _housed(settings, options, given or {}, lines, tell_refused) as (emulators, server):
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
        for emulator in emulators:
            emulator.journal.on_append = None  # what the end itself does to it is no event
            for each in _last_words(emulator, f" {_tag(emulator.key_id)}" * options["tenants"]):
                lines.put(each)
    lines.end(_PATIENCE)


@contextmanager
def _housed(
    settings: Settings,
    options: Mapping[str, Any],
    given: Mapping[str, Any],
    lines: Lines,
    tell_refused: Callable[[Rejection], None],
) -> Iterator[tuple[Iterable[Emulator], Server]]:
    """Whoever is to be served, and by what. What happens to them is told in *lines*."""

    def tell(fact: Fact) -> None:
        lines.put(partial(line, fact))

    def listen(service: Service) -> None:
        service.journal.on_append = tell

    def tell_of(key_id: str, fact: Fact) -> None:
        lines.put(lambda: f"{line(fact)} {_tag(key_id)}".lstrip() if line(fact) else "")

    _check(options, given)
    if options["tenants"]:
        dated = "epoch" in given
        with hosted_tenants(
            settings, options, tell_refused, tell_of, lines.put, lines.put, dated=dated
        ) as tenants:
            yield tenants
        return
    with hosted(settings, options, tell_refused, lines.put) as (emulator, server):
        emulator._begin_with(listen)
        yield [emulator], server


def _check(options: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant together. Raises `SettingsError`."""
    if options["tenants"] and given.get("api_key") is not None:
        raise SettingsError("api_key fixes one key, and with --tenants each key has an emulator")
    for name in ("max_tenants", "tenant_idle"):
        if name in given and not options["tenants"]:
            raise SettingsError(f"--{name.replace('_', '-')} is about tenants: add --tenants")


def _tag(key_id: str) -> str:
    return f"tenant={key_id[:8]}"


def default_settings() -> Settings:
    """What `serve` starts with, unless it is told otherwise."""
    return Settings(**defaults())


def defaults() -> dict[str, Any]:
    """What is other than in `Settings`: real time, from the present, for whoever has a key."""
    return {"clock": "real", "epoch": told_wall(), "any_key": True, "keep": 10_000}


def _last_words(emulator: Emulator, whose: str = "") -> list[str]:
    """What is dropped with *emulator*, and what it has dropped before; *whose* ends each line."""
    words = []
    pending = list(emulator.pending)
    if pending:
        noun = "delivery" if len(pending) == 1 else "deliveries"
        words.append(f"ringback stopped with {len(pending)} {noun} pending{whose}")
    words += [
        f"pending request={each.request_id} callback={each.endpoint}{whose}" for each in pending
    ]
    dropped = emulator.dropped
    if any(dropped.values()):
        counts = ", ".join(f"{count} {what}" for what, count in dropped.items() if count)
        words.append(f"ringback kept {emulator.settings.keep} of each, and dropped {counts}{whose}")
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
