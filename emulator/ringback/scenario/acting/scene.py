"""What stands around the emulator while a story is played: settings, receivers, certificates."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from tempfile import TemporaryDirectory
from typing import Any

from ringback.core.request.endpoint import Endpoint, split
from ringback.errors import SettingsError
from ringback.scenario.acting.receivers import Lines, OnStage
from ringback.scenario.acting.wires import Wire, WireReceiver, Wires
from ringback.scenario.certificates import certify
from ringback.scenario.staging import NotPlayable, Over
from ringback.scenario.story.arranging import Connection, ScriptedReceiver
from ringback.scenario.story.story import Story
from ringback.service.service import Service
from ringback.settings.settings import Settings


@dataclass(slots=True)
class Scene:
    """How a story is played: *over* what, *to* which application, and who receives.

    *stack* takes down what is set up on the way.
    """

    settings: Settings
    stack: ExitStack
    over: Over = "process"
    to: Any = None
    contexts: dict[str, SSLContext] = field(default_factory=dict)
    wires: Wires = field(default_factory=Wires)
    lines: list[tuple[str, Lines]] = field(default_factory=list)
    """Every script with its place."""

    def receive(self, service: Service, script: ScriptedReceiver) -> Lines:
        """Have *script* answer at its place from now on."""
        lines = Lines(script, lambda: service.clock.now_ns)
        self.lines.append((script.at, lines))
        if self.over == "process":
            service.connect(script.at, OnStage(lines), script.scripted_faults)
            return lines
        context = self.contexts.get(script.at)
        real = self.stack.enter_context(WireReceiver((), context))
        wire = Wire.to(real, lines, service.settings.retries + 1)
        self.wires.add(script.at, wire)
        service.engine.choose(self.wires)
        service.connect(script.at, real.url)
        return lines

    def connect(self, service: Service, connection: Connection) -> None:
        """Lead callbacks to an application from now on."""
        self.wires.leave(connection.at)
        to = self.to if connection.to is None else connection.to
        if to is None:  # on an emulator that has its application connected already
            if connection.faults:
                raise SettingsError(
                    f"the story has `faults` on the way to {connection.at}, and its application is"
                    " connected already, without them"
                )
            return
        service.connect(connection.at, to, connection.scripted_faults)

    @property
    def seen(self) -> dict[str, int]:
        """How many callbacks the scripted receivers at each place have seen."""
        counts: dict[str, int] = {}
        for place, lines in self.lines:
            counts[place] = counts.get(place, 0) + lines.seen
        return counts


def set_the_scene(story: Story, over: Over, to: Any, stack: ExitStack) -> Scene:
    """Prepare the scene for an emulator that is still to be made; *stack* takes it down.

    *to* receives where a step connects no other. Raises `NotPlayable` when nobody would.
    """
    settings = Settings(**story.settings.given)
    if story.needs_an_application and to is None:
        raise NotPlayable(
            "it is for a real application (`connect` without `to`), and needs its base URL"
        )
    scene = Scene(settings, stack, over, to)
    if over == "process":
        return scene
    if settings.follow_redirects:
        raise NotPlayable(
            "a scenario with follow_redirects is played in process: a real receiver cannot tell a"
            " redirected request from the next attempt"
        )
    places = [step.receiver.at for step in story.steps if step.receiver is not None]
    endpoints = {place: split(place) for place in places}
    secure = {
        place: each.host
        for place, each in endpoints.items()
        if isinstance(each, Endpoint) and each.scheme == "https"
    }
    if secure:
        directory = stack.enter_context(TemporaryDirectory(prefix="ringback-"))
        hosts = list(dict.fromkeys(secure.values()))
        try:
            context, ca_file = certify(Path(directory), *hosts)
        except ValueError:
            raise NotPlayable(
                f"no certificate can name the host {hosts[-1]}; play the scenario in process"
            ) from None
        scene.contexts = dict.fromkeys(secure, context)
        scene.settings = settings.changed(ca_file=ca_file)
    return scene
