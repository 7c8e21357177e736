"""What stands around the emulator while a scenario is played: settings, receiver, certificates."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.reply import Answer
from ringback.core.request.endpoint import Endpoint
from ringback.errors import RingbackError, SettingsError
from ringback.receiving.scripted import Receiver
from ringback.scenario.certificates import certify
from ringback.scenario.loopback import LoopbackReceiver
from ringback.scenario.model import Scenario
from ringback.scenario.script import Script, divide
from ringback.scenario.story.story import Story
from ringback.service.service import Service
from ringback.settings.settings import Settings


class NotPlayable(RingbackError):
    """A scenario that cannot be played here, though nothing is wrong with it."""


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

    *to* receives where the scenario has no script for its receiver. Raises `NotPlayable` when
    nobody would receive the callback.
    """
    settings = Settings(**scenario.settings.given)
    replies, endpoint = scenario.replies, scenario.submit.endpoint
    if scenario.needs_an_application and to is None:
        raise NotPlayable(
            "it has no `receiver`: it is for a real application, and needs its base URL"
        )
    if over == "process" or replies is None or endpoint is None:
        return Stage(settings, over, to)
    if settings.follow_redirects:
        raise NotPlayable(
            "a scenario with follow_redirects is played in process: a real receiver cannot tell a"
            " redirected request from the next attempt"
        )
    script = divide(replies, scenario.scripted_faults, settings.retries + 1)
    context = None
    if endpoint.scheme == "https":
        directory = stack.enter_context(TemporaryDirectory(prefix="ringback-"))
        try:
            context, ca_file = certify(Path(directory), endpoint.host)
        except ValueError:
            raise NotPlayable(
                f"no certificate can name the host {endpoint.host}; play the scenario in process"
            ) from None
        settings = settings.changed(ca_file=ca_file)
    receiver = stack.enter_context(LoopbackReceiver(script.answers, context))
    return Stage(settings, over, wire=Wire(receiver, script))


class Asked(Receiver):
    """A scripted receiver that counts how often it is asked: a refused connection counts, too."""

    count = 0

    def answer(self, message: CallbackMessage) -> Answer:
        """Take *message*, count it and answer it."""
        self.count += 1
        return super().answer(message)


def connect(service: Service, scenario: Scenario, stage: Stage, endpoint: Endpoint) -> Asked | None:
    """Lead the callbacks to *endpoint* to whatever receives them on *stage*, the script if it is.

    Raises `SettingsError` where the scenario has faults that nothing can stand behind.
    """
    if stage.wire is not None:
        service.connect(endpoint.origin, stage.wire.receiver.url, stage.wire.script.faults)
    elif scenario.replies is not None:
        receiver = Asked(endpoint.origin, scenario.replies)
        service.connect(endpoint.origin, receiver, scenario.scripted_faults)
        return receiver
    elif stage.to is not None:
        service.connect(endpoint.origin, stage.to, scenario.scripted_faults)
    elif scenario.scripted_faults:
        raise SettingsError(
            "the scenario has `faults`, and its receiver is connected already, without them; hand"
            " the receiver to play() instead"
        )
    return None


def check_settings(settings: Settings, scenario: Scenario | Story) -> None:
    """Refuse to play a scenario under other settings than its own. Raises `SettingsError`."""
    given = scenario.settings.given
    needed = Settings(**given)
    for name, written in given.items():
        wanted, actual = _meaning(needed, name), _meaning(settings, name)
        if actual != wanted:
            raise SettingsError(
                f"the scenario needs {name}={written!r}, and this emulator has {actual!r}; make it"
                f" with Settings({name}={written!r}), or take {name!r} out of the scenario"
            )


def _meaning(settings: Settings, name: str) -> Any:
    """The setting *name*, whichever way it was written."""
    if name == "request_failure":
        return settings.every_failure
    value = getattr(settings, name)
    return value.total_seconds() if isinstance(value, timedelta) else value
