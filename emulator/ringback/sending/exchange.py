"""One request and its answer over one connection."""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from ringback.core.delivery.outcome import Dropped, Outcome
from ringback.sending.answers import BROKEN
from ringback.sending.border import CONNECTING, outcome_of
from ringback.sending.conversation import Conversation
from ringback.sending.tls import Tls

_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""Has the system tear a connection down where it is closed (`SO_LINGER`, for 0 seconds)."""

PIECE = 65536
"""Bytes handed to the transport at once. It copies what the socket does not take."""


class Exchange(asyncio.Protocol):
    """Writes a request as soon as it is connected, reads the answer, and ends the connection.

    *request* is in pieces as `Conversation.say` makes them. `outcome` is set once the connection
    has gone, so nothing of an attempt is left when it is over. *raw* is the socket under it all.
    With *tls* everything is encrypted, and `secured` is set when the handshake is over, well or
    not.
    """

    def __init__(
        self,
        conversation: Conversation,
        request: Sequence[bytes],
        raw: socket.socket,
        outcome: asyncio.Future[Outcome],
        tls: Tls | None = None,
        *,
        breaks: bool = False,
    ) -> None:
        """Wait for `connection_made`; one that *breaks* is torn down once all of it is sent."""
        self.outcome = outcome
        self.secured = None if tls is None else outcome.get_loop().create_future()
        self._conversation = conversation
        self._left = [memoryview(piece) for piece in reversed(request)]
        self._raw = raw
        self._tls = tls
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._breaks = breaks
        self._found: Outcome | None = None

    @property
    def phase(self) -> str:
        """How far it got: `connecting`, `sending`, `waiting` or `receiving`."""
        if self._transport is None or not (self._tls is None or self._tls.established):
            return CONNECTING
        if self._conversation.begun:
            return "receiving"
        return "sending" if self._left or self._paused else "waiting"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request, or shake hands first."""
        self._transport = cast(asyncio.Transport, transport)
        # Buffering nothing beyond a piece keeps the audio shared, and `phase` true.
        self._transport.set_write_buffer_limits(high=1, low=0)
        if self._tls is not None:
            self._end(self._hear(b""))
        self._write()

    def pause_writing(self) -> None:
        """Wait until the socket has taken what it was given."""
        self._paused = True

    def resume_writing(self) -> None:
        """Send more."""
        self._paused = False
        self._write()

    def data_received(self, data: bytes) -> None:
        """Read on. An early answer counts: nobody has to read a request to answer it."""
        if self._found is None:
            self._end(self._hear(data))
            if self._tls is not None:
                self._write()

    def eof_received(self) -> None:
        """Take the end of the receiver's half for the end: no answer can follow."""
        if self._found is None:
            self._end(self._closed())

    def connection_lost(self, error: Exception | None) -> None:
        """Say what became of it all."""
        self._be_secured()
        if self.outcome.done():
            return
        if self._found is not None:
            self.outcome.set_result(self._found)
        elif error is None:
            self.outcome.set_result(self._closed())
        elif isinstance(error, OSError):
            self.outcome.set_result(self._late_answer() or self._broken(error))
        else:
            self.outcome.set_exception(error)

    def abandon(self) -> None:
        """Tear the connection down, if there is one left."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self) -> None:
        transport, tls = self._transport, self._tls
        if transport is None or transport.is_closing():
            return
        if tls is not None:
            if unsent := tls.unsent():
                transport.write(unsent)
            if not tls.established:
                return
            self._be_secured()
        if self._breaks:
            self._found = BROKEN  # whatever the receiver says to a part of a request
        while self._left and not (self._paused or transport.is_closing()):
            piece = self._left.pop()
            try:
                transport.write(piece[:PIECE] if tls is None else tls.seal(piece[:PIECE]))
            except ssl.SSLError as error:  # what `resume_writing` raises is not heard of again
                self._left.append(piece)
                self._end(self._broken(error))
                return
            if len(piece) > PIECE:
                self._left.append(piece[PIECE:])
        if self._breaks and not (self._left or self._paused or transport.is_closing()):
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()

    def add(self, piece: bytes) -> None:
        """Send *piece* behind all else, if anybody still wants it."""
        self._left.insert(0, memoryview(piece))
        self._write()

    def _hear(self, data: bytes) -> Outcome | None:
        if self._tls is None:
            return self._conversation.hear(data)
        try:
            for text in self._tls.open(data):
                if found := self._conversation.hear(text):
                    return found
        except ssl.SSLError as error:
            return self._broken(error)
        return self._closed() if self._tls.ended else None

    def _be_secured(self) -> None:
        if self.secured is not None and not self.secured.done():
            self.secured.set_result(None)

    def _end(self, found: Outcome | None) -> None:
        if found is None or self._transport is None:
            return
        self._found = found
        if self._tls is not None and (goodbye := self._tls.goodbye()):
            self._transport.write(goodbye)
        self._transport.abort()

    def _closed(self) -> Outcome:
        return self._conversation.hear_end(Dropped("closed", self.phase))

    def _broken(self, error: OSError) -> Outcome:
        return self._conversation.hear_break(outcome_of(error, self.phase))

    def _late_answer(self) -> Outcome | None:
        """Read what had arrived before the connection broke.

        A receiver that answers without reading the request resets the connection, and asyncio
        notices by failing to write before it reads the answer.
        """
        # It ends when nothing more is there, or when the loop has closed the socket already.
        with suppress(OSError):
            while data := self._raw.recv(PIECE):
                if found := self._hear(data):
                    return found
        return None
