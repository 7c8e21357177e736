"""The suite of the application, with the fixture `ringback`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from examples.django_files.mistakes import MISTAKES
from examples.django_files.prompts import Spoken, files
from examples.django_files.site import site
from ringback import Emulator

ORIGIN = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/spoken"

pytestmark = [pytest.mark.needs_tool, pytest.mark.usefixtures("prompts")]


@pytest.fixture
def prompts(ringback: Emulator, mistake: str | None) -> Iterator[None]:
    with site(Spoken if mistake is None else MISTAKES[mistake]) as application:
        ringback.connect(ORIGIN, application)
        yield


def test_the_audio_is_a_file_named_by_its_request_id(ringback: Emulator) -> None:
    delivery = ringback.submit("Press 1.", callback=CALLBACK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 204"]
    assert files() == {f"{delivery.request_id}.mp3": delivery.audio}


def test_it_may_come_by_put(ringback: Emulator) -> None:
    delivery = ringback.submit("Press 1.", callback=CALLBACK, callback_method="put")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s PUT 204"]
    assert len(files()) == 1


def test_what_comes_again_is_kept_once(ringback: Emulator) -> None:
    delivery = ringback.submit("Press 1.", callback=CALLBACK, faults=["answer lost"])
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST answer lost", "+30s POST 204"]
    assert files() == {f"{delivery.request_id}.mp3": delivery.audio}


def test_who_does_not_know_the_password_is_refused(ringback: Emulator) -> None:
    faults = ["no credential", "wrong credential", "foreign credential"]
    delivery = ringback.submit("Press 1.", callback=CALLBACK, faults=faults)
    ringback.advance(60)
    assert delivery.statuses == [401, 401, 401]
    assert files() == {}
    ringback.run_until_idle()
    assert delivery.statuses[3:] == [204]


def test_while_nothing_can_be_written_nothing_is_acknowledged(ringback: Emulator) -> None:
    delivery = ringback.submit("Press 1.", callback=CALLBACK)
    in_the_way = Path(settings.MEDIA_ROOT) / "spoken"
    in_the_way.write_bytes(b"")  # where the folder should be
    ringback.settle()
    in_the_way.unlink()
    ringback.run_until_idle()
    assert delivery.statuses == [503, 204]
    assert len(files()) == 1


@pytest.mark.ringback(callback_errors=True)
def test_of_a_job_that_fails_the_reason_is_kept(ringback: Emulator) -> None:
    delivery = ringback.submit("Press 1.", callback=CALLBACK)
    ringback.fail_job(delivery, err_msg="No voice today.")
    ringback.run_until_idle()
    assert b"No voice today." in files("failed")[f"{delivery.request_id}.json"]
    assert files() == {}
