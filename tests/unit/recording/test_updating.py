"""Only what differs is rewritten; comments, quotes and order stay."""

import pytest

from ringback import play_scenario
from ringback.recording.updating import updated
from ringback.scenario.reading import check
from ringback.scenario.source import Source

HEAD = """\
version: 1
name: A story
submit: {text: Hello, callback: https://ada:s3cret@app.example/hook}
receiver: [503, timeout, 204]
expect:
"""
STEPS = """\
version: 2
name: A story
steps:
  - receiver: {at: https://app.example, replies: [503, 204]}
  - submit: {text: Hello, callback: https://app.example/hook}
"""


def played(text: str) -> tuple[str, list[str]]:
    """*text* brought up to date, and why some of it was not."""
    report = play_scenario(check(Source.of(text)))
    made = updated(text, report.checks)
    return made.text, [why for _, why in made.refused]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  attempts: [+0s, +31s, +70s]", "  attempts: [+0s, +30s, +70s]"),
        ("  attempts: [+0s]", "  attempts: [+0s, +30s, +70s]"),
        ("  attempts: []", "  attempts: [{at: +0s, got: 503}, {at: +30s, got: timeout}"),
        ("  attempts: [+0s, +30s, +70s, +100s, 2m]", "  attempts: [+0s, +30s, +70s]"),
        ("  state: exhausted  # why", "  state: delivered  # why"),
        ("  state: 'exhausted'", "  state: 'delivered'"),
        ('  state: "exhausted"', '  state: "delivered"'),
        (
            "  # first\n  attempts:\n    - +0s # a\n    # b\n",
            "  # first\n  attempts:\n    - +0s # a",
        ),
        ("  each: {method: PUT}", "  each: {method: POST}"),
        ("  each: {body: {bytes: 3}}", "  each: {body: {bytes: 2821}}"),
        ("  each: {headers: {x-no: 'a'}}", "  each: {headers: {x-no: null}}"),
        (
            "  each: {headers: {content-type: 'a'}}",
            "  each: {headers: {content-type: 'audio/mpeg'}}",
        ),
        ("  each: {url: $$x}", "  each: {url: https://app.example/hook}"),
        ("  attempts: [{at: 0, got: 204}, 30, 70]", "  attempts: [{at: 0, got: 503}, 30, 70]"),
    ],
)
def test_what_differs_is_rewritten_where_it_stands(before: str, after: str) -> None:
    text, refused = played(f"{HEAD}{before}\n")
    assert text.startswith(f"{HEAD}{after}")
    assert not refused
    assert play_scenario(check(Source.of(text))).passed


def test_a_block_of_attempts_grows_and_shrinks_by_lines() -> None:
    long = (
        "  attempts:\n    - at: +0s\n      got: 503\n    - +30s\n    - +70s # c\n    - +100s # d\n"
    )
    text, _ = played(f"{HEAD}{long}  # end\n  state: delivered\n")
    assert text.endswith("    - +30s\n    - +70s # c\n  # end\n  state: delivered\n")
    text, _ = played(f"{HEAD}  attempts:\n    - at: +0s\n      got: 503 # c\n  state: delivered\n")
    assert "got: 503 # c\n    - {at: +30s, got: timeout}\n    - {at: +70s, got: 204}\n  st" in text


def test_a_story_in_steps_is_brought_up_to_date_at_each_of_its_looks() -> None:
    looks = (
        "  - settle\n  - expect: {attempts: 2, state: delivered, pending: 0}\n"
        "  - run_until_idle\n  - expect: {state: exhausted, answer: {status: 400}}\n"
    )
    text, refused = played(STEPS + looks)
    assert not refused
    assert text == STEPS + (
        "  - settle\n  - expect: {attempts: 1, state: pending, pending: 1}\n"
        "  - run_until_idle\n  - expect: {state: delivered, answer: {status: 200}}\n"
    )


def test_line_breaks_and_the_mark_in_front_stay() -> None:
    before = f"\ufeff{HEAD}  attempts:\n    - +0s\n".replace("\n", "\r\n")
    report = play_scenario(check(Source.of(before.removeprefix("\ufeff"))))
    text = updated(before, report.checks).text
    assert text == before + "    - +30s\r\n    - +70s\r\n"


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ("  each: {headers: {authorization: Basic x}}", "may be a secret"),
        ("  answer: cut", "write by hand"),
        ("  each: {url: 'https://a\n    b'}", "several lines"),
    ],
)
def test_what_cannot_be_rewritten_is_told_of(expected: str, why: str) -> None:
    text, refused = played(f"{HEAD}{expected}\n")
    assert why in refused[0]
    assert text == f"{HEAD}{expected}\n"


def test_what_holds_for_some_attempts_only_is_left_alone() -> None:
    before = STEPS.replace("replies", "faults: [null, no dg-token], replies")
    before += "  - run_until_idle\n  - expect: {each: {headers: {dg-token: $key_id}}}\n"
    text, refused = played(before)
    assert (text, refused) == (before, ["it holds for some attempts and not for others"])


def test_what_the_story_does_is_never_changed() -> None:
    before = HEAD.replace("204]", "204, 500]") + "  state: delivered\n"
    text, refused = played(before)
    assert (text, refused) == (before, ["it is no expectation; change what the story does"])
