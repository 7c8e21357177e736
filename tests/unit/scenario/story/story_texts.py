"""A story that is good, the same with other steps in it, and what is said about them."""

import re

import pytest

from ringback.errors import ScenarioError
from ringback.scenario.reading import check
from ringback.scenario.source import Source
from ringback.scenario.story.story import Story

HEAD = """\
version: 2
name: A story
steps:
  - submit: {as: first, text: Hello, callback: "https://app.example/hook"}
"""


def told(*steps: str, head: str = HEAD) -> Story:
    """The story with *steps* after its first one."""
    scenario = check(Source.of(_text(head, steps), "s")).scenario
    assert isinstance(scenario, Story)
    return scenario


def _text(head: str, steps: tuple[str, ...]) -> str:
    last = () if any("expect" in step for step in steps) else ("  - expect: {deliveries: 1}",)
    return head + "\n".join([*(f"  - {step}" for step in steps), *last])


def said_about(*marked: str, head: str = HEAD) -> list[str]:
    """What is said about steps, whose faults are marked «so»: the messages, in order.

    Every message must stand at the line and column of its mark, with carets as wide as that.
    """
    marks = []
    for row, line in enumerate(_text(head, marked).splitlines(), 1):
        for number, mark in enumerate(re.finditer("«(.*?)»", line)):
            marks.append((row, mark.start() + 1 - 2 * number, len(mark[1])))
    messages = []
    with pytest.raises(ScenarioError) as caught:
        check(Source.of(re.sub("[«»]", "", _text(head, marked)), "s"))
    for problem, (row, column, width) in zip(caught.value.problems, marks, strict=True):
        heading, _, carets = problem.splitlines()
        place, _, message = heading.partition(": error: ")
        assert place == f"s:{row}:{column}"
        assert carets.partition("| ")[2] == " " * (column - 1) + "^" * width
        messages.append(message)
    return messages
