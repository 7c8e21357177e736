"""Facts in words."""

from dataclasses import replace

from ringback.core.base.duration import SECOND
from ringback.core.delivery.delivery import State
from ringback.core.delivery.outcome import TimedOut
from ringback.core.facts import ClockFailed, ClockMoved, Fact
from ringback.core.stream.facts import StreamClosed, StreamFlushed, StreamOpened, StreamWarned
from ringback.service.deliveries import Deliveries
from ringback.service.telling import line, timeline
from tests.conftest import REQUEST_ID, a_job, a_request
from tests.unit.service.ledger import ACCEPTED, Ledger, a_delivery, at


def test_a_timeline_is_for_people() -> None:
    ledger = Ledger()
    ledger.add(
        a_delivery(
            at(0),
            replace(at(30, TimedOut(10), 2), fault="timeout"),
            due_at=ACCEPTED + 70 * SECOND,
        )
    )
    ledger.add(a_delivery(state=State.CANCELLED, reason="no longer wanted"))
    ledger.add(a_delivery(job=a_job(), due_at=0))
    head = f"POST https://app.example/hook  request {REQUEST_ID}  accepted at"
    assert timeline(Deliveries(ledger), []).splitlines() == [
        f"{head} +100s",
        "  +0s POST 503  answered 503",
        "  +30s POST timeout  timed out: no answer within 10 s  [fault: timeout]",
        "  = scheduled, due at +170s",
        f"{head} +100s",
        "  = cancelled (no longer wanted)",
        f"{head} +0s",
        "  = scheduled, due at +0s",
    ]


def test_a_timeline_of_nothing_says_so() -> None:
    assert timeline(Deliveries([]), []) == "no deliveries"


def test_each_stream_has_a_story_of_its_own() -> None:
    second = 10**9
    journal: list[Fact] = [
        StreamOpened(0, "a"),
        ClockMoved(0, second, "advance"),
        StreamOpened(second, "b"),
        StreamFlushed(3 * second, "a", a_request(text="Hello")),
        StreamWarned(3 * second, "b", "EXCESSIVE_FLUSH"),
        StreamClosed(4 * second, "b", 1008, "DATA-0000", "Mind the type."),
    ]
    assert timeline(Deliveries([]), journal).splitlines() == [
        "no deliveries",
        "stream  request a  opened at +0s",
        "  +3s flushed 5 characters",
        "stream  request b  opened at +1s",
        "  +2s warned EXCESSIVE_FLUSH",
        "  +3s closed 1008 DATA-0000 (Mind the type.)",
    ]


def test_a_clock_that_has_come_to_a_halt_is_told_of() -> None:
    halted = ClockFailed(30 * SECOND, "has halted")
    assert line(halted) == "+30s clock has halted"
    assert timeline(Deliveries([]), [halted]).splitlines() == [
        "no deliveries",
        "clock at +30s  has halted",
    ]
