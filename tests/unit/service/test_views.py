"""What a test looks at: deliveries and attempts."""

from dataclasses import replace

from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.delivery.delivery import Attempt as CoreAttempt
from ringback.core.delivery.delivery import Delivery as CoreDelivery
from ringback.core.delivery.delivery import State
from ringback.core.delivery.outcome import Answered, AnswerLost, TimedOut
from ringback.service.views import Attempt, Delivery, Response
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
