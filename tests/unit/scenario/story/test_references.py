"""A name stands for something of an earlier step, and each is given once."""

import pytest

from tests.unit.scenario.story.story_texts import said_about, told

SECOND = 'submit: {as: second, text: Hello, callback: "https://app.example/hook"}'
TALK = "open: {as: talk}"


def test_a_step_refers_to_earlier_ones_by_their_names() -> None:
    story = told(
        *(SECOND, TALK, "redeliver: {of: second, as: again}", "cancel: again", "fail_job: first"),
        *("send: {on: talk, frames: [x]}", "expect_frames: {on: talk, frames: []}", "close: talk"),
        *("expect: {of: talk, answer: {status: 101}}", "wait: {for: attempts, of: again}"),
    )
    assert len(story.steps) == 11


def test_what_is_the_only_one_needs_no_name() -> None:
    story = told("cancel", TALK, "send: [x]", "expect_frames: []", "close", "expect: {pending: 0}")
    assert len(story.steps) == 7


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["cancel: «frist»"], ["no earlier step has the name 'frist'; did you mean 'first'?"]),
        (
            ["expect: {of: «zzz», state: pending}"],
            ["no earlier step has the name 'zzz'; writ"],
        ),
        (["send: {on: «talk», frames: [x]}"], ["no earlier step has the name 'talk'; give one by"]),
        (["cancel: «second»", SECOND], ["'second' is there only from step 3 on; a step refers to"]),
        ([TALK, "cancel: «talk»"], ["'talk' is the name of a stream, and a request or a delivery"]),
        (["submit: {as: «first»}"], ["'first' is the name of something in step 1 already"]),
        (["submit: [{as: a}, {as: «a»}]"], ["'a' is the name of something in step 2 already"]),
        ([SECOND, "«cancel»:"], ["there are 2 before this step; say which by `of: second`"]),
        (["«send»: [x]"], ["there is no stream before this step that it could be about"]),
        (["submit: {}", "«expect»: {state: pending}"], ["there are 2 before this step; say which"]),
        (["cancel: «x»", "fail_job: «y»"], ["no earlier step has the name 'x'", "no earlier"]),
        (["redeliver: {of: «5»}"], ["5 is not a text unless it is put in quotes"]),
        ([SECOND, "cancel: {«off»: first}"], ["unknown key 'off'; did you mean 'of'?"]),
    ],
    ids=str,
)
def test_a_wrong_name_is_told_the_nearest(steps: list[str], said: list[str]) -> None:
    for message, beginning in zip(said_about(*steps), said, strict=True):
        assert message.startswith(beginning)
