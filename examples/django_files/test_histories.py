"""What holds under every history of faults."""

import pytest

from examples.django_files.mistakes import MISTAKES
from examples.django_files.prompts import Spoken
from examples.django_files.stories import stories
from ringback import explore

pytestmark = pytest.mark.needs_tool


def test_whatever_happens_each_prompt_is_kept_once(mistake: str | None) -> None:
    view = Spoken if mistake is None else MISTAKES[mistake]
    for story, options in stories(view).items():
        explore(story, **options)
