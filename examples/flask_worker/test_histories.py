"""What holds under every history of faults."""

from examples.flask_worker.mistakes import MISTAKES
from examples.flask_worker.stories import stories
from examples.flask_worker.voice_notes import VoiceNotes
from ringback import explore


def test_whatever_happens_each_note_is_published_once(mistake: str | None) -> None:
    application = VoiceNotes if mistake is None else MISTAKES[mistake]
    for story, options in stories(application).items():
        explore(story, **options)
