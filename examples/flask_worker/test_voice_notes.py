"""The suite of the application, with the fixture `ringback`."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from examples.flask_worker.held_queue import HeldQueue
from examples.flask_worker.mistakes import MISTAKES
from examples.flask_worker.voice_notes import VoiceNotes
from ringback import Emulator

ORIGIN = "https://app.example"
CALLBACK = "https://ada:s3cret@app.example/spoken"


@pytest.fixture
def voice_notes(ringback: Emulator, tmp_path: Path, mistake: str | None) -> Iterator[VoiceNotes]:
    application = VoiceNotes if mistake is None else MISTAKES[mistake]
    made = application(tmp_path / "notes.db", HeldQueue(ringback), busy_timeout=0, durable=False)
    ringback.connect(ORIGIN, made.wsgi)
    with made.working():
        yield made


def test_the_worker_has_published_it_when_the_verb_returns(
    ringback: Emulator, voice_notes: VoiceNotes
) -> None:
    delivery = ringback.submit("Call me back.", callback=CALLBACK)
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST 202"]
    assert voice_notes.notes() == [(delivery.request_id, delivery.audio, 1)]


def test_it_may_come_by_put(ringback: Emulator, voice_notes: VoiceNotes) -> None:
    delivery = ringback.submit("Call me back.", callback=CALLBACK, callback_method="put")
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s PUT 202"]
    assert len(voice_notes.notes()) == 1


def test_what_comes_again_is_published_once(ringback: Emulator, voice_notes: VoiceNotes) -> None:
    delivery = ringback.submit("Call me back.", callback=CALLBACK, faults=["answer lost"])
    ringback.run_until_idle()
    assert delivery.timeline == ["+0s POST answer lost", "+30s POST 202"]
    assert voice_notes.notes() == [(delivery.request_id, delivery.audio, 1)]


def test_who_does_not_know_the_password_is_refused(
    ringback: Emulator, voice_notes: VoiceNotes
) -> None:
    faults = ["no credential", "wrong credential", "foreign credential"]
    delivery = ringback.submit("Call me back.", callback=CALLBACK, faults=faults)
    ringback.advance(60)
    assert delivery.statuses == [401, 401, 401]
    assert voice_notes.notes() == []
    ringback.run_until_idle()
    assert delivery.statuses[3:] == [202]


def test_while_the_database_is_locked_nothing_is_acknowledged(
    ringback: Emulator, voice_notes: VoiceNotes
) -> None:
    delivery = ringback.submit("Call me back.", callback=CALLBACK)
    somebody_else = sqlite3.connect(voice_notes.database)
    somebody_else.execute("BEGIN EXCLUSIVE")
    ringback.settle()
    somebody_else.close()
    ringback.run_until_idle()
    assert delivery.statuses == [503, 202]
    assert len(voice_notes.notes()) == 1


@pytest.mark.ringback(callback_errors=True)
def test_of_a_job_that_fails_the_reason_is_kept(
    ringback: Emulator, voice_notes: VoiceNotes
) -> None:
    delivery = ringback.submit("Call me back.", callback=CALLBACK)
    ringback.fail_job(delivery, err_msg="No voice today.")
    ringback.run_until_idle()
    assert "No voice today." in voice_notes.failures()[delivery.request_id]
    assert voice_notes.notes() == []


def test_what_was_left_undone_is_done_after_the_next_start(
    ringback: Emulator, tmp_path: Path
) -> None:
    database = tmp_path / "notes.db"
    died = VoiceNotes(database, Queue())  # nobody works at this queue
    ringback.connect(ORIGIN, died.wsgi)
    ringback.submit("Call me back.", callback=CALLBACK)
    ringback.run_until_idle()
    assert [published for _, _, published in died.notes()] == [0]
    started_again = VoiceNotes(database, Queue())
    with started_again.working():
        pass  # it works until its queue is empty
    assert [published for _, _, published in started_again.notes()] == [1]
