"""Where foreign exceptions become outcomes: one table, read from the top."""

import errno
import re
import socket
import ssl

from ringback.core.delivery.outcome import Aborted, Dropped, Outcome, Unreachable

CONNECTING = "connecting"

_NO_RESOURCES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})
"""What OpenSSL, from 1.1 to 3.x, says when the other side answers a handshake in plain text."""

_TURNED_AWAY = re.compile(r"ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)$")
"""Alerts that refuse the sender itself. In TLS 1.3 its handshake has ended when they come."""


def outcome_of(error: OSError, phase: str) -> Outcome:
    """What *error*, which ended an attempt in *phase*, is to the dispatcher."""
    match error:
        case socket.gaierror():
            return Unreachable("unknown host", reason_of(error))
        case ssl.SSLCertVerificationError():
            return Unreachable("tls", error.verify_message or reason_of(error))
        case ssl.SSLZeroReturnError():  # a goodbye in the middle of the handshake
            return Dropped("closed", phase)
        case ssl.SSLError():
            return _outcome_of_tls(error, phase)
        case ConnectionRefusedError():
            return Unreachable("refused", reason_of(error))
        case ConnectionError():
            return Dropped("reset", phase)
        case OSError(errno=number) if number in _NO_RESOURCES:
            return Aborted(f"this process has no room for a connection ({reason_of(error)})")
        case OSError() if phase == CONNECTING:
            return Unreachable("unreachable", reason_of(error))
        case _:
            return Dropped("reset", phase)


def _outcome_of_tls(error: ssl.SSLError, phase: str) -> Outcome:
    reason = getattr(error, "reason", None) or ""  # only OpenSSL's own errors have one
    if phase == CONNECTING and reason in _NOT_TLS:
        return Unreachable("tls", "the receiver does not speak TLS; is it plain http?")
    said = (reason or reason_of(error)).replace("_", " ").lower()
    if phase == CONNECTING or _TURNED_AWAY.search(reason):
        return Unreachable("tls", said)
    return Dropped("reset", phase, said)


def reason_of(error: OSError) -> str:
    """The system's words for *error*, without the numbers, which differ between systems."""
    return error.strerror or str(error) or type(error).__name__
