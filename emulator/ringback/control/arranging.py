"""What is arranged: where callbacks lead, who receives them, which requests fail."""

from collections.abc import Iterator
from contextlib import contextmanager

from ringback.control.asked import Connect, Failures, Faults, Receive, Replies, Reply, ReplyLike
from ringback.control.models import Connected, Receivers, ReceiverState, Unmet
from ringback.control.operations import Call
from ringback.control.problems import Problem
from ringback.core.base.masking import masked_url
from ringback.core.delivery import reply as core
from ringback.errors import SettingsError


def connect(call: Call) -> Connected:
    """Lead callbacks to an origin to a base URL."""
    said = call.said(Connect)
    with _told():
        call.service.connect(said.origin, said.to, said.faults)
    return Connected(origin=said.origin, to=masked_url(said.to))


def receive(call: Call) -> ReceiverState:
    """Put a scripted receiver at an origin."""
    said = call.said(Receive)
    service = call.service
    with _told(), service.lock:
        replies = [_reply(each) for each in said.replies]
        receiver = service.receiver(said.origin, replies, said.faults)
        number = len(service.arranging.receivers) - 1
    return call.shapes.receiver(number, receiver)


def receivers(call: Call) -> Receivers:
    """All scripted receivers."""
    shapes = call.shapes
    all_ = list(enumerate(call.service.arranging.receivers))
    return Receivers(receivers=[shapes.receiver(number, each) for number, each in all_])


def receiver(call: Call) -> ReceiverState:
    """One of them, and what it saw."""
    number = _number(call)
    return call.shapes.receiver(number, call.service.arranging.receivers[number])


def script(call: Call) -> ReceiverState:
    """Replace what is left of its script."""
    number = _number(call)
    receiver = call.service.arranging.receivers[number]
    with _told():
        receiver.replies(*map(_reply, call.said(Replies).replies))
    return call.shapes.receiver(number, receiver)


def fail(call: Call) -> Unmet:
    """Let the next requests fail."""
    given = call.said(Failures).failures
    with _told():
        call.service.fail_requests(given)  # type: ignore[arg-type] # words are checked there
    return Unmet(unmet=call.service.failures.unmet)


def fault(call: Call) -> Faults:
    """Let deliveries meet faults, wherever they go."""
    said = call.said(Faults)
    with _told():
        call.service.fault_deliveries(said.faults)
    return said


@contextmanager
def _told() -> Iterator[None]:
    """Say of a value of a wrong type, where none is checked before, that it is one."""
    try:
        yield
    except TypeError as error:
        raise SettingsError(str(error)) from None


def _number(call: Call) -> int:
    number, known = call.number("number", "receiver"), len(call.service.arranging.receivers)
    if number >= known:
        last = f"the last one is {known - 1}" if known else "none was put anywhere yet"
        raise Problem(404, f"there is no receiver {number}: {last}")
    return number


def _reply(entry: ReplyLike) -> core.ReplyLike:
    if isinstance(entry, Reply):
        return core.Reply(entry.status, entry.headers, entry.body, entry.after)
    return entry
