"""One request and its answer as bytes, without a socket.

The status line decides. A dispatcher acts on nothing but the status, so an answer whose headers
or body are cut short, too long or contradictory is still that answer, with a note, and an interim
one is passed over, whatever its headers are. Only what has no readable status line and complete
head is no answer.

The same bytes mean the same, however the network cuts them into pieces: heads are divided here, so
that h11 is given the final one when it is complete, and nothing before that.
"""

import re
from collections.abc import Sequence

import h11

from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.base.lines import lines_of
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Garbled, Outcome
from ringback.core.delivery.shape import HEAD_LIMIT, INTERIM_LIMIT, SAMPLE_SIZE
from ringback.sending.answers import Body, answered

ANSWER_LIMIT = 1 << 20
"""Bytes of the final answer as it comes: frames of chunks, and what follows them, may not end."""

_BEGINNING = b"HTTP/1."
_TLS_RECORDS = (b"\x15", b"\x16")
"""How an alert and a handshake of TLS begin: the receiver expected one, and got a request."""

_BLANK_LINE = re.compile(rb"\n\r?\n")
_TARGET = re.compile("[!-~]+")
_ABOUT_THE_CONNECTION = frozenset({"connection", "expect", "transfer-encoding", "upgrade"})

_SAID = h11.Request(method="POST", target="/", headers=[("host", "a"), ("content-length", "0")])
"""A request to which an answer may come: its method says nothing about that, nor do its headers."""

_STATUS = re.compile(rb"HTTP/1\.[0-9] ([0-9]{3})[ \r\n]")


