"""What a fault does to an attempt: to what is sent, and to what the dispatcher hears."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import SECOND, nanoseconds
from ringback.core.base.headers import Headers
from ringback.core.base.ids import uuid_of
from ringback.core.delivery.fault import Fault
from ringback.core.delivery.fault_words import LATE_COPY_AFTER
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import (
    Answered,
    AnswerLost,
    Dropped,
    Garbled,
    Outcome,
    Unreachable,
    remarked,
)
from ringback.core.delivery.reply import Answer, Reply, answer_of

HEAD_LIMIT = 65536
"""Bytes that all heads of an answer together, interim ones included, may have."""

INTERIM_LIMIT = 100
"""Interim answers (1xx) that are skipped; some libraries read them for ever."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one entry of `faults=[…]` comes to.

    *instead* is what the dispatcher hears of an attempt that never arrives whole. *name* is what is
    recorded.
    """

    name: str
    word: str = ""
    instead: Answer | None = None
    after: int | None = None
    at: int | None = None
    status: int = 0
    real: bool = False

    @property
    def arrives(self) -> int:
        """How many times the attempt arrives whole while it lasts."""
        if self.instead is not None:
            return 0
        return 2 if self.doubles else 1

    @property
    def doubles(self) -> bool:
        """Whether the attempt arrives twice while it lasts."""
        return self.together or (self.word == "duplicate" and not self.after)

    @property
    def together(self) -> bool:
        """Whether it does so at the same time."""
        return self.word == "two at once"

    @property
    def copied_after(self) -> int | None:
        """How long after its end, in nanoseconds, it comes again; None: it does not."""
        return self.after if self.word == "duplicate" and self.after else None

    @property
    def copied_late(self) -> int | None:
        """How long after its delivery's success, in nanoseconds, it comes again; None: never."""
        if self.word != "late copy":
            return None
        return LATE_COPY_AFTER * SECOND if self.after is None else self.after

    @property
    def comes_again(self) -> bool:
        """Whether it may come again once it has ended."""
        return self.copied_after is not None or self.copied_late is not None

    @property
    def swaps(self) -> bool:
        """Whether the next one of another delivery goes first."""
        return self.word == "swapped"

    @property
    def breaks(self) -> bool:
        """Whether its connection breaks in the middle of the request."""
        return self.word == "reset during"

    @property
    def alters(self) -> bool:
        """Whether something else is sent than would be."""
        return self.word in _ALTERATIONS

    @property
    def drags(self) -> float:
        """Real seconds that it is on its way."""
        return (self.after or 0) / SECOND if self.real else 0

    def sent(self, message: CallbackMessage) -> CallbackMessage:
        """What is sent in place of *message*."""
        alter = _ALTERATIONS.get(self.word)
        return message if alter is None else alter(message, self)

    def heard(self, answer: Answer) -> Answer:
        """What the dispatcher hears where its receiver gave *answer*."""
        hear = _HEARINGS.get(self.word)
        if hear is None or not isinstance(answer.outcome, Answered):
            return answer
        return hear(answer, answer.outcome, self)

    def size_of(self, body: bytes) -> int:
        """How many bytes of *body* arrive: never all of them where the connection breaks."""
        most = max(0, len(body) - 1) if self.breaks else len(body)
        return len(body) // 2 if self.at is None else min(self.at, most)


def shape_of(fault: Fault | Reply | None) -> Shape | None:
    """What *fault* does to an attempt; None: nothing."""
    match fault:
        case None:
            return None
        case Reply():
            return Shape(str(fault.status), instead=answer_of(fault))
        case _:
            return Shape(
                str(fault),
                fault.word,
                _INSTEAD.get(fault.word),
                None if fault.after is None else nanoseconds(fault.after),
                fault.at,
                fault.status or 0,
                fault.real,
            )


_INSTEAD = {
    "refused": Answer(Unreachable("refused", "scripted")),
    "reset before": Answer(Dropped("reset", "connecting")),
    "reset": Answer(Dropped("reset", "waiting")),
    # Whoever knows the attempt limit turns an answer that never comes into a time-out.
    "timeout": Answer(Dropped("closed", "waiting"), takes=None),
    "reset during": Answer(Dropped("reset", "sending")),
}


# -- what is sent ----------------------------------------------------------------------------------


def _with_header(message: CallbackMessage, name: str, value: str | None) -> CallbackMessage:
    """*message* with *value* in place of the header *name*; None: without it."""
    pairs = [pair for pair in message.headers.on_the_wire if pair[0].lower() != name]
    if value is not None:
        pairs.append((name, value))
    return _altered(message, Headers(pairs), message.body)


