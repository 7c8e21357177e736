"""Failures in the order in which requests meet them."""

import re
from typing import Any

import pytest

from ringback import SettingsError
from ringback.core.answer.failure import RequestFailure
from ringback.core.answer.failures import Choice, Failures, choose
from ringback.core.request.speak import SpeakRequest
from tests.conftest import a_request

HELLO = a_request(text="Hello")
BYE = a_request(text="Bye")
LATE = RequestFailure(delay=1)
CUT = RequestFailure(breaks="cut", delay=1)
BUSY = RequestFailure(429)
DOWN = RequestFailure(503)


def met(
    failures: Failures, request: SpeakRequest, *, streamed: bool = False
) -> RequestFailure | None:
    """What *request* meets, predicates asked."""
    choice = choose(failures.waiting, request, streamed=streamed) if failures.ask else None
    assert choice is None or failures.hold(choice)
    return failures.take(choice, streamed=streamed)


def says_bye(request: SpeakRequest) -> bool:
    return request.text == "Bye"


def test_each_failure_is_met_once_and_in_order() -> None:
    failures = Failures()
    failures.add([BUSY, None, DOWN])
    assert [met(failures, HELLO) for _ in range(4)] == [BUSY, None, DOWN, None]


def test_a_failure_waits_for_the_request_that_it_is_for() -> None:
    failures = Failures()
    failures.add([BUSY], when=says_bye)
    failures.add([DOWN])
    assert [met(failures, HELLO), met(failures, HELLO), met(failures, BYE)] == [DOWN, None, BUSY]


def test_what_befalls_every_request_befalls_those_that_meet_nothing_else() -> None:
    failures = Failures(DOWN)
    failures.add([BUSY, None])
    assert [met(failures, HELLO) for _ in range(3)] == [BUSY, None, DOWN]
    failures.add([BUSY], when=says_bye)
    assert [met(failures, HELLO), met(failures, BYE), met(failures, BYE)] == [DOWN, BUSY, DOWN]


@pytest.mark.parametrize("when", [None, lambda _: True])
def test_a_stream_leaves_what_is_only_late_to_others(when: Any) -> None:
    failures = Failures()
    failures.add([LATE, CUT, DOWN], when)
    assert met(failures, HELLO, streamed=True) == CUT
    assert met(failures, HELLO, streamed=True) == DOWN
    assert met(failures, HELLO, streamed=True) is None
    assert met(failures, HELLO) == LATE


def test_what_lets_a_request_through_is_no_failure_that_was_not_met() -> None:
    failures = Failures(DOWN)
    failures.add([BUSY, None, DOWN])
    assert failures.unmet == 2
    met(failures, HELLO)
    assert failures.unmet == 1


# -- predicates ------------------------------------------------------------------------------------


def test_predicates_are_asked_only_while_one_waits() -> None:
    failures = Failures()
    failures.add([DOWN])
    asked = [failures.ask]
    failures.add([BUSY, None], when=says_bye)
    for request in (HELLO, BYE, BYE):
        asked.append(failures.ask)
        met(failures, request)
    assert [*asked, failures.ask] == [False, True, True, True, False]


def test_no_predicate_is_asked_behind_the_one_that_says_yes() -> None:
    failures = Failures()
    failures.add([DOWN], when=says_bye)
    failures.add([BUSY], when=lambda _: True)
    failures.add([DOWN], when=lambda _: pytest.fail("nobody was to ask this"))
    assert met(failures, HELLO) == BUSY


def test_a_predicate_may_order_failures_and_they_are_for_later_requests() -> None:
    failures = Failures()

    def order_another(_: SpeakRequest) -> bool:
        failures.add([BUSY], when=lambda _: True)
        return False

    failures.add([DOWN], when=order_another)
    assert [met(failures, HELLO), met(failures, HELLO)] == [None, BUSY]


def test_what_is_ordered_with_a_predicate_while_nobody_was_asked_is_for_later_requests() -> None:
    failures = Failures()
    failures.add([BUSY], when=says_bye)
    failures.add([DOWN])
    assert failures.take(None) == DOWN
    assert failures.take(None) is None
    assert failures.unmet == 1


def test_two_requests_do_not_meet_one_failure() -> None:
    failures = Failures()
    failures.add([BUSY], when=lambda _: True)
    first = choose(failures.waiting, HELLO)
    second = choose(failures.waiting, HELLO)
    assert failures.hold(first)
    failures.take(first)
    assert not failures.hold(second)
    assert choose(failures.waiting, HELLO) == Choice()


@pytest.mark.parametrize("error", [KeyError("text"), SystemExit(1), pytest.fail.Exception("no")])
def test_a_predicate_that_fails_chooses_nothing_and_what_it_raised_is_told(
    error: BaseException,
) -> None:
    def fails(_: SpeakRequest) -> bool:
        raise error

    failures = Failures()
    failures.add([BUSY], when=fails)
    failures.add([DOWN])
    choice = choose(failures.waiting, HELLO)
    assert choice.picked is None
    assert choice.error is error
    assert failures.unmet == 2


def test_whoever_presses_control_c_in_a_predicate_is_obeyed() -> None:
    def interrupted(_: SpeakRequest) -> bool:
        raise KeyboardInterrupt

    failures = Failures()
    failures.add([BUSY], when=interrupted)
    with pytest.raises(KeyboardInterrupt):
        choose(failures.waiting, HELLO)


def test_a_predicate_that_has_to_be_awaited_is_refused_for_it_would_always_say_yes() -> None:
    async def wrong(_: SpeakRequest) -> bool:
        return False

    failures = Failures()
    when: Any = wrong
    failures.add([BUSY], when=when)
    error = choose(failures.waiting, HELLO).error
    assert isinstance(error, TypeError)
    assert str(error) == (
        "fail_requests(when=…) takes a plain function, and this predicate has to be awaited: look"
        " at what is there, such as lambda request: request.text == 'Hello'"
    )


@pytest.mark.parametrize("when", [True, "Hello", HELLO])
def test_what_cannot_be_asked_is_refused_where_it_is_given(when: Any) -> None:
    failures = Failures()
    with pytest.raises(SettingsError, match=rf"^when={re.escape(repr(when))} cannot be asked: "):
        failures.add([BUSY], when=when)
    assert not failures.unmet
