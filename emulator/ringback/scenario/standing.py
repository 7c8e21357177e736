"""The receivers and faults of a scenario file, for an emulator that plays no story of its own."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Unreachable
from ringback.core.delivery.reply import Answer, answer_of
from ringback.errors import SettingsError
from ringback.receiving.scripted import Receiver
from ringback.scenario.acting.receivers import Lines, Now
from ringback.scenario.reading import ScenarioFile
from ringback.scenario.story.arranging import Connection, ScriptedReceiver
from ringback.scenario.story.story import Story
from ringback.service.service import Service

MOST = 10_000
"""Deliveries whose place in the script is remembered."""


class EachFromTheBeginning(Receiver):
    """A scripted receiver that answers each request's callbacks from the beginning of its list.

    Where callbacks do not say whose they are, the list is for all of them, in order of arrival.
    """

    script: ScriptedReceiver
    now: Now
    places: OrderedDict[str, Lines]

    def __init__(self, script: ScriptedReceiver, now: Now, keep: int | None) -> None:
        """Answer by *script*, and keep as many requests."""
        super().__init__(script.at, keep=keep)
        vars(self).update(script=script, now=now, places=OrderedDict())

    def answer(self, message: CallbackMessage) -> Answer:
        """Take *message* and answer it."""
        answer = answer_of(self._place(message.headers.get("dg-request-id", "")).take())
        if not isinstance(answer.outcome, Unreachable):
            self._requests.append(message)
        return answer

    def _place(self, request_id: str) -> Lines:
        place = self.places.get(request_id)
        if place is None:
            place = self.places[request_id] = Lines(self.script, self.now)
            if len(self.places) > MOST:
                self.places.popitem(last=False)
        return place


def stand(service: Service, file: ScenarioFile, routes: Mapping[str, str]) -> None:
    """Put up on *service* who receives in *file*, with the faults on the way.

    At each place stands what its story puts there first. Where that is an application, *routes*
    say where it is, by place. Raises `SettingsError` where they do not.
    """
    for place, entry in first_of(file).items():
        if isinstance(entry, ScriptedReceiver):
            receiver = EachFromTheBeginning(
                entry, lambda: service.clock.now_ns, service.settings.keep
            )
            service.connect(place, receiver, entry.scripted_faults)
            continue
        to = routes.get(place, entry.to)
        if to is None:
            raise SettingsError(
                f"{file.name}: an application receives at {place}: add --connect {place}=URL"
            )
        service.connect(place, to, entry.scripted_faults)


def first_of(file: ScenarioFile) -> dict[str, ScriptedReceiver | Connection]:
    """What stands at each place of *file* first."""
    found: dict[str, ScriptedReceiver | Connection] = {}
    for entry in _entries(file):
        found.setdefault(entry.at, entry)
    return found


def _entries(file: ScenarioFile) -> Iterator[ScriptedReceiver | Connection]:
    scenario = file.scenario
    if isinstance(scenario, Story):
        for step in scenario.steps:
            if step.receiver is not None:
                yield step.receiver
            elif step.connect is not None:
                yield step.connect
        return
    endpoint = scenario.submit.endpoint
    if endpoint is None:
        return
    at, faults = endpoint.origin, scenario.faults
    if scenario.receiver is None:
        yield Connection.model_construct(at=at, to=None, faults=faults)
    else:
        yield ScriptedReceiver.model_construct(
            at=at, replies=scenario.receiver, faults=faults, down=()
        )
