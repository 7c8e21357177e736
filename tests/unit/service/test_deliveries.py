"""All deliveries, those that are pending, and those that are picked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import pytest

from ringback.core.delivery.delivery import Delivery as CoreDelivery
from ringback.core.delivery.dispatcher import Dispatcher
from ringback.core.delivery.retry import RetryPolicy
from ringback.errors import SettingsError
from ringback.service.deliveries import Deliveries, Pending
from ringback.service.views import Delivery
from tests.conftest import REQUEST_ID, a_job, an_endpoint
from tests.unit.service.ledger import Ledger, a_delivery, rendered


def to(url: str, request_id: str = REQUEST_ID) -> CoreDelivery:
    return a_delivery(job=replace(a_job(request_id), endpoint=an_endpoint(url)))


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.add(to("https://app.example/one", "first"))
    ledger.add(to("http://127.0.0.1:8080/two", "second"))
    ledger.add(to("https://app.example/three", "third"))
    return ledger


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.request_id for delivery in deliveries]


def test_deliveries_are_a_sequence(ledger: Ledger) -> None:
    deliveries = Deliveries(ledger)
    assert len(deliveries) == 3
    assert ids(deliveries) == ["first", "second", "third"]
    assert deliveries[-1].request_id == "third"
    assert ids(deliveries[1:]) == ["second", "third"]
    assert ids(deliveries[1:][1:]) == ["third"]
    assert repr(deliveries) == f"<3 deliveries: {list(ledger)!r}>"
    with pytest.raises(IndexError):
        deliveries[3]


def test_deliveries_are_equal_to_a_list_of_the_same(ledger: Ledger) -> None:
    assert Deliveries([]) == []
    assert Deliveries(ledger) == list(ledger)
    assert Deliveries(ledger) == tuple(ledger)
    assert Deliveries(ledger) == Deliveries(ledger)
    assert Deliveries(ledger) != list(ledger)[1:]
    assert Deliveries(ledger) != "deliveries"


def test_only_is_the_one_there_is(ledger: Ledger) -> None:
    assert Deliveries(ledger)[:1].only().request_id == "first"
    with pytest.raises(LookupError, match="expected exactly one delivery, found 0:\n  none"):
        Deliveries([]).only()
    with pytest.raises(LookupError, match=r"found 3:\n  <Delivery first to .*\n  <Delivery second"):
        Deliveries(ledger).only()


def test_a_request_is_found_by_its_id_when_it_has_just_come(ledger: Ledger) -> None:
    deliveries = Deliveries(ledger)
    assert deliveries.for_request("second").position == 1
    ledger.add(to("https://app.example/four", "fourth"))
    assert deliveries.for_request("fourth").position == 3
    with pytest.raises(LookupError, match=r"no delivery for request 'fifth' among 4; a request"):
        deliveries.for_request("fifth")


def test_of_a_request_that_was_delivered_again_the_newest_is_found(ledger: Ledger) -> None:
    deliveries = Deliveries(ledger)
    assert deliveries.for_request("first").position == 0
    ledger.add(to("https://app.example/one", "first"))
    assert deliveries.for_request("first").position == 3


def test_a_request_that_comes_while_another_is_looked_for_is_found_later() -> None:
    """Another thread submits between the look at the list and the note of how far it went."""

    class Growing(Ledger):
        def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:  # type: ignore[override]
            if len(self) == 1:
                self.add(to("https://app.example/two", "second"))
            return super().__getitem__(index)

    growing = Growing()
    growing.add(to("https://app.example/one", "first"))
    deliveries = Deliveries(growing)
    assert deliveries.for_request("first").position == 0
    assert deliveries.for_request("second").position == 1


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example",
        "https://app.example/",
        "HTTPS://App.Example",
        "https://app.example:443",
    ],
)
def test_deliveries_are_chosen_by_origin_however_it_is_written(ledger: Ledger, origin: str) -> None:
    assert ids(Deliveries(ledger).to(origin)) == ["first", "third"]
    assert ids(Deliveries(ledger).to("http://127.0.0.1:8080")) == ["second"]
    assert Deliveries(ledger).to("https://nobody.example") == []


def test_what_is_no_origin_chooses_nothing(ledger: Ledger) -> None:
    with pytest.raises(SettingsError, match=r"'app\.example' is no origin\. Write https://app"):
        Deliveries(ledger).to("app.example")


# -- what a look costs -----------------------------------------------------------------------------


def test_an_origin_is_looked_up_without_a_look_at_every_delivery() -> None:
    class Counting(Ledger):
        """A ledger that counts how often it is looked into."""

        looks = 0

        @overload
        def __getitem__(self, index: int) -> Delivery: ...
        @overload
        def __getitem__(self, index: slice) -> list[Delivery]: ...
        def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
            self.looks += 1
            return super().__getitem__(index)

    ledger = Counting()
    for number in range(100):
        ledger.add(to("https://app.example/hook", f"request-{number}"))
    deliveries = Deliveries(ledger)
    assert len(deliveries.to("https://app.example")) == 100
    ledger.looks = 0
    ledger.add(to("https://app.example/hook", "the last"))
    chosen = deliveries.to("https://app.example")
    assert chosen[-1].request_id == "the last"
    assert (len(chosen), [each.position for each in chosen[:2]]) == (101, [0, 1])
    assert ledger.looks < 6


def test_chosen_deliveries_stay_the_same_when_more_are_accepted(ledger: Ledger) -> None:
    deliveries = Deliveries(ledger)
    chosen = deliveries.to("https://app.example")
    ledger.add(to("https://app.example/hook", "fourth"))
    assert ids(chosen) == ["first", "third"]
    assert ids(deliveries.to("https://app.example")) == ["first", "third", "fourth"]


# -- those that are pending ------------------------------------------------------------------------


@pytest.fixture
def dispatcher() -> Dispatcher:
    dispatcher = Dispatcher(RetryPolicy())
    for name in ("first", "second", "third"):
        dispatcher.accept(replace(a_job(name), endpoint=an_endpoint(f"https://{name}.example/")), 0)
    return dispatcher


def test_what_is_pending_is_looked_up_at_each_look(dispatcher: Dispatcher) -> None:
    pending = Pending(dispatcher, rendered)
    assert (len(pending), ids(pending)) == (3, ["first", "second", "third"])
    dispatcher.cancel(0, 0, "seen enough")
    assert (len(pending), ids(pending), pending[0].request_id) == (2, ["second", "third"], "second")
    dispatcher.accept(a_job("fourth"), 0)
    assert (pending[-1].request_id, ids(pending[1:])) == ("fourth", ["third", "fourth"])
    for position in (1, 2, 3):
        dispatcher.cancel(position, 0, "seen enough")
    assert not pending
    assert pending == []


def test_each_pending_delivery_can_be_cancelled_in_turn(dispatcher: Dispatcher) -> None:
    pending = Pending(dispatcher, rendered)
    for delivery in pending:
        dispatcher.cancel(delivery.position, 0, "seen enough")
    assert not pending


def test_pending_deliveries_are_found_by_request_and_by_origin(dispatcher: Dispatcher) -> None:
    pending = Pending(dispatcher, rendered)
    assert ids(pending.to("https://second.example")) == ["second"]
    dispatcher.cancel(0, 0, "seen enough")
    assert pending.for_request("third").position == 2
    assert ids(pending.to("https://second.example")) == ["second"]
    with pytest.raises(LookupError, match="no delivery for request 'first' among 2"):
        pending.for_request("first")
    dispatcher.cancel(1, 0, "seen enough")
    assert pending.only().request_id == "third"
    assert pending.to("https://second.example") == []