def _with_body(message: CallbackMessage, body: bytes) -> CallbackMessage:
    length = str(len(body))
    pairs = [
        (name, length if name.lower() == "content-length" else value)
        for name, value in message.headers.on_the_wire
    ]
    return _altered(message, Headers(pairs), body)


def _altered(message: CallbackMessage, headers: Headers, body: bytes) -> CallbackMessage:
    return CallbackMessage(message.method, message.url, headers, body, original=message)


def _basic(userinfo: bytes) -> str:
    return f"Basic {base64.b64encode(userinfo).decode()}"


def _wrong_credential(message: CallbackMessage, shape: Shape) -> CallbackMessage:
    given = dict(message.headers.on_the_wire).get("authorization", "")
    user, _, password = base64.b64decode(given.removeprefix("Basic ")).partition(b":")
    wrong = b"wrong" if password != b"wrong" else b"wrong too"
    return _with_header(message, "authorization", _basic((user or b"nobody") + b":" + wrong))


def _foreign_token(message: CallbackMessage, shape: Shape) -> CallbackMessage:
    own = dict(message.headers.on_the_wire).get("dg-token", "")
    foreign = uuid_of(hashlib.sha256(f"foreign\x00{own}".encode()).hexdigest()[:32], 4)
    return _with_header(message, "dg-token", foreign)


def _flipped(message: CallbackMessage, shape: Shape) -> CallbackMessage:
    body = bytearray(message.body)
    if not body:
        return message
    bit = (len(body) * 4 if shape.at is None else shape.at) % (len(body) * 8)
    body[bit // 8] ^= 0x80 >> bit % 8
    return _with_body(message, bytes(body))


_ALTERATIONS: Mapping[str, Callable[[CallbackMessage, Shape], CallbackMessage]] = {
    "no credential": lambda message, _: _with_header(message, "authorization", None),
    "wrong credential": _wrong_credential,
    "foreign credential": lambda message, _: _with_header(
        message, "authorization", _basic(b"stranger:foreign")
    ),
    "no dg-token": lambda message, _: _with_header(message, "dg-token", None),
    "foreign dg-token": _foreign_token,
    "body cut": lambda message, shape: _with_body(
        message, message.body[: shape.size_of(message.body)]
    ),
    "bit flipped": _flipped,
}


# -- what is heard ---------------------------------------------------------------------------------


def _hears(outcome: Outcome) -> Callable[[Answer, Answered, Shape], Answer]:
    return lambda answer, _, shape: Answer(outcome, answer.takes)


def _slower(answer: Answer, _: Answered, shape: Shape) -> Answer:
    if shape.real or answer.takes is None:
        return answer
    return Answer(answer.outcome, answer.takes + (shape.after or 0))


def _half_of(answer: Answer, answered: Answered, _: Shape) -> Answer:
    half = replace(answered, body=answered.body[: len(answered.body) // 2])
    return Answer(remarked(half, "truncated body"), answer.takes)


_GARBAGE = "220 mail.example ESMTP\r\n"
_FLOOD = "HTTP/1.1 103 Early Hints\r\n\r\n"
_HUGE = "HTTP/1.1 200 OK\r\nX-Huge: "

SAMPLE_SIZE = 80
"""Bytes that are shown of what is not HTTP."""


def _sample(text: str) -> str:
    return repr(text[:SAMPLE_SIZE])[1:-1]


_HEARINGS: Mapping[str, Callable[[Answer, Answered, Shape], Answer]] = {
    "reset after": _hears(Dropped("reset", "waiting")),
    "reset in answer": _hears(Dropped("reset", "receiving")),
    "answer lost": lambda answer, answered, _: Answer(AnswerLost(answered), answer.takes),
    "answer replaced": lambda answer, _, shape: Answer(Answered(shape.status), answer.takes),
    "slow": _slower,
    "garbage": _hears(Garbled("it does not begin with HTTP/1", _sample(_GARBAGE))),
    "wrong length": _half_of,
    "1xx flood": _hears(
        Garbled(f"more than {INTERIM_LIMIT} interim answers", _sample(_FLOOD * INTERIM_LIMIT))
    ),
    "endless body": lambda answer, answered, _: Answer(answered, takes=None),
    "huge header": _hears(
        Garbled(f"its head is longer than {HEAD_LIMIT} bytes", _sample(_HUGE + "x" * HEAD_LIMIT))
    ),
}
"""What is heard of a receiver that answered. One that did not is heard as it is."""
