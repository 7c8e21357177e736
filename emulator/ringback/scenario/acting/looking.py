"""What a step expects, held against what is so at its moment."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ringback.core.base.duration import nanoseconds, words
from ringback.core.delivery.message import CallbackMessage
from ringback.core.request.endpoint import read_place
from ringback.scenario.acting.client import Heard
from ringback.scenario.comparing import (
    Check,
    Seen,
    SeenAttempt,
    body_checks,
    equal,
    header_check,
    number_check,
    request_checks,
    text_check,
)
from ringback.scenario.contents import content_checks
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.seeing import (
    PENDING,
    Sight,
    WantedAnswer,
    WantedAttempt,
    WantedRequest,
)
from ringback.scenario.submitting import read_answer
from ringback.service.service import Service
from ringback.service.views import Attempt, Delivery


class Look:
    """One look at one request: its *answer*, its *delivery*, what each attempt *sent*."""

    def __init__(
        self,
        service: Service,
        where: DocumentPath,
        *,
        label: str = "",
        request_id: str = "",
        answer: Heard | None = None,
        delivery: Delivery | None = None,
        sent: Sequence[CallbackMessage] = (),
    ) -> None:
        """Look from the step at *where*; *label* names what is looked at, where several are."""
        self._service = service
        self._where = where
        self._prefix = f"{label}: " if label else ""
        self._answer = answer
        self._delivery = delivery
        self._attempts: list[Attempt] = [] if delivery is None else delivery.attempts
        self._known = {"$key_id": service.key.identifier, "$request_id": request_id}
        self._seen = Seen(
            attempts=tuple(
                _seen(attempt, message)
                for attempt, message in zip(self._attempts, sent, strict=True)
            ),
            audio=b"" if delivery is None else delivery.audio,
            known=self._known,
        )

    def checks(self, sight: Sight) -> Iterator[Check]:
        """Hold everything that *sight* expects of the request against what is so."""
        if sight.answer is not None:
            yield from self._answer_checks(sight.answer)
        if sight.attempts is not None:
            yield from self._attempt_checks(sight.attempts)
        if sight.each is not None:
            where = (*self._where, "each")
            for number, attempt in enumerate(self._seen.attempts, 1):
                yield from self._request(f"attempt {number}", where, sight.each, attempt)
            if not self._seen.attempts:
                what = f"{self._prefix}attempts"
                yield Check(what, where, "at least one", "none", passed=False)
        if sight.state is not None:
            yield self._state(sight.state)
        if sight.due is not None:
            due = None if self._delivery is None else self._delivery.due_at
            got = "none" if due is None else self._moment(sight.due, nanoseconds(due))
            yield self._equal("due", ("due",), self._wanted(sight.due), got)
        if sight.reason is not None:
            reason = self._delivery.reason if self._delivery is not None else ""
            where = (*self._where, "reason")
            yield text_check(
                f"{self._prefix}reason", where, sight.reason, reason or None, self._known
            )

    def _state(self, expected: str) -> Check:
        delivery = self._delivery
        state = "no delivery" if delivery is None else str(delivery.state)
        pending = delivery is not None and not delivery.settled
        right = pending if expected == PENDING else state == expected
        return Check(f"{self._prefix}state", (*self._where, "state"), expected, state, right)

    def _answer_checks(self, expected: WantedAnswer | str) -> Iterator[Check]:
        where, what, heard = (*self._where, "answer"), f"{self._prefix}answer", self._answer
        if heard is None:
            wanted = expected if isinstance(expected, str) else str(expected.status or "an answer")
            yield Check(what, where, wanted, "none yet", passed=False)
            return
        seen = read_answer(heard.status, heard.body, heard.hint, heard.breaks)
        if isinstance(expected, str):
            yield Check(what, where, expected, str(seen), heard.breaks == expected)
            return
        if expected.status is not None:
            right = expected.status == heard.status and not heard.breaks
            yield Check(what, (*where, "status"), str(expected.status), str(seen), right)
        for name, got in (("err_code", seen.err_code), ("err_msg", seen.err_msg)):
            wanted = getattr(expected, name)
            if wanted is not None:
                place = (*where, name)
                yield text_check(f"{self._prefix}{name}", place, wanted, got or None, self._known)
        for name, value in expected.headers.items():
            place = (*where, "headers", name)
            yield header_check(
                f"{what}, header {name}", place, name, value, heard.headers, self._known
            )
        if expected.body is not None:
            place, body = (*where, "body"), expected.body
            yield from body_checks(f"{what}, body", place, body, heard.body, self._seen)
            yield from content_checks(f"{what}, body", place, body, heard.body, self._known)

    def _attempt_checks(self, expected: int | tuple[WantedAttempt, ...]) -> Iterator[Check]:
        where = (*self._where, "attempts")
        count = expected if isinstance(expected, int) else len(expected)
        yield number_check(f"{self._prefix}number of attempts", where, count, self._seen.attempts)
        if isinstance(expected, int):
            return
        pairs = zip(expected, self._attempts, self._seen.attempts, strict=False)
        for index, (wanted, attempt, seen) in enumerate(pairs):
            place, what = ("attempts", index), f"attempt {index + 1}"
            got = self._moment(wanted.at, nanoseconds(attempt.started_at))
            yield self._equal(f"{what}, at", (*place, "at"), self._wanted(wanted.at), got)
            if wanted.got is not None:
                yield self._equal(f"{what}, got", (*place, "got"), str(wanted.got), seen.got)
            if wanted.second is not None:
                copy = "none" if attempt.copy is None else attempt.copy.word
                yield self._equal(f"{what}, copy", (*place, "copy"), str(wanted.second), copy)
            yield from self._request(what, (*where, index), wanted, seen)

    def _request(
        self, what: str, where: DocumentPath, expected: WantedRequest, attempt: SeenAttempt
    ) -> Iterator[Check]:
        what = f"{self._prefix}{what}"
        yield from request_checks(what, where, expected, attempt, self._seen)
        if expected.body is not None:
            place = (*where, "body")
            yield from content_checks(
                f"{what}, body", place, expected.body, attempt.body, self._known
            )

    def _moment(self, expected: int | datetime, at: int) -> str:
        """The moment *at*, written as the *expected* one is."""
        if isinstance(expected, datetime):
            return self._service.clock.at(at).isoformat()
        accepted = 0 if self._delivery is None else nanoseconds(self._delivery.accepted_at)
        return words(at - accepted)

    def _wanted(self, expected: int | datetime) -> str:
        if isinstance(expected, datetime):
            return expected.astimezone(self._service.clock.at(0).tzinfo).isoformat()
        return words(expected)

    def _equal(self, what: str, place: DocumentPath, expected: str, got: str) -> Check:
        return equal(f"{self._prefix}{what}", (*self._where, *place), expected, got)


def all_checks(
    service: Service, where: DocumentPath, sight: Sight, counts: Mapping[str, int]
) -> Iterator[Check]:
    """What *sight* expects of all that there is: *counts* of what was there at the beginning."""
    got = {
        "deliveries": len(service.deliveries) - counts["deliveries"],
        "pending": len(service.pending),
        "requests": len(service.requests) - counts["requests"],
    }
    for name, count in got.items():
        expected = getattr(sight, name)
        if expected is not None:
            yield equal(name, (*where, name), str(expected), str(count))


def received_checks(
    where: DocumentPath, expected: Mapping[str, int], seen: Mapping[str, int]
) -> Iterator[Check]:
    """How many callbacks each receiver was to see, and how many were *seen*, by its place."""
    for written, count in expected.items():
        place = "".join(read_place(written) or written)
        got = seen.get(place)
        text = "no scripted receiver stands there" if got is None else str(got)
        yield equal(f"received by {place}", (*where, "received", written), str(count), text)


def _seen(attempt: Attempt, message: CallbackMessage) -> SeenAttempt:
    return SeenAttempt(
        nanoseconds(attempt.offset),
        attempt.word,
        message.method,
        message.url,
        message.headers,
        message.body,
    )
