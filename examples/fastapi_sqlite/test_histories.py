"""What holds under every history of faults."""

from examples.fastapi_sqlite.announcements import Announcements
from examples.fastapi_sqlite.mistakes import MISTAKES
from examples.fastapi_sqlite.stories import stories
from ringback import explore


def test_whatever_happens_each_announcement_is_kept_once(mistake: str | None) -> None:
    application = Announcements if mistake is None else MISTAKES[mistake]
    for story, options in stories(application).items():
        explore(story, **options)
