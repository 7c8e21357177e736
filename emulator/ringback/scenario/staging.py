"""What stands around the emulator while a scenario is played: settings, receiver, certificates."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ringback.core.callback import Endpoint
from ringback.errors import SettingsError
from ringback.scenario.certificates import certify
from ringback.scenario.loopback import LoopbackReceiver
from ringback.scenario.model import Scenario
from ringback.scenario.script import Script, divide
from ringback.settings import Settings

if TYPE_CHECKING:
    from ringback.emulator import AsyncEmulator, Emulator

Over: TypeAlias = Literal["process", "sockets"]


@dataclass(frozen=True, slots=True)
class Wire:
    """A real *receiver*, and the *script* that it shares with the dispatcher's faults."""

    receiver: LoopbackReceiver
    script: Script


@dataclass(frozen=True, slots=True)
class Stage:
    """How a scenario is played: *over* what, *to* which application, over which *wire*."""

    settings: Settings
    over: Over = "process"
    to: Any = None
    wire: Wire | None = None


def set_up(scenario: Scenario, over: Over, to: Any, stack: ExitStack) -> Stage:
    """Prepare a stage for an emulator that is still to be made; *stack* takes it down.

    Raises `SettingsError` when nobody would receive the callback, or two would.
    """
    settings = Settings(**scenario.settings.given)
    replies, endpoint = scenario.replies, scenario.submit.endpoint
    if replies is None and to is None and not scenario.expect.refused:
        raise SettingsError(
            "this scenario has no `receiver`: it is for a real application, and needs its base URL"
            " (ringback play --to http://127.0.0.1:PORT)"
        )
    if replies is not None and to is not None:
        raise SettingsError(
            "this scenario scripts its own `receiver`; take that out to play it to an application"
        )
    if over == "process" or replies is None or endpoint is None:
        return Stage(settings, over, to)
    if settings.follow_redirects:
        raise SettingsError(
            "a scenario with follow_redirects is played in process: a real receiver cannot tell a"
            " redirected request from the next attempt"
        )
    script = divide(replies, scenario.mishaps, settings.retries + 1)
    context = None
    if endpoint.scheme == "https":
        directory = stack.enter_context(TemporaryDirectory(prefix="ringback-"))
        context, ca_file = certify(endpoint.host, Path(directory))
        settings = settings.changed(ca_file=ca_file)
    receiver = stack.enter_context(LoopbackReceiver(script.answers, context))
    return Stage(settings, over, wire=Wire(receiver, script))


def connect(
    emulator: "Emulator | AsyncEmulator", scenario: Scenario, stage: Stage, endpoint: Endpoint
) -> None:
    """Lead the callbacks to *endpoint* to whatever receives them on *stage*."""
    if stage.wire is not None:
        emulator.connect(endpoint.origin, stage.wire.receiver.url, stage.wire.script.faults)
    elif scenario.replies is not None:
        emulator.receiver(endpoint.origin, scenario.replies, scenario.mishaps)
    elif stage.to is not None:
        emulator.connect(endpoint.origin, stage.to, scenario.mishaps)
    elif scenario.mishaps:
        raise SettingsError(
            "the scenario has `faults`, and its receiver is connected already, without them; hand"
            " the receiver to play() instead"
        )


def check_settings(settings: Settings, scenario: Scenario) -> None:
    """Refuse to play a scenario under other settings than its own. Raises `SettingsError`."""
    for name, wanted in scenario.settings.given.items():
        actual = getattr(settings, name)
        if isinstance(actual, timedelta):
            actual = actual.total_seconds()
        if actual != wanted:
            raise SettingsError(
                f"the scenario needs {name}={wanted!r}, and this emulator has {actual!r}; make it"
                f" with Settings({name}={wanted!r}), or take {name!r} out of the scenario"
            )
