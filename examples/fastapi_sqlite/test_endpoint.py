"""The callback endpoint under the battery of `check`, on a socket."""

from pathlib import Path

from examples.fastapi_sqlite.announcements import Announcements
from examples.fastapi_sqlite.mistakes import MISTAKES
from ringback import check


def test_the_endpoint_takes_what_may_come(tmp_path: Path, mistake: str | None) -> None:
    application = Announcements if mistake is None else MISTAKES[mistake]
    announcements = application(tmp_path / "announcements.db", durable=False)
    report = check(
        announcements.api,
        path="/spoken",
        auth=("ada", "s3cret"),
        stored=lambda: [request_id for request_id, _ in announcements.kept()],
    )
    assert report.passed, str(report)
