"""What a service shows, in the shapes of the control API."""

import hashlib
from collections.abc import Iterable

from ringback.control.models import (
    AttemptMade,
    ClockState,
    DeliveryState,
    FactTold,
    MessageSent,
    ReceiverState,
    RequestReceived,
    ResponseSeen,
    RuleBehind,
)
from ringback.core.base.duration import seconds
from ringback.core.base.masking import masked_query
from ringback.core.delivery.message import CallbackMessage
from ringback.core.facts import Fact
from ringback.core.rules.rule import Rule
from ringback.receiving.scripted import Receiver
from ringback.recording import plain
from ringback.service.received import ReceivedRequest, shown_query
from ringback.service.service import Service
from ringback.service.telling import line
from ringback.service.views import Attempt, Delivery

OCTETS = "application/octet-stream"

_NANOSECONDS = 1_000_000_000


class Shapes:
    """Makes one answer. All attempts of a delivery share a message, which is digested once."""

    def __init__(self, service: Service) -> None:
        """Show *service*."""
        self._clock = service.clock
        self._service = service
        self._messages: dict[int, MessageSent] = {}
        self._responses: dict[int, ResponseSeen] = {}

    def clock(self) -> ClockState:
        """The clock at this moment."""
        clock, service = self._clock, self._service
        with clock.still():
            moment, due = clock.now_ns, clock.next_due
            return ClockState(
                mode=service.pace.mode,
                now=clock.at(moment),
                elapsed=seconds(moment),
                next_due=None if due is None else seconds(due),
                next_due_time=None if due is None else clock.at(due),
                pending=service.engine.dispatcher.pending,
                in_flight=len(clock.tokens),
                busy=clock.busy,
                mover=clock.mover or None,
            )

    def attempts(self, attempts: Iterable[Attempt]) -> list[AttemptMade]:
        """Some attempts."""
        return [self._attempt(each) for each in attempts]

    def delivery(self, delivery: Delivery, *, brief: bool = False) -> DeliveryState:
        """One delivery; *brief*, without what its attempts sent and heard."""
        ended = delivery.attempts
        attempts = [] if brief else self.attempts(ended)
        due = delivery.due_at
        return DeliveryState(
            position=delivery.position,
            request_id=delivery.request_id,
            key_id=delivery.key_id,
            state=delivery.state.value,
            settled=delivery.settled,
            reason=delivery.reason,
            endpoint=str(delivery.endpoint),
            method=delivery.request.method,
            model=delivery.request.voice.name,
            characters=len(delivery.request.text),
            accepted_at=delivery.accepted_at,
            accepted=self._clock.at(_moment(delivery.accepted_at)),
            due_at=due,
            due=None if due is None else self._clock.at(_moment(due)),
            timeline=list(map(str, ended)),
            statuses=[each.word if each.status is None else each.status for each in ended],
            offsets=[each.offset for each in ended],
            attempts=attempts,
            rules=[] if brief else [list(map(_rule, each)) for each in delivery.rules],
        )

    def receiver(self, number: int, receiver: Receiver) -> ReceiverState:
        """One scripted receiver."""
        return ReceiverState(
            number=number,
            url=receiver.url,
            unused=receiver.unused,
            requests=[self.message(each) for each in receiver.requests],
        )

    def message(self, message: CallbackMessage) -> MessageSent:
        """What was sent to a receiver."""
        known = self._messages.get(id(message))
        if known is None:
            known = self._messages[id(message)] = MessageSent(
                method=message.method,
                url=masked_query(message.url),
                headers=message.headers.masked(),
                size=_size(message),
                sha256=message.digest or digest(message.body),
            )
        return known

    def request(self, place: int, request: ReceivedRequest) -> RequestReceived:
        """What arrived."""
        kept = len(request.body) == request.size
        return RequestReceived(
            place=place,
            at=request.at,
            time=self._clock.at(_moment(request.at)),
            method=request.method,
            path=request.path,
            query=shown_query(request.query),
            headers=request.headers.masked(),
            content_type=request.content_type,
            size=request.size,
            sha256=digest(request.body) if kept else None,
            status=request.status,
            request_id=request.request_id,
        )

    def fact(self, place: int, fact: Fact) -> FactTold:
        """What happened."""
        told = plain.fact(fact)
        del told["fact"], told["at"]
        return FactTold(
            place=place,
            fact=fact.name,
            at=seconds(fact.at),
            time=self._clock.at(fact.at),
            line=line(fact),
            details=told,
        )

    def _attempt(self, attempt: Attempt) -> AttemptMade:
        copy = attempt.copy
        return AttemptMade(
            request_id=attempt.request_id,
            position=attempt.position,
            number=attempt.number,
            offset=attempt.offset,
            started_at=attempt.started_at,
            started=self._clock.at(_moment(attempt.started_at)),
            finished_at=attempt.finished_at,
            finished=self._clock.at(_moment(attempt.finished_at)),
            line=str(attempt),
            outcome=str(attempt.outcome),
            word=attempt.word,
            status=attempt.status,
            fault=attempt.fault,
            copy_outcome=None if copy is None else str(copy),
            request=self.message(attempt.request),
            response=self._response(attempt),
        )

    def _response(self, attempt: Attempt) -> ResponseSeen | None:
        """What came back. A scripted reply that repeats is one outcome, and is told once."""
        outcome = attempt.outcome
        known = self._responses.get(id(outcome))
        if known is None and (response := attempt.response) is not None:
            known = self._responses[id(outcome)] = ResponseSeen(
                status=response.status,
                headers=response.headers.masked(),
                size=len(response.body),
                sha256=digest(response.body),
            )
        return known


def digest(body: bytes) -> str:
    """The SHA-256 of *body*, in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def _size(message: CallbackMessage) -> int:
    if not message.digest:
        return len(message.body)
    length = message.headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _rule(rule: Rule) -> RuleBehind:
    return RuleBehind(name=rule.name, standing=rule.standing.value, statement=rule.statement)


def _moment(at: float) -> int:
    return round(at * _NANOSECONDS)
