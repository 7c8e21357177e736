"""What an error of the system or of TLS is to the dispatcher, and when."""

import errno
import ssl

import pytest

from ringback.core.delivery.outcome import Aborted, Dropped, Outcome, Unreachable
from ringback.sending.border import CONNECTING, outcome_of


def a_fault(reason: str | None) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] in other words")
    error.reason = reason  # type: ignore[assignment]  # None where OpenSSL is newer than Python
    return error


@pytest.mark.parametrize(
    "alert",
    [
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_UNKNOWN_CA",
    ],
)
@pytest.mark.parametrize("phase", [CONNECTING, "sending", "waiting"])
def test_a_receiver_that_turns_the_sender_away_is_not_reached_whenever_it_says_so(
    alert: str, phase: str
) -> None:
    said = alert.replace("_", " ").lower()
    assert outcome_of(a_fault(alert), phase) == Unreachable("tls", said)


@pytest.mark.parametrize(
    "reason",
    [
        "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
        "SSLV3_ALERT_BAD_RECORD_MAC",
        "TLSV1_ALERT_INTERNAL_ERROR",
        "UNEXPECTED_MESSAGE",
        "WRONG_VERSION_NUMBER",
        "RECORD_LAYER_FAILURE",
        None,
    ],
)
@pytest.mark.parametrize("phase", ["sending", "waiting", "receiving"])
def test_any_other_fault_of_tls_after_the_handshake_is_a_drop(
    reason: str | None, phase: str
) -> None:
    outcome = outcome_of(a_fault(reason), phase)
    assert isinstance(outcome, Dropped)
    assert (outcome.how, outcome.phase) == ("reset", phase)
    assert outcome.detail


@pytest.mark.parametrize("reason", ["NO_SHARED_CIPHER", "TLSV1_ALERT_INTERNAL_ERROR", None])
def test_in_the_handshake_every_fault_of_tls_is_no_connection(reason: str | None) -> None:
    outcome = outcome_of(a_fault(reason), CONNECTING)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason == "tls"


@pytest.mark.parametrize(
    ("error", "phase", "outcome"),
    [
        (ssl.SSLZeroReturnError(6, "goodbye"), CONNECTING, Dropped("closed", CONNECTING)),
        (ConnectionResetError(errno.ECONNRESET, ""), "sending", Dropped("reset", "sending")),
        (BrokenPipeError(errno.EPIPE, ""), "sending", Dropped("reset", "sending")),
        (OSError(errno.ETIMEDOUT, ""), "waiting", Dropped("reset", "waiting")),
        (
            OSError(errno.EHOSTUNREACH, "No route to host"),
            CONNECTING,
            Unreachable("unreachable", "No route to host"),
        ),
        (
            OSError(errno.EMFILE, "Too many open files"),
            CONNECTING,
            Aborted("this process has no room for a connection (Too many open files)"),
        ),
    ],
)
def test_an_error_of_the_system_is_told_by_when_it_came(
    error: OSError, phase: str, outcome: Outcome
) -> None:
    assert outcome_of(error, phase) == outcome
