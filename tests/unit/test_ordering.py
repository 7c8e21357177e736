"""Failures in the order in which requests meet them."""

from ringback.core.failure import Failure
from ringback.core.ordering import Orders
from tests.conftest import a_request

HELLO = a_request(text="Hello")
BYE = a_request(text="Bye")
LATE = Failure(delay=1)
CUT = Failure(breaks="cut", delay=1)
BUSY = Failure(429)
DOWN = Failure(503)


def test_each_failure_is_met_once_and_in_order() -> None:
    orders = Orders()
    orders.add([BUSY, None, DOWN])
    assert [orders.take(HELLO) for _ in range(4)] == [BUSY, None, DOWN, None]


def test_a_failure_waits_for_the_request_that_it_is_for() -> None:
    orders = Orders()
    orders.add([BUSY], when=lambda request: request.text == "Bye")
    orders.add([DOWN])
    assert [orders.take(HELLO), orders.take(HELLO), orders.take(BYE)] == [DOWN, None, BUSY]


def test_what_befalls_every_request_befalls_those_that_meet_nothing_else() -> None:
    orders = Orders(DOWN)
    orders.add([BUSY, None])
    assert [orders.take(HELLO) for _ in range(3)] == [BUSY, None, DOWN]


def test_a_stream_leaves_what_is_only_late_to_others() -> None:
    orders = Orders()
    orders.add([LATE, CUT, DOWN])
    assert orders.take(HELLO, streamed=True) == CUT
    assert orders.take(HELLO, streamed=True) == DOWN
    assert orders.take(HELLO, streamed=True) is None
    assert orders.take(HELLO) == LATE


def test_what_lets_a_request_through_is_no_failure_that_was_not_met() -> None:
    orders = Orders(DOWN)
    orders.add([BUSY, None, DOWN])
    assert orders.unmet == 2
    orders.take(HELLO)
    assert orders.unmet == 1
