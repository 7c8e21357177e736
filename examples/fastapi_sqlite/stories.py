"""What has to hold under every history of faults, as stories for `explore`."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from examples.fastapi_sqlite.announcements import Announcements, Callback
from ringback import Emulator, Settings

Telling = Generator[None, None, None]
Stories = Mapping[Callable[[Emulator], Telling], Mapping[str, Any]]
"""Stories, each with what else `explore` is told."""

ORIGIN = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/spoken"
TOGETHER = ("two at once",)
STRANGERS = ("no credential", "wrong credential", "foreign credential")


@contextmanager
def connected(ringback: Emulator, application: type[Announcements]) -> Iterator[Announcements]:
    """The application, made anew, with a database of its own."""
    with TemporaryDirectory() as folder:
        made = application(Path(folder) / "announcements.db", durable=False)
        ringback.connect(ORIGIN, made.api)
        yield made


def stories(application: type[Announcements]) -> Stories:
    """What *application* has to do."""

    def each_is_kept_once(ringback: Emulator) -> Telling:
        with connected(ringback, application) as announcements:
            delivery = ringback.submit("Platform 3.", callback=CALLBACK)
            yield
            assert announcements.kept() == [(delivery.request_id, delivery.audio)]
            assert delivery.state == "delivered"

    def two_at_once_are_one(ringback: Emulator) -> Telling:
        with connected(ringback, application) as announcements:
            ringback.submit("Platform 3.", callback=CALLBACK)
            yield
            assert len(announcements.kept()) == 1

    def so_it_is_by_put(ringback: Emulator) -> Telling:
        with connected(ringback, application) as announcements:
            ringback.submit("Platform 3.", callback=CALLBACK, callback_method="put")
            yield
            assert len(announcements.kept()) == 1

    def no_stranger_is_let_in(ringback: Emulator) -> Telling:
        with connected(ringback, application):
            delivery = ringback.submit("Platform 3.", callback=CALLBACK)
            yield
            by_strangers = [each for each in delivery.attempts if each.fault in STRANGERS]
            assert [each.status for each in by_strangers] == [401] * len(by_strangers)

    def a_full_disk_loses_nothing(ringback: Emulator) -> Telling:
        class WithAFullDisk(application):  # type: ignore[misc, valid-type]
            full = True

            async def keep(self, callback: Callback) -> None:
                if self.full:
                    self.full = False
                    raise sqlite3.OperationalError("database or disk is full")
                await super().keep(callback)

        with connected(ringback, WithAFullDisk) as announcements:
            ringback.submit("Platform 3.", callback=CALLBACK)
            yield
            assert len(announcements.kept()) == 1

    def an_error_is_no_audio(ringback: Emulator) -> Telling:
        with connected(ringback, application) as announcements:
            ringback.fail_job(ringback.submit("Platform 3.", callback=CALLBACK))
            yield
            assert announcements.kept() == []

    return {
        each_is_kept_once: {"depth": 2},
        two_at_once_are_one: {"faults": TOGETHER, "depth": 1},
        so_it_is_by_put: {"depth": 1},
        no_stranger_is_let_in: {"faults": STRANGERS, "depth": 2},
        a_full_disk_loses_nothing: {"depth": 1},
        an_error_is_no_audio: {"depth": 1, "settings": Settings(callback_errors=True)},
    }
