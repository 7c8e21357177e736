"""All checks in their order: why each matters, and the rule of the service behind it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ringback.checking import checks
from ringback.checking.checks import Bench, Finding


class Check(NamedTuple):
    """One check. *rule* names one of `ringback rules`; without it the check is plain care."""

    name: str
    make: Callable[[Bench], Finding]
    why: str
    rule: str = ""


FIRST = Check(
    "accepts-post",
    checks.accepts_post,
    "Callbacks are POSTed by default; what is not answered with 200 to 299 is sent again.",
    "success",
)
"""Whoever fails this one fails all: the others are not made."""

BATTERY: Sequence[Check] = (
    FIRST,
    Check(
        "accepts-put",
        checks.accepts_put,
        "With callback_method=put the same comes by PUT.",
        "method",
    ),
    Check(
        "answers-in-time",
        checks.answers_in_time,
        "An attempt without an answer after 10 s has failed, and the work was done in vain.",
        "attempt-limit",
    ),
    Check(
        "stores-before-it-answers",
        checks.stores_before_it_answers,
        "After a success nothing comes again: what is not stored by then, a crash takes along.",
        "one-success",
    ),
    Check(
        "same-again",
        checks.same_again,
        "No page promises that a callback comes once.",
        "one-success",
    ),
    Check(
        "answer-lost",
        checks.answer_lost,
        "A lost answer is a failure to the dispatcher, so all of it comes again.",
        "retries",
    ),
    Check(
        "two-at-once",
        checks.two_at_once,
        "A retry may come while the attempt that timed out is still being worked on.",
        "attempt-limit",
    ),
    Check(
        "out-of-order",
        checks.out_of_order,
        "What had to be retried arrives minutes after what was asked for later.",
        "delay",
    ),
    Check(
        "copy-much-later",
        checks.copy_much_later,
        "Somebody may send an old body once more; it is still the same job.",
    ),
    Check(
        "slow-connection",
        checks.slow_connection,
        "A body may come in pieces, with time in between.",
    ),
    Check(
        "large-body",
        checks.large_body,
        "2,000 characters of uncompressed audio are several megabytes.",
        "body",
    ),
    Check(
        "empty-body",
        checks.empty_body,
        "An empty body is no reason to fall over.",
    ),
    Check(
        "chunked-body",
        checks.chunked_body,
        "A sender need not say how long a body is (RFC 9112, 7.1).",
        "framing",
    ),
    Check(
        "names-in-odd-case",
        checks.names_in_odd_case,
        "Names of headers have no case (RFC 9110, 5.1), and proxies change it.",
    ),
    Check(
        "unknown-headers",
        checks.unknown_headers,
        "The service and proxies add headers without notice.",
    ),
    Check(
        "expect-continue",
        checks.expect_continue,
        "Senders of large bodies ask first (RFC 9110, 10.1.1).",
    ),
    Check(
        "http-1.0",
        checks.http_1_0,
        "Some proxies speak HTTP/1.0 to what is behind them.",
    ),
    Check(
        "missing-credentials",
        checks.missing_credentials,
        "Whoever finds the URL could store audio in your name.",
        "basic-auth",
    ),
    Check(
        "wrong-credentials",
        checks.wrong_credentials,
        "Credentials have to be compared, not only to be there.",
        "basic-auth",
    ),
    Check(
        "dg-token-alone",
        checks.dg_token_alone,
        "dg-token is no secret, and was withdrawn as a way to verify callbacks on 2026-10-27.",
        "dg-token",
    ),
    Check(
        "error-in-place-of-audio",
        checks.error_in_place_of_audio,
        "A job that fails after its acknowledgement is told of by a callback too, in JSON.",
        "failed-jobs",
    ),
)
