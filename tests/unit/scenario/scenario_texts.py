"""A scenario that is good, the same with other lines in it, and what is said about them."""

import re
import textwrap

import pytest

from ringback.errors import ScenarioError
from ringback.scenario.model import Scenario
from ringback.scenario.reading import check
from ringback.scenario.source import Source

GOOD = """\
version: 1
name: A story
submit: {text: Hello, callback: "https://app.example/hook"}
receiver: [200]
expect: {attempts: [+0s]}
"""


def read(text: str) -> Scenario:
    """The scenario in *text*."""
    scenario = check(Source.of(textwrap.dedent(text), "s")).scenario
    assert isinstance(scenario, Scenario)
    return scenario


def problems(text: str) -> list[str]:
    """The first line of each problem of *text*, without the name of its file."""
    with pytest.raises(ScenarioError) as caught:
        read(text)
    return [problem.splitlines()[0].removeprefix("s:") for problem in caught.value.problems]


def with_line(line: str) -> str:
    """The good scenario with one top-level key replaced or added, as its last line."""
    key = line.partition(":")[0]
    kept = [each for each in GOOD.splitlines() if not each.startswith(f"{key}:")]
    return "\n".join([*kept, line])


def said_about(marked: str) -> list[str]:
    """What is said about a line, whose faults are marked «so»: the messages, in order.

    Every message must stand at the line and column of its mark, with carets as wide as that.
    """
    marks = list(re.finditer("«(.*?)»", marked))
    text = with_line(re.sub("[«»]", "", marked))
    row = len(text.splitlines())
    messages = []
    with pytest.raises(ScenarioError) as caught:
        read(text)
    assert len(caught.value.problems) == len(marks)
    for number, (problem, mark) in enumerate(zip(caught.value.problems, marks, strict=True)):
        heading, _, carets = problem.splitlines()
        place, _, message = heading.partition(": error: ")
        column = mark.start() + 1 - 2 * number
        assert place == f"s:{row}:{column}"
        assert carets == "   | " + " " * (column - 1) + "^" * len(mark[1])
        messages.append(message)
    return messages
