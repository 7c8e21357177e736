"""Every operation of the control API: the one place that names its paths."""

from ringback.control import (
    arranging,
    beginning,
    bodies,
    clock,
    deliveries,
    events,
    looking,
    waiting,
)
from ringback.control.asked import (
    Advance,
    Cancel,
    Connect,
    DeliveriesAsked,
    DeliveryAsked,
    ExportAsked,
    FailJob,
    Failures,
    Faults,
    JournalAsked,
    Mode,
    NextFault,
    Nothing,
    Receive,
    Replies,
    RequestsAsked,
    Reset,
    Since,
    Verify,
    Wait,
)
from ringback.control.models import (
    ClockState,
    Connected,
    DeliveriesPage,
    DeliveryState,
    Dropped,
    JournalPage,
    Moved,
    Receivers,
    ReceiverState,
    RequestsPage,
    Status,
    Timeline,
    Unmet,
    Verdict,
    Waited,
)
from ringback.control.operations import Operation
from ringback.control.shapes import OCTETS

_ONE = "/deliveries/{request_id}"

_MOVES = (409, 504)
"""What a verb may meet: another mover, nothing due; and something real that does not end."""

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/clock", clock.show, "How the clock stands", ClockState),
    Operation("PUT", "/clock", clock.change, "Go on in another mode", ClockState, Mode),
    *(
        Operation("POST", f"/clock/{name}", verb, summary, Moved, body, errors=_MOVES, how="aside")
        for name, verb, summary, body in (
            ("settle", clock.settle, "Run what is due now", Nothing),
            ("advance", clock.advance, "Move by a span, or to a moment", Advance),
            ("next", clock.advance_to_next, "Move to the next due moment", Nothing),
            ("step", clock.step, "Move until one attempt has ended", Nothing),
            ("idle", clock.run_until_idle, "Move until nothing is armed any more", Nothing),
        )
    ),
    Operation(
        "GET",
        "/deliveries",
        deliveries.listed,
        "Deliveries, in order of acceptance",
        DeliveriesPage,
        query=DeliveriesAsked,
    ),
    Operation(
        "GET", _ONE, deliveries.shown, "One delivery", DeliveryState, None, DeliveryAsked, (404,)
    ),
    Operation(
        "GET",
        f"{_ONE}/audio",
        deliveries.audio,
        "The audio that was asked for",
        "audio/*",
        None,
        DeliveryAsked,
        (404,),
        "aside",
    ),
    *(
        Operation(
            "GET",
            f"{_ONE}/attempts/{{attempt}}/{name}",
            handle,
            summary,
            OCTETS,
            None,
            DeliveryAsked,
            (404,),
        )
        for name, handle, summary in (
            ("request", bodies.sent, "The body that an attempt carried"),
            ("response", bodies.answered, "The body that was answered"),
        )
    ),
    *(
        Operation(
            "POST",
            f"{_ONE}/{name}",
            handle,
            summary,
            DeliveryState,
            body,
            DeliveryAsked,
            (404, 409),
        )
        for name, handle, summary, body in (
            ("cancel", deliveries.cancel, "Give a delivery up", Cancel),
            ("redeliver", deliveries.redeliver, "Send what it brought again", Nothing),
            ("fail", deliveries.fail, "Have its job fail after all", FailJob),
            ("fault", deliveries.fault, "Have a fault befall its next attempt", NextFault),
        )
    ),
    Operation(
        "POST", "/connect", arranging.connect, "Lead callbacks somewhere", Connected, Connect
    ),
    Operation(
        "POST",
        "/receivers",
        arranging.receive,
        "Put up a scripted receiver",
        ReceiverState,
        Receive,
    ),
    Operation("GET", "/receivers", arranging.receivers, "All scripted receivers", Receivers),
    Operation(
        "GET",
        "/receivers/{number}",
        arranging.receiver,
        "A scripted receiver, and what it saw",
        ReceiverState,
        errors=(404,),
    ),
    Operation(
        "PUT",
        "/receivers/{number}",
        arranging.script,
        "Replace what is left of its script",
        ReceiverState,
        Replies,
        errors=(404,),
    ),
    Operation(
        "GET",
        "/receivers/{number}/requests/{place}",
        bodies.received,
        "The body of what a receiver saw",
        OCTETS,
        errors=(404,),
    ),
    Operation("POST", "/faults", arranging.fault, "Let deliveries meet faults", Faults, Faults),
    Operation("POST", "/failures", arranging.fail, "Let the next requests fail", Unmet, Failures),
    Operation(
        "GET",
        "/requests",
        looking.requests,
        "What arrived, in order",
        RequestsPage,
        query=RequestsAsked,
    ),
    Operation(
        "GET",
        "/journal",
        looking.journal,
        "What happened, in order",
        JournalPage,
        query=JournalAsked,
    ),
    Operation(
        "GET",
        "/events",
        events.events,
        "What happens, as it does: server-sent events, which `Last-Event-ID` resumes",
        "text/event-stream",
        query=Since,
        how="waiting",
    ),
    Operation("GET", "/timeline", looking.timeline, "All of it as text", Timeline, how="aside"),
    Operation("GET", "/status", looking.status, "Which emulator this is", Status),
    Operation(
        "GET",
        "/export",
        looking.exported,
        "Everything that happened, to take along",
        "text/plain",
        query=ExportAsked,
        how="aside",
    ),
    Operation(
        "POST",
        "/wait",
        waiting.wait,
        "Wait until something has happened, in real seconds",
        Waited,
        Wait,
        errors=(408, 409),
        how="waiting",
    ),
    Operation(
        "POST",
        "/verify",
        beginning.verify,
        "What a strict test would say",
        Verdict,
        Verify,
        how="aside",
    ),
    Operation(
        "POST", "/reset", beginning.reset, "Begin again at zero", Dropped, Reset, how="aside"
    ),
)
