"""Faults that are ordered for deliveries by what was asked."""

from collections.abc import Callable
from typing import Any

import pytest

from ringback.core.delivery.orders import Orders
from ringback.core.delivery.plan import Plan
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SettingsError
from tests.conftest import a_request


def says(text: str) -> Callable[[SpeakRequest], bool]:
    return lambda request: request.text == text


def test_the_first_order_that_says_yes_is_met() -> None:
    orders, first, second, last = Orders(), Plan(()), Plan(()), Plan(())
    orders.add(first, says("One"))
    orders.add(second, says("Two"))
    assert orders.choose(a_request(text="Three")) is None
    orders.add(last)
    met = [orders.choose(a_request(text=text)) for text in ("One", "Two", "Three", "One")]
    assert met == [first, second, last, first]
    assert list(orders) == [first, second, last]


def test_a_predicate_has_to_be_asked_where_there_is_one() -> None:
    orders = Orders()
    orders.add(Plan(()))
    assert not orders.ask
    orders.add(Plan(()), says("One"))
    orders.add(Plan(()))
    assert orders.ask


@pytest.mark.parametrize("when", [True, "Hello", {}])
def test_what_cannot_be_asked_is_refused(when: Any) -> None:
    with pytest.raises(SettingsError, match="cannot be asked: write a function of the request"):
        Orders().add(Plan(()), when)


def test_a_predicate_that_has_to_be_awaited_is_refused() -> None:
    async def later(request: SpeakRequest) -> bool:
        return True

    orders = Orders()
    orders.add(Plan(()), later)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError, match=r"fault_deliveries\(when=…\) takes a plain function"):
        orders.choose(a_request())
