"""What arrived and what happened, as it stands."""

from importlib.metadata import version

from ringback.control.asked import ExportAsked, JournalAsked, RequestsAsked
from ringback.control.models import JournalPage, RequestsPage, Status, Timeline
from ringback.control.operations import Call
from ringback.control.taking import take
from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import OURS

_KINDS = {
    "html": "text/html",
    "jsonl": "application/jsonl",
    "har": "application/json",
    "scenario": "application/yaml",
}
"""The media types of what can be taken along."""


def status(call: Call) -> Status:
    """Which emulator this is, and how much of everything there is."""
    service = call.service
    dispatcher = service.engine.dispatcher
    return Status(
        version=version("ringback"),
        key_id=service.key.identifier,
        project_id=service.project_id,
        clock=call.shapes.clock(),
        deliveries=len(dispatcher.deliveries),
        requests=len(service.requests),
        facts=len(service.journal),
        dropped=service.dropped,
    )


def timeline(call: Call) -> Timeline:
    """Everything that a reader of a failing test wants to see."""
    return Timeline(text=call.service.timeline)


def requests(call: Call) -> RequestsPage:
    """What arrived at the speak endpoints."""
    service, asked = call.service, call.asked(RequestsAsked)
    with service.lock:
        dropped, kept = service.dropped["requests"], len(service.requests)
        first = max(asked.after + 1, dropped)
        some = service.requests[first - dropped : first - dropped + asked.limit]
    last = first + len(some)
    shapes = call.shapes
    return RequestsPage(
        requests=[shapes.request(number, each) for number, each in enumerate(some, start=first)],
        next=last - 1 if last < dropped + kept else None,
        dropped=dropped,
    )


def journal(call: Call) -> JournalPage:
    """What happened."""
    service, asked = call.service, call.asked(JournalAsked)
    with service.lock:
        dropped = service.journal.dropped
        first = max(asked.since, dropped)
        facts = service.journal[first - dropped : first - dropped + asked.limit]
    shapes = call.shapes
    return JournalPage(
        facts=[shapes.fact(number, each) for number, each in enumerate(facts, start=first)],
        next=first + len(facts),
        dropped=dropped,
    )


def exported(call: Call) -> Answer:
    """Everything that happened, to take along."""
    form = call.asked(ExportAsked).format
    text = take(call.service, form)
    kind = f"{_KINDS.get(form, 'text/plain')}; charset=utf-8"
    return Answer(200, [("content-type", kind), *OURS], text.encode("utf-8", "replace"), "")
