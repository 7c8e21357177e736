"""Deliveries: which there are, and what may be done with each."""

from collections.abc import Iterator

from ringback.control.asked import Cancel, DeliveriesAsked, DeliveryAsked, FailJob, NextFault
from ringback.control.models import DeliveriesPage, DeliveryState
from ringback.control.operations import Call
from ringback.control.problems import Problem, meant, quoted
from ringback.control.shapes import OCTETS
from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import OURS
from ringback.core.base.rejection import Rejection
from ringback.service.views import Delivery


def listed(call: Call) -> DeliveriesPage:
    """Some of them, in order of acceptance."""
    asked = call.asked(DeliveriesAsked)
    shapes = call.shapes
    chosen: list[DeliveryState] = []
    for each in _chosen(call, asked):
        if len(chosen) == asked.limit:
            return DeliveriesPage(deliveries=chosen, next=chosen[-1].position)
        chosen.append(shapes.delivery(each, brief=asked.brief))
    return DeliveriesPage(deliveries=chosen, next=None)


def shown(call: Call) -> DeliveryState:
    """One of them."""
    return call.shapes.delivery(found(call))


def audio(call: Call) -> Answer:
    """What was asked for, as it is sent."""
    delivery = found(call)
    kind = delivery.request.sound.content_type
    return Answer(200, [("content-type", kind or OCTETS), *OURS], delivery.audio, "")


def cancel(call: Call) -> DeliveryState:
    """Give it up."""
    delivery = found(call)
    call.service.cancel(delivery, call.said(Cancel).reason)
    call.service.clock.changed()
    return call.shapes.delivery(delivery)


def redeliver(call: Call) -> DeliveryState:
    """Send what it brings again, as a delivery of its own."""
    return call.shapes.delivery(call.service.redeliver(found(call)))


def fail(call: Call) -> DeliveryState:
    """Have its job fail, though it was acknowledged."""
    delivery, said = found(call), call.said(FailJob)
    call.service.fail_job(delivery, Rejection(said.status, said.err_code, said.err_msg))
    return call.shapes.delivery(delivery)


def fault(call: Call) -> DeliveryState:
    """Have a fault befall its next attempt."""
    delivery = found(call)
    call.service.fault_next(delivery, call.said(NextFault).fault)
    return call.shapes.delivery(delivery)


def found(call: Call) -> Delivery:
    """The delivery that is meant: the newest of its request, or at a position. Raises `Problem`."""
    request_id = call.path["request_id"]
    position = call.asked(DeliveryAsked).position
    deliveries = call.service.deliveries
    if position is None:
        try:
            return deliveries.for_request(request_id)
        except LookupError:
            pass
    else:
        for each in deliveries:
            if each.position == position and each.request_id == request_id:
                return each
    known = dict.fromkeys(each.request_id for each in deliveries)
    where = "" if position is None else f" at position {position}"
    advice = meant(request_id, known) or (
        " There are none yet." if not known else f" The newest is {[*known][-1]!r}."
    )
    raise Problem(404, f"there is no delivery of request {quoted(request_id)}{where}.{advice}")


def _chosen(call: Call, asked: DeliveriesAsked) -> Iterator[Delivery]:
    service = call.service
    pending = asked.state in ("pending", "scheduled", "in flight")
    deliveries = service.pending[:] if pending else service.deliveries
    if asked.origin is not None:
        deliveries = deliveries.to(asked.origin)
    for each in deliveries:
        if each.position <= asked.after:
            continue
        if asked.request_id is not None and each.request_id != asked.request_id:
            continue
        match asked.state:
            case None | "pending":
                pass
            case "settled":
                if not each.settled:
                    continue
            case state:
                if each.state != state:
                    continue
        yield each
