"""The streams of a story: opened, spoken on, listened to, left."""

import json
from collections.abc import Callable, Iterator
from functools import partial

from ringback.scenario.acting.listening import enough, frame_checks
from ringback.scenario.acting.scene import Scene
from ringback.scenario.acting.subjects import Subjects
from ringback.scenario.acting.talks import Talk, open_here
from ringback.scenario.comparing import Check
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.references import STREAM
from ringback.scenario.story.streaming import ExpectFrames, OfStream, Open, Send
from ringback.service.service import Service


class Streams:
    """All of them."""

    def __init__(
        self, service: Service, scene: Scene, subjects: Subjects, url: Callable[[], str]
    ) -> None:
        """None is open. *url* is that of the emulator, for those on a socket."""
        self._service = service
        self._scene = scene
        self._subjects = subjects
        self._url = url

    def open(self, said: Open, where: DocumentPath) -> None:
        """Open one. It is left at the latest when the scene is taken down."""
        subject = self._subjects.add(STREAM, said.label, where)
        if self._scene.over == "process":
            talk = open_here(self._service, said)
        else:
            from ringback.scenario.acting.wire_talks import open_on_a_wire

            talk = open_on_a_wire(self._service, self._url(), said)
        self._scene.stack.callback(talk.leave)
        subject.talk, subject.request_id = talk, talk.request_id

    def send(self, said: Send) -> None:
        """Say all of it."""
        talk = self._talk(said.on)
        for frame in said.frames:
            talk.send(frame if isinstance(frame, str) else json.dumps(frame))

    def ping(self, said: OfStream) -> None:
        """Show on one that somebody is there."""
        self._talk(said.on).ping()

    def close(self, said: OfStream) -> None:
        """Leave one."""
        self._talk(said.on).leave()

    def checks(self, said: ExpectFrames, where: DocumentPath) -> Iterator[Check]:
        """Hold what has been heard against what is expected, which stands at *where*."""
        subject = self._subjects.find(said.on, STREAM)
        frames = self._talk(said.on).heard(partial(enough, said.frames))
        known = {"$key_id": self._service.key.identifier, "$request_id": subject.request_id}
        yield from frame_checks(subject.label, where, said.frames, frames, known)

    def _talk(self, name: str | None) -> Talk:
        talk = self._subjects.find(name, STREAM).talk
        if talk is None:
            raise AssertionError("a stream has a talk from its opening on")
        return talk
