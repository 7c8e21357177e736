"""What has to hold under every history of faults, as stories for `explore`."""

import errno
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from examples.django_files.prompts import Spoken, files
from examples.django_files.site import site
from ringback import Emulator, Settings

Telling = Generator[None, None, None]
Stories = Mapping[Callable[[Emulator], Telling], Mapping[str, Any]]
"""Stories, each with what else `explore` is told."""

ORIGIN = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/spoken"
TOGETHER = ("two at once",)
STRANGERS = ("no credential", "wrong credential", "foreign credential")


@contextmanager
def connected(ringback: Emulator, view: type[Spoken]) -> Iterator[None]:
    """The site, made anew, with a folder of its own."""
    with site(view) as made:
        ringback.connect(ORIGIN, made)
        yield


def stories(view: type[Spoken]) -> Stories:
    """What *view* has to do."""

    def each_is_kept_once(ringback: Emulator) -> Telling:
        with connected(ringback, view):
            delivery = ringback.submit("Press 1.", callback=CALLBACK)
            yield
            assert files() == {f"{delivery.request_id}.mp3": delivery.audio}
            assert delivery.state == "delivered"

    def two_at_once_are_one(ringback: Emulator) -> Telling:
        with connected(ringback, view):
            ringback.submit("Press 1.", callback=CALLBACK)
            yield
            assert len(files()) == 1

    def so_it_is_by_put(ringback: Emulator) -> Telling:
        with connected(ringback, view):
            ringback.submit("Press 1.", callback=CALLBACK, callback_method="put")
            yield
            assert len(files()) == 1

    def no_stranger_is_let_in(ringback: Emulator) -> Telling:
        with connected(ringback, view):
            delivery = ringback.submit("Press 1.", callback=CALLBACK)
            yield
            by_strangers = [each for each in delivery.attempts if each.fault in STRANGERS]
            assert [each.status for each in by_strangers] == [401] * len(by_strangers)

    def a_full_disk_loses_nothing(ringback: Emulator) -> Telling:
        class WithAFullDisk(view):  # type: ignore[misc, valid-type]
            full = True

            def keep(self, name: str, body: bytes) -> None:
                if WithAFullDisk.full:
                    WithAFullDisk.full = False
                    raise OSError(errno.ENOSPC, "No space left on device")
                super().keep(name, body)

        with connected(ringback, WithAFullDisk):
            ringback.submit("Press 1.", callback=CALLBACK)
            yield
            assert len(files()) == 1

    def an_error_is_no_audio(ringback: Emulator) -> Telling:
        with connected(ringback, view):
            ringback.fail_job(ringback.submit("Press 1.", callback=CALLBACK))
            yield
            assert files() == {}

    return {
        each_is_kept_once: {"depth": 2},
        two_at_once_are_one: {"faults": TOGETHER, "depth": 1},
        so_it_is_by_put: {"depth": 1},
        no_stranger_is_let_in: {"faults": STRANGERS, "depth": 2},
        a_full_disk_loses_nothing: {"depth": 1},
        an_error_is_no_audio: {"depth": 1, "settings": Settings(callback_errors=True)},
    }
