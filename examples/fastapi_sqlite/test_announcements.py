"""The suite of the application, with the fixture `ringback`."""

import sqlite3
from pathlib import Path

import pytest
import time_machine

from examples.fastapi_sqlite.announcements import Announcements
from examples.fastapi_sqlite.mistakes import MISTAKES
from ringback import Emulator

ORIGIN = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/spoken"


@pytest.fixture
def announcements(ringback: Emulator, tmp_path: Path, mistake: str | None) -> Announcements:
    application = Announcements if mistake is None else MISTAKES[mistake]
    made = application(
        tmp_path / "announcements.db",
        callback=CALLBACK,
        speak_url=ringback.url,
        api_key=ringback.api_key,
        busy_timeout=0,
        durable=False,
    )
    ringback.connect(ORIGIN, made.api)
    return made


def test_the_audio_is_kept_under_its_request_id(
    ringback: Emulator, announcements: Announcements
) -> None:
    request_id = announcements.ask("Platform 3.")
    ringback.run_until_idle()
    delivery = ringback.deliveries.only()
    assert delivery.timeline == ["+0s POST 204"]
    assert announcements.kept() == [(request_id, delivery.audio)]


def test_it_may_come_by_put(ringback: Emulator, announcements: Announcements) -> None:
    delivery = ringback.submit("Platform 3.", callback=CALLBACK, callback_method="put")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s PUT 204"]
    assert len(announcements.kept()) == 1


def test_what_comes_again_is_kept_once(ringback: Emulator, announcements: Announcements) -> None:
    delivery = ringback.submit("Platform 3.", callback=CALLBACK, faults=["answer lost"])
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST answer lost", "+30s POST 204"]
    assert announcements.kept() == [(delivery.request_id, delivery.audio)]


def test_two_copies_at_once_are_kept_once(ringback: Emulator, announcements: Announcements) -> None:
    delivery = ringback.submit("Platform 3.", callback=CALLBACK, faults=["two at once"])
    ringback.run_until_idle()
    assert announcements.kept() == [(delivery.request_id, delivery.audio)]


def test_who_does_not_know_the_password_is_refused(
    ringback: Emulator, announcements: Announcements
) -> None:
    faults = ["no credential", "wrong credential", "foreign credential"]
    delivery = ringback.submit("Platform 3.", callback=CALLBACK, faults=faults)
    ringback.advance(60)
    assert delivery.statuses == [401, 401, 401]
    assert announcements.kept() == []
    ringback.run_until_idle()
    assert delivery.statuses[3:] == [204]


def test_while_the_database_is_locked_nothing_is_acknowledged(
    ringback: Emulator, announcements: Announcements
) -> None:
    delivery = ringback.submit("Platform 3.", callback=CALLBACK)
    somebody_else = sqlite3.connect(announcements.database)
    somebody_else.execute("BEGIN EXCLUSIVE")
    ringback.settle()
    somebody_else.close()
    ringback.run_until_idle()
    assert delivery.statuses == [503, 204]
    assert len(announcements.kept()) == 1


@pytest.mark.ringback(callback_errors=True)
def test_a_job_that_fails_is_marked_and_nothing_is_kept(
    ringback: Emulator, announcements: Announcements
) -> None:
    request_id = announcements.ask("Platform 3.")
    ringback.fail_job(ringback.deliveries.only(), err_msg="No voice today.")
    ringback.run_until_idle()
    assert ringback.deliveries.only().statuses == [204]
    assert "No voice today." in (announcements.failure(request_id) or "")
    assert announcements.kept() == []


def test_what_has_not_come_after_seven_minutes_is_marked_as_failed(
    ringback: Emulator, announcements: Announcements
) -> None:
    ringback.fault_deliveries(*["timeout"] * 11)
    with time_machine.travel("2026-06-01 12:00:00+00:00", tick=False) as traveller:
        ringback.clock.lead(traveller)  # the application's clock goes along with the emulator's
        request_id = announcements.ask("Platform 3.")
        for minute in range(1, 9):
            ringback.advance(60)
            announcements.give_up()
            failed = announcements.failure(request_id)
            assert failed == ("never came" if minute > 7 else None)
    assert ringback.deliveries.only().state == "exhausted"
