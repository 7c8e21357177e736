"""Stories in a few lines, played."""

import pytest

from ringback import Report, play_scenario
from ringback.scenario.reading import check_all
from ringback.scenario.source import Source
from ringback.scenario.staging import Over

both_ways = pytest.mark.parametrize("over", ["process", "sockets"])

APP = 'receiver: {at: "http://app.example", replies: [200]}'
HELLO = 'submit: {text: Hello, callback: "http://app.example/hook"}'


def asked(name: str, more: str = "") -> str:
    """A step that submits under a *name*, with *more* keys."""
    extra = f", {more}" if more else ""
    return f'submit: {{as: {name}, text: Hello, callback: "http://app.example/hook"{extra}}}'


def story(*steps: str, head: tuple[str, ...] = ()) -> str:
    """The text of a story of *steps*."""
    lines = ["version: 2", "name: A story", *head, "steps:", *(f"  - {step}" for step in steps)]
    return "\n".join(lines)


def played(*steps: str, over: Over = "process", head: tuple[str, ...] = ()) -> Report:
    """The report of the story of *steps*."""
    (file,) = check_all(Source.of(story(*steps, head=head), "s"))
    return play_scenario(file, over=over)


def failures(*steps: str, over: Over = "process", head: tuple[str, ...] = ()) -> list[str]:
    """What failed in the story of *steps*, without the name of its file and lines."""
    report = played(*steps, over=over, head=head)
    assert report.trouble == ""
    assert report.skipped == ""
    return [each.partition(": ")[2] for each in report.failures]
