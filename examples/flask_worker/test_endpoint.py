"""The callback endpoint under the battery of `check`, on a socket."""

from pathlib import Path
from queue import Queue

from examples.flask_worker.mistakes import MISTAKES
from examples.flask_worker.voice_notes import VoiceNotes
from ringback import check


def test_the_endpoint_takes_what_may_come(tmp_path: Path, mistake: str | None) -> None:
    application = VoiceNotes if mistake is None else MISTAKES[mistake]
    notes = application(tmp_path / "notes.db", Queue(), durable=False)
    with notes.working():
        report = check(
            notes.wsgi,
            path="/spoken",
            auth=("ada", "s3cret"),
            stored=lambda: [request_id for request_id, _, _ in notes.notes()],
        )
    assert report.passed, str(report)
