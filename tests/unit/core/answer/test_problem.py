"""A problem document says what is wrong and what to do, as RFC 9457 has it."""

import json

from ringback.core.answer.problem import MEDIA_TYPE, OURS, problem


def test_a_problem_is_a_document_of_its_own_kind() -> None:
    answer = problem(409, "Conflict", "wait for it", (("allow", "GET"),), error="ClockBusy")
    assert answer.status == 409
    assert json.loads(answer.body) == {
        "title": "Conflict",
        "status": 409,
        "detail": "wait for it",
        "error": "ClockBusy",
    }
    assert answer.headers == [("content-type", MEDIA_TYPE), *OURS, ("allow", "GET")]


def test_a_problem_can_repeat_whatever_was_sent() -> None:
    assert json.loads(problem(422, "No", "\ud800 ü").body)["detail"] == "? ü"
