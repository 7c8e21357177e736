"""TLS as bytes, without a socket, and whom it trusts.

asyncio has a layer of its own. It throws away what has arrived of an answer when a write fails,
keeps its limits by loop timers, which freezers ring, and sends no alert.
"""

import ssl
from collections.abc import Iterator
from contextlib import suppress

from ringback.errors import SettingsError

RECORD = 16384
"""Bytes of text that a record may hold."""


class Tls:
    """The sender's side of one TLS connection: what comes is opened, what goes is sealed."""

    __slots__ = ("_incoming", "_object", "_outgoing", "ended", "established")

    def __init__(self, context: ssl.SSLContext, server_name: str) -> None:
        """*server_name* is whom the receiver must prove to be; the first `open` shakes hands."""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self.established = False
        self.ended = False

    def open(self, data: bytes = b"") -> Iterator[bytes]:
        """The text in *data*, record by record, or the next step of the handshake.

        `established` and `ended` then say how far it is. Raises `ssl.SSLError` after all that
        came before the fault.
        """
        self._incoming.write(data)
        with suppress(ssl.SSLWantReadError):
            if not self.established:
                self._object.do_handshake()
                self.established = True
            while text := self._object.read(RECORD):
                yield text
            self.ended = True

    def seal(self, text: memoryview) -> bytes:
        """The bytes to be sent for *text*."""
        while text:
            text = text[self._object.write(text) :]
        return self.unsent()

    def unsent(self) -> bytes:
        """What the protocol itself has to say: a handshake's next step, or an alert."""
        return self._outgoing.read()

    def goodbye(self) -> bytes:
        """Say that nothing more will be sent; or, after a fault, say that."""
        with suppress(ssl.SSLError):  # the receiver's own goodbye is not waited for
            self._object.unwrap()
        return self.unsent()


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """A context that trusts the authorities in *ca_file*, or the system's.

    Raises `SettingsError` for a file that cannot be read as certificates.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise SettingsError(
            f"Settings.ca_file: {ca_file!r} cannot be read as certificates in PEM form ({error})"
        ) from error
    return _speaking_http(context)


def trusting_everyone() -> ssl.SSLContext:
    """A context for which any certificate will do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _speaking_http(context)


def _speaking_http(context: ssl.SSLContext) -> ssl.SSLContext:
    # A receiver that could speak HTTP/2 chooses by this; without it some choose nothing at all.
    context.set_alpn_protocols(["http/1.1"])
    # So that writing never has to wait for reading. TLS 1.3 has done away with it.
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context