class Conversation:
    """Says one request and hears one answer.

    `hear` returns the outcome as soon as there is one, and must not be called after that.
    """

    __slots__ = ("_begin", "_body", "_h11", "_heads", "_interim", "_read", "_response", "_sought")

    def __init__(self) -> None:
        """Speak as the client, on a connection of its own."""
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=ANSWER_LIMIT)
        self._heads = bytearray()
        self._begin = 0  # of the head that is not complete yet
        self._sought = 0  # there is no blank line before this
        self._interim = 0
        self._read = 0
        self._response: h11.Response | None = None
        self._body = Body()

    @property
    def begun(self) -> bool:
        """Whether any byte of an answer has come."""
        return bool(self._heads)

    def say(self, message: CallbackMessage, target: str) -> Sequence[bytes]:
        """The bytes of the request, in pieces: the body among them is *message*'s own object.

        `connection: close` is the one header that is added, after all others. Host comes first,
        wherever the message has it: h11 sees to that.
        """
        if (quick := _head(message, target)) is not None:
            self._h11.send(_SAID)  # so that it expects an answer
            return [quick, message.body] if message.body else [quick]
        headers = [*message.headers.on_the_wire, ("connection", "close")]
        request = h11.Request(method=message.method, target=target, headers=headers)
        head = self._h11.send(request)
        body = self._h11.send_with_data_passthrough(h11.Data(data=message.body)) or ()
        end = self._h11.send(h11.EndOfMessage())
        return [piece for piece in (head, *body, end) if piece]

    def hear(self, data: bytes) -> Outcome | None:
        """Take in *data*, which is not empty."""
        return self._hear_head(data) if self._response is None else self._hear_answer(data)

    def hear_end(self, otherwise: Outcome) -> Outcome:
        """The receiver closed the connection; *otherwise* is the outcome without an answer."""
        if self._response is None:
            return otherwise
        try:
            self._h11.receive_data(b"")
            self._h11.next_event()  # the end of a body that lasts until the end of the connection
        except h11.RemoteProtocolError:
            return _answered_by(self._response, self._body, "truncated body")
        return _answered_by(self._response, self._body)

    def hear_break(self, otherwise: Outcome) -> Outcome:
        """The connection was torn down; *otherwise* is the outcome without an answer."""
        if self._response is None:
            return otherwise
        return _answered_by(self._response, self._body, "truncated body")

    def _hear_head(self, data: bytes) -> Outcome | None:
        # How much is heard of a head must not depend on how the network cut it into pieces.
        room = HEAD_LIMIT - len(self._heads)
        self._heads += data[:room]
        while True:
            if not self._heads.startswith(
                _BEGINNING[: len(self._heads) - self._begin], self._begin
            ):
                return self._garbled(self._no_beginning())
            blank = _BLANK_LINE.search(self._heads, self._sought)
            if blank is None:
                # A blank line may be cut behind its `\n` or `\r`; none is sought twice otherwise.
                self._sought = max(self._begin, len(self._heads) - 2)
                if len(self._heads) < HEAD_LIMIT:
                    return None
                return self._garbled(f"its head is longer than {HEAD_LIMIT} bytes")
            status = _STATUS.match(self._heads, self._begin)
            # What has no readable status is h11's to refuse, in its own words.
            if status is None or not status[1].startswith(b"1"):
                return self._hear_answer(bytes(self._heads[self._begin :]) + data[room:])
            if status[1] == b"101":
                return self._garbled("it switches to a protocol that nobody asked for")
            self._interim += 1
            if self._interim > INTERIM_LIMIT:
                return self._garbled(f"more than {INTERIM_LIMIT} interim answers")
            self._begin = self._sought = blank.end()

    def _no_beginning(self) -> str:
        if self._begin:
            return "what follows an interim answer does not begin with HTTP/1"
        hint = "; is it https?" if self._heads.startswith(_TLS_RECORDS) else ""
        return f"it does not begin with HTTP/1{hint}"

    def _hear_answer(self, data: bytes) -> Outcome | None:
        """Take in more of the final answer, from its complete head on."""
        room = ANSWER_LIMIT - self._read
        self._read += len(data)
        try:
            if room > 0:
                self._h11.receive_data(data[:room])
            found = self._read_events()
        except h11.RemoteProtocolError as error:
            # h11 appends the offending line, as a bytearray; the sample shows it better.
            return self._unreadable(str(error).partition(": bytearray")[0])
        if found is None and len(data) > room:
            return self._unreadable(f"it is longer than {ANSWER_LIMIT} bytes")
        return found

    def _read_events(self) -> Outcome | None:
        while (event := self._h11.next_event()) is not h11.NEED_DATA:
            match event:
                case h11.Response():
                    self._response = event
                case h11.Data():
                    self._body.add(event.data)
                case _:
                    pass
            if self._response and (self._body.cut or isinstance(event, h11.EndOfMessage)):
                return _answered_by(self._response, self._body)
        return None

    def _unreadable(self, reason: str) -> Outcome:
        if self._response is not None:
            return _answered_by(self._response, self._body, "garbled body")
        status = _STATUS.match(self._heads, self._begin)
        if status is None or int(status[1]) < 200:
            return self._garbled(reason)
        return answered(int(status[1]), NO_HEADERS, Body(), f"unusable headers: {reason}")

    def _garbled(self, detail: str) -> Garbled:
        return Garbled(detail, repr(bytes(self._heads[:SAMPLE_SIZE]))[2:-1])


def _answered_by(response: h11.Response, body: Body, odd: str = "") -> Answered:
    """The outcome of *response*, whose header names keep their spelling."""
    pairs = response.headers.raw_items()
    headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    return answered(response.status_code, headers, body, odd)


def _head(message: CallbackMessage, target: str) -> bytes | None:
    """What h11 would make of the head of *message*; None where that is for h11 to say."""
    host, others, lengths = [], [], []
    for pair in message.headers.on_the_wire:
        name = pair[0].lower()
        if name == "host":
            host.append(pair)
            continue
        others.append(pair)
        if name == "content-length":
            lengths.append(pair[1])
        elif name in _ABOUT_THE_CONNECTION:
            return None
    lines = lines_of((*host, *others, ("connection", "close")))
    if lines is None or not (lines.isascii() and _TARGET.fullmatch(target)):
        return None
    if len(host) != 1 or lengths != [str(len(message.body))]:
        return None
    return b"".join((f"{message.method} {target} HTTP/1.1\r\n".encode(), lines, b"\r\n"))
