"""What has to hold under every history of faults, as stories for `explore`."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from examples.flask_worker.held_queue import HeldQueue
from examples.flask_worker.voice_notes import Callback, VoiceNotes
from ringback import Emulator, Settings

Telling = Generator[None, None, None]
Stories = Mapping[Callable[[Emulator], Telling], Mapping[str, Any]]
"""Stories, each with what else `explore` is told."""

ORIGIN = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/spoken"
TOGETHER = ("two at once",)
STRANGERS = ("no credential", "wrong credential", "foreign credential")


@contextmanager
def connected(ringback: Emulator, application: type[VoiceNotes]) -> Iterator[VoiceNotes]:
    """The application, made anew, with a database and a worker of its own."""
    with TemporaryDirectory() as folder:
        made = application(Path(folder) / "notes.db", HeldQueue(ringback), durable=False)
        ringback.connect(ORIGIN, made.wsgi)
        with made.working():
            yield made


def stories(application: type[VoiceNotes]) -> Stories:
    """What *application* has to do."""

    def each_is_published_once(ringback: Emulator) -> Telling:
        with connected(ringback, application) as notes:
            delivery = ringback.submit("Call me back.", callback=CALLBACK)
            yield
            assert notes.notes() == [(delivery.request_id, delivery.audio, 1)]
            assert delivery.state == "delivered"

    def two_at_once_are_one(ringback: Emulator) -> Telling:
        with connected(ringback, application) as notes:
            ringback.submit("Call me back.", callback=CALLBACK)
            yield
            assert len(notes.notes()) == 1

    def so_it_is_by_put(ringback: Emulator) -> Telling:
        with connected(ringback, application) as notes:
            ringback.submit("Call me back.", callback=CALLBACK, callback_method="put")
            yield
            assert len(notes.notes()) == 1

    def no_stranger_is_let_in(ringback: Emulator) -> Telling:
        with connected(ringback, application):
            delivery = ringback.submit("Call me back.", callback=CALLBACK)
            yield
            by_strangers = [each for each in delivery.attempts if each.fault in STRANGERS]
            assert [each.status for each in by_strangers] == [401] * len(by_strangers)

    def a_full_disk_loses_nothing(ringback: Emulator) -> Telling:
        class WithAFullDisk(application):  # type: ignore[misc, valid-type]
            full = True

            def keep(self, callback: Callback) -> bool:
                if self.full:
                    self.full = False
                    raise sqlite3.OperationalError("database or disk is full")
                return bool(super().keep(callback))

        with connected(ringback, WithAFullDisk) as notes:
            ringback.submit("Call me back.", callback=CALLBACK)
            yield
            assert len(notes.notes()) == 1

    def an_error_is_no_audio(ringback: Emulator) -> Telling:
        with connected(ringback, application) as notes:
            ringback.fail_job(ringback.submit("Call me back.", callback=CALLBACK))
            yield
            assert notes.notes() == []

    return {
        each_is_published_once: {"depth": 2},
        two_at_once_are_one: {"faults": TOGETHER, "depth": 1},
        so_it_is_by_put: {"depth": 1},
        no_stranger_is_let_in: {"faults": STRANGERS, "depth": 2},
        a_full_disk_loses_nothing: {"depth": 1},
        an_error_is_no_audio: {"depth": 1, "settings": Settings(callback_errors=True)},
    }
