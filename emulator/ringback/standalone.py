"""`ringback serve`: the emulator as a process of its own, for tests in any language.

It prints one ready line, whose form is fixed, then one line for each refused request and each
attempt. Lines are written by the main thread, so a reader that is slow delays no delivery.
"""

import os
import queue
import signal
import sys
from collections.abc import Callable, Mapping
from types import FrameType

from ringback.clock.real import utc_now
from ringback.core.delivery import State
from ringback.core.duration import SECOND, words
from ringback.core.journal import (
    AttemptFinished,
    DeliveryCancelled,
    Fact,
    JobAccepted,
    ParametersIgnored,
    RequestAnswered,
    RequestRejected,
)
from ringback.emulator import Emulator
from ringback.serving.server import Server
from ringback.settings import Settings
from ringback.views import Deliveries

_MILLISECOND = SECOND // 1000


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 8088,
    connect: Mapping[str, str] | None = None,
    write: Callable[[str], object] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly.

    *connect* maps origins to the base URLs where they lead. *write* takes each line (standard
    output, flushed at once). Raises `ServerError` when it cannot listen, `SettingsError` for a
    route that leads nowhere.
    """
    facts: queue.SimpleQueue[Fact | None] = queue.SimpleQueue()
    say = write or _print
    server = Server(host, port)
    emulator = Emulator(settings, server=server)
    try:
        emulator.open()
        emulator.journal.on_append = facts.put
        for origin, base in (connect or {}).items():
            emulator.connect(origin, base)
        _on_signal(lambda: facts.put(None))
        say(f"ringback ready url={server.url} clock={settings.clock} pid={os.getpid()}")
        while (fact := facts.get()) is not None:
            line = describe(fact, emulator.deliveries)
            if line:
                say(line)
        if emulator.pending:
            say(f"ringback stopped with {len(emulator.pending)} deliveries pending")
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
            refused = fact.rejection
            hint = f" ({refused.hint})" if refused.hint else ""
            return f"{at} speak {refused.status} {refused.code}: {refused.message}{hint}"
        case ParametersIgnored():
            names = ", ".join(map(repr, fact.parameters))
            return f"{at} speak ignored unknown parameters {names} request={fact.request_id}"
        case AttemptFinished():
            attempt = fact.attempt
            state = "" if fact.state is State.SCHEDULED else f" {fact.state}"
            due = "" if fact.due_at is None else f" next={_offset(fact.due_at)}"
            return (
                f"{at} attempt {attempt.number} {attempt.message.method} {attempt.message.url}"
                f" {attempt.outcome.word!r}{state}{due}"
                f" request={deliveries[fact.position].request_id} ({attempt.outcome})"
            )
        case DeliveryCancelled():
            return f"{at} cancelled request={deliveries[fact.position].request_id}: {fact.reason}"
        case _:
            return ""


def default_settings() -> Settings:
    """What `serve` starts with: real time, from the present, for whoever has a key."""
    return Settings(clock="real", epoch=utc_now(), any_key=True)


def _offset(moment: int) -> str:
    return words(moment - moment % _MILLISECOND)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _on_signal(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
