"""A real receiver answers what it can answer at once; the dispatcher's faults play the rest."""

import pytest

from ringback.core.delivery.fault import Fault, FaultLike
from ringback.core.delivery.reply import Reply, ReplyLike
from ringback.scenario.script import (
    LATE_AND_LOST,
    LATE_COPY,
    SILENT_AND_ALTERED,
    SLOW_DUPLICATE,
    Script,
    divide,
)


def test_statuses_are_the_receivers() -> None:
    assert divide([503, 204], [], 3) == Script(
        (Reply(503), Reply(204), Reply(204)), (None, None, None)
    )


def test_words_are_faults_and_take_an_attempt_each() -> None:
    assert divide([503, "timeout", 204], [], 3) == Script(
        (Reply(503), Reply(204)), (None, "timeout", None)
    )


def test_the_last_word_repeats() -> None:
    assert divide(["refused"], [], 3) == Script((), ("refused", "refused", "refused"))


def test_a_late_answer_is_a_fault_for_no_real_time_is_waited() -> None:
    late = Reply(200, after=9)
    assert divide([late, 204], [], 2) == Script((Reply(204),), (late, None))


def test_a_fault_that_does_not_reach_the_receiver_uses_up_no_reply() -> None:
    assert divide([503, 204], [None, "timeout", 500], 4) == Script(
        (Reply(503), Reply(204)), (None, "timeout", 500, None)
    )


def test_a_lost_answer_uses_up_its_reply() -> None:
    assert divide([200, 204], ["answer lost"], 2) == Script(
        (Reply(200), Reply(204)), ("answer lost", None)
    )


def test_nothing_is_lost_where_nothing_was_answered() -> None:
    assert divide(["reset", 204], ["answer lost"], 2) == Script((Reply(204),), ("reset", None))


def test_an_answer_both_late_and_lost_ends_the_script_before_it() -> None:
    script = divide([500, Reply(200, after=1)], [None, "answer lost"], 9)
    assert script == Script((Reply(500),), (None,), 2, LATE_AND_LOST)


def test_a_duplicate_uses_up_two_replies() -> None:
    assert divide([503, 409, 204], ["duplicate"], 2) == Script(
        (Reply(503), Reply(409), Reply(204)), ("duplicate", None)
    )


def test_a_copy_that_comes_late_ends_the_script_before_it() -> None:
    assert divide([200], ["late copy"], 9) == Script((), (), 1, LATE_COPY)
    late = Fault("duplicate", after=3)
    assert divide([200], [None, late], 9) == Script((Reply(200),), (None,), 2, LATE_COPY)


def test_a_silent_receiver_that_is_sent_something_else_ends_the_script_before_it() -> None:
    assert divide(["timeout"], ["body cut"], 9) == Script((), (), 1, SILENT_AND_ALTERED)


@pytest.mark.parametrize("replies", [["timeout", 200], [200, "reset"], [200, Reply(200, after=1)]])
def test_a_duplicate_that_is_not_answered_at_once_ends_the_script_before_it(
    replies: list[ReplyLike],
) -> None:
    assert divide(replies, ["duplicate"], 9) == Script((), (), 1, SLOW_DUPLICATE)


@pytest.mark.parametrize(
    ("replies", "faults", "reached"),
    [
        ([200], [], [1, 1]),
        (["timeout", 200], [], [0, 1]),
        ([200], ["answer lost", "refused"], [1, 0]),
        ([200], ["duplicate"], [2, 1]),
    ],
)
def test_how_often_an_attempt_reaches_the_receiver_is_known(
    replies: list[ReplyLike], faults: list[FaultLike], reached: list[int]
) -> None:
    script = divide(replies, faults, 2)
    assert [script.arrivals(1), script.arrivals(2)] == reached
    assert script.arrivals(3) == 1
