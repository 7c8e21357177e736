"""What a test looks at: deliveries and attempts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.delivery.delivery import Attempt as CoreAttempt
from ringback.core.delivery.delivery import Delivery as CoreDelivery
from ringback.core.delivery.delivery import State
from ringback.core.delivery.outcome import Answered, AnswerLost, TimedOut
from ringback.errors import SettingsError
from ringback.views import Attempt, Deliveries, Delivery, Response
from tests.conftest import REQUEST_ID, a_job, a_request, an_endpoint
from tests.unit.service.ledger import ACCEPTED, Ledger, a_delivery, at


def viewed(delivery: CoreDelivery) -> Delivery:
    ledger = Ledger()
    ledger.add(delivery)
    return ledger[0]


def an_attempt_view(attempt: CoreAttempt) -> Attempt:
    return Attempt(a_job(accepted_at=ACCEPTED), attempt)


# -- attempts ------------------------------------------------------------------------------------


def test_an_attempt_is_a_line() -> None:
    attempt = an_attempt_view(at(30.25, number=2))
    assert str(attempt) == "+30.25s POST 503"
    assert repr(attempt) == "<Attempt 2: +30.25s POST 503>"


def test_an_attempt_tells_when_it_was() -> None:
    attempt = an_attempt_view(at(30, number=2, took=SECOND // 4))
    assert attempt.number == 2
    assert attempt.request_id == REQUEST_ID
    assert attempt.offset == 30
    assert attempt.started_at == 130
    assert attempt.finished_at == 130.25


def test_an_answered_attempt_shows_what_was_said() -> None:
    answer = Answered(404, Headers([("X-Why", "gone")]), b"no such hook")
    attempt = an_attempt_view(at(0, answer))
    assert attempt.outcome is answer
    assert (attempt.status, attempt.word, attempt.fault) == (404, "404", None)
    assert attempt.response == Response(404, answer.headers, b"no such hook")
    assert attempt.request.method == "POST"


def test_a_lost_answer_shows_what_the_receiver_had_said() -> None:
    lost = at(0, AnswerLost(Answered(200, body=b"thanks")))
    attempt = an_attempt_view(replace(lost, fault="answer lost"))
    assert (attempt.status, attempt.word, attempt.fault) == (None, "answer lost", "answer lost")
    assert attempt.response is not None
    assert attempt.response.body == b"thanks"


def test_an_attempt_without_an_answer_has_no_response() -> None:
    attempt = an_attempt_view(at(0, TimedOut(10)))
    assert (attempt.status, attempt.word, attempt.response) == (None, "timeout", None)


def test_two_views_of_one_attempt_are_equal() -> None:
    attempt = at(0)
    assert an_attempt_view(attempt) == an_attempt_view(attempt)
    assert {an_attempt_view(attempt), an_attempt_view(attempt)} == {an_attempt_view(attempt)}
    assert an_attempt_view(attempt) != an_attempt_view(at(0))
    assert an_attempt_view(attempt) != attempt


# -- a delivery ----------------------------------------------------------------------------------


def test_a_delivery_moves_with_what_it_shows() -> None:
    ledger = Ledger()
    ledger.add(a_delivery(due_at=ACCEPTED))
    delivery = ledger[0]
    assert (delivery.state, delivery.settled, delivery.due_at) == ("scheduled", False, 100)
    assert delivery.attempts == []
    ledger.deliveries[0] = a_delivery(at(0, 200), state=State.DELIVERED)
    assert (delivery.state, delivery.settled, delivery.due_at) == ("delivered", True, None)
    assert len(delivery.attempts) == 1


def test_a_delivery_shows_what_was_asked() -> None:
    delivery = viewed(a_delivery())
    assert delivery.position == 0
    assert delivery.request_id == REQUEST_ID
    assert delivery.key_id == a_job().key_id
    assert delivery.request == a_request()
    assert delivery.endpoint == an_endpoint()
    assert delivery.accepted_at == 100
    assert delivery.audio == b"Hello"
    assert delivery.reason == ""


def test_a_delivery_tells_its_attempts_in_three_ways() -> None:
    delivery = viewed(
        a_delivery(at(0), at(30, TimedOut(10), 2), at(70, 200, 3), state=State.DELIVERED)
    )
    assert delivery.timeline == ["+0s POST 503", "+30s POST timeout", "+70s POST 200"]
    assert delivery.offsets == [0, 30, 70]
    assert delivery.statuses == [503, "timeout", 200]


def test_a_delivery_is_one_line_for_people() -> None:
    fresh = viewed(a_delivery(due_at=0))
    assert repr(fresh) == (
        f"<Delivery {REQUEST_ID} to https://app.example/hook: scheduled, due at +0s"
        " [no attempt yet]>"
    )
    tried = viewed(a_delivery(at(0), at(30, 200, 2), state=State.DELIVERED))
    assert repr(tried) == (
        f"<Delivery {REQUEST_ID} to https://app.example/hook: delivered"
        " [+0s POST 503; +30s POST 200]>"
    )


def test_two_views_of_one_delivery_are_equal() -> None:
    ledger, other = Ledger(), Ledger()
    for each in (ledger, other):
        each.add(a_delivery())
        each.add(a_delivery())
    assert ledger[0] == ledger[0]
    assert len({ledger[0], ledger[0], ledger[1]}) == 2
    assert ledger[0] != ledger[1]
    assert ledger[0] != other[0]
    assert ledger[0] != "a delivery"


# -- all of them ---------------------------------------------------------------------------------


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
