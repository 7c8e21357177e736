"""Failures in the order in which requests meet them."""

import re
from typing import Any

import pytest

from ringback import SettingsError
from ringback.core.answer.failure import Failure
from ringback.core.answer.failures import Choice, Orders, choose
from ringback.core.request.speak import SpeakRequest
from tests.conftest import a_request

HELLO = a_request(text="Hello")
BYE = a_request(text="Bye")
LATE = Failure(delay=1)
CUT = Failure(breaks="cut", delay=1)
BUSY = Failure(429)
DOWN = Failure(503)


def met(orders: Orders, request: SpeakRequest, *, streamed: bool = False) -> Failure | None:
    """What *request* meets, predicates asked."""
    choice = choose(orders.waiting, request, streamed=streamed) if orders.ask else None
    assert choice is None or orders.hold(choice)
    return orders.take(choice, streamed=streamed)


def says_bye(request: SpeakRequest) -> bool:
    return request.text == "Bye"


def test_each_failure_is_met_once_and_in_order() -> None:
    orders = Orders()
    orders.add([BUSY, None, DOWN])
    assert [met(orders, HELLO) for _ in range(4)] == [BUSY, None, DOWN, None]


def test_a_failure_waits_for_the_request_that_it_is_for() -> None:
    orders = Orders()
    orders.add([BUSY], when=says_bye)
    orders.add([DOWN])
    assert [met(orders, HELLO), met(orders, HELLO), met(orders, BYE)] == [DOWN, None, BUSY]


def test_what_befalls_every_request_befalls_those_that_meet_nothing_else() -> None:
    orders = Orders(DOWN)
    orders.add([BUSY, None])
    assert [met(orders, HELLO) for _ in range(3)] == [BUSY, None, DOWN]
    orders.add([BUSY], when=says_bye)
    assert [met(orders, HELLO), met(orders, BYE), met(orders, BYE)] == [DOWN, BUSY, DOWN]


@pytest.mark.parametrize("when", [None, lambda _: True])
def test_a_stream_leaves_what_is_only_late_to_others(when: Any) -> None:
    orders = Orders()
    orders.add([LATE, CUT, DOWN], when)
    assert met(orders, HELLO, streamed=True) == CUT
    assert met(orders, HELLO, streamed=True) == DOWN
    assert met(orders, HELLO, streamed=True) is None
    assert met(orders, HELLO) == LATE


def test_what_lets_a_request_through_is_no_failure_that_was_not_met() -> None:
    orders = Orders(DOWN)
    orders.add([BUSY, None, DOWN])
    assert orders.unmet == 2
    met(orders, HELLO)
    assert orders.unmet == 1


# -- predicates ------------------------------------------------------------------------------------


def test_predicates_are_asked_only_while_one_waits() -> None:
    orders = Orders()
    orders.add([DOWN])
    asked = [orders.ask]
    orders.add([BUSY, None], when=says_bye)
    for request in (HELLO, BYE, BYE):
        asked.append(orders.ask)
        met(orders, request)
    assert [*asked, orders.ask] == [False, True, True, True, False]


def test_no_predicate_is_asked_behind_the_one_that_says_yes() -> None:
    orders = Orders()
    orders.add([DOWN], when=says_bye)
    orders.add([BUSY], when=lambda _: True)
    orders.add([DOWN], when=lambda _: pytest.fail("nobody was to ask this"))
    assert met(orders, HELLO) == BUSY


def test_a_predicate_may_order_failures_and_they_are_for_later_requests() -> None:
    orders = Orders()

    def order_another(_: SpeakRequest) -> bool:
        orders.add([BUSY], when=lambda _: True)
        return False

    orders.add([DOWN], when=order_another)
    assert [met(orders, HELLO), met(orders, HELLO)] == [None, BUSY]


def test_what_is_ordered_with_a_predicate_while_nobody_was_asked_is_for_later_requests() -> None:
    orders = Orders()
    orders.add([BUSY], when=says_bye)
    orders.add([DOWN])
    assert orders.take(None) == DOWN
    assert orders.take(None) is None
    assert orders.unmet == 1


def test_two_requests_do_not_meet_one_failure() -> None:
    orders = Orders()
    orders.add([BUSY], when=lambda _: True)
    first = choose(orders.waiting, HELLO)
    second = choose(orders.waiting, HELLO)
    assert orders.hold(first)
    orders.take(first)
    assert not orders.hold(second)
    assert choose(orders.waiting, HELLO) == Choice()


@pytest.mark.parametrize("error", [KeyError("text"), SystemExit(1), pytest.fail.Exception("no")])
def test_a_predicate_that_fails_chooses_nothing_and_what_it_raised_is_told(
    error: BaseException,
) -> None:
    def fails(_: SpeakRequest) -> bool:
        raise error

    orders = Orders()
    orders.add([BUSY], when=fails)
    orders.add([DOWN])
    choice = choose(orders.waiting, HELLO)
    assert choice.order is None
    assert choice.error is error
    assert orders.unmet == 2


def test_whoever_presses_control_c_in_a_predicate_is_obeyed() -> None:
    def interrupted(_: SpeakRequest) -> bool:
        raise KeyboardInterrupt

    orders = Orders()
    orders.add([BUSY], when=interrupted)
    with pytest.raises(KeyboardInterrupt):
        choose(orders.waiting, HELLO)


def test_a_predicate_that_has_to_be_awaited_is_refused_for_it_would_always_say_yes() -> None:
    async def wrong(_: SpeakRequest) -> bool:
        return False

    orders = Orders()
    when: Any = wrong
    orders.add([BUSY], when=when)
    error = choose(orders.waiting, HELLO).error
    assert isinstance(error, TypeError)
    assert str(error) == (
        "fail(when=…) takes a plain function, and this predicate has to be awaited: look at what is"
        " there, such as lambda request: request.text == 'Hello'"
    )


@pytest.mark.parametrize("when", [True, "Hello", HELLO])
def test_what_cannot_be_asked_is_refused_where_it_is_given(when: Any) -> None:
    orders = Orders()
    with pytest.raises(SettingsError, match=rf"^when={re.escape(repr(when))} cannot be asked: "):
        orders.add([BUSY], when=when)
    assert not orders.unmet
