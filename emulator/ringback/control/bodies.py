"""The bodies of what was sent, as they are: documents tell them by length and digest."""

from ringback.control.deliveries import found
from ringback.control.operations import Call
from ringback.control.problems import Problem
from ringback.control.shapes import OCTETS
from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import OURS
from ringback.core.delivery.message import CallbackMessage
from ringback.service.views import Attempt


def sent(call: Call) -> Answer:
    """What an attempt carried."""
    return _carried(_attempt(call).request)


def answered(call: Call) -> Answer:
    """What the receiver of an attempt answered, as far as it was read."""
    response = _attempt(call).response
    if response is None:
        raise Problem(404, "the receiver gave no answer to this attempt")
    return _bytes(response.body)


def received(call: Call) -> Answer:
    """What a scripted receiver saw."""
    number, place = call.number("number", "receiver"), call.number("place", "request")
    receivers = call.service.arranging.receivers
    if number >= len(receivers) or place >= len(receivers[number].requests):
        raise Problem(404, f"receiver {number} saw no request {place}: they are numbered from 0")
    return _carried(receivers[number].requests[place])


def _attempt(call: Call) -> Attempt:
    delivery, number = found(call), call.number("attempt", "attempt")
    attempts = delivery.attempts
    if not 1 <= number <= len(attempts):
        raise Problem(404, f"attempt {number} has not ended: there are {len(attempts)}, from 1 on")
    return attempts[number - 1]


def _carried(message: CallbackMessage) -> Answer:
    if message.digest:
        raise Problem(404, "no bodies are kept here, for `keep` is set: only length and digest are")
    return _bytes(message.body)


def _bytes(body: bytes) -> Answer:
    return Answer(200, [("content-type", OCTETS), *OURS], body, "")
