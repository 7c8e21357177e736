"""An attempt is never lost: whatever a receiver does, what began has ended, once, and alike.

Each receiver gets a first attempt and its retries, over a plain connection and over TLS.
"""

import ssl
from contextlib import suppress

import pytest

from ringback import Emulator, Settings, Stuck
from ringback.core.facts import AttemptFinished, AttemptStarted
from tests.integration.conftest import Authority, Rude
from tests.integration.messages import OK
from tests.integration.rude_receiver import (
    Behaviour,
    Visit,
    answers,
    answers_and_stays,
    answers_early,
    closes_in_the_middle,
    hangs,
    hangs_without_reading,
    hears_the_hello,
    never_ends,
    resets_after,
    resets_at_once,
    resets_in_the_middle,
    says_no_more_without_reading,
)

ATTEMPTS = 3
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 500 Oops\r\nContent-"
CLOSED_ON_THE_REST = "closed or reset"  # whether anything was unread then is for TCP to say
PART = b"HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\npart"


def byte_by_byte(answer: bytes) -> Behaviour:
    """Say *answer* in as many pieces as it has bytes."""
    return answers(*(answer[at : at + 1] for at in range(len(answer))))


def says_early(*parts: bytes) -> Behaviour:
    """Reset without having read the body, after *parts*."""

    def behave(visit: Visit) -> None:
        visit.read_head()
        visit.say(*parts)
        visit.reset()

    return behave


def hears_and_says(*parts: bytes) -> Behaviour:
    """Take what comes first, as that of a handshake, say *parts*, and close."""

    def behave(visit: Visit) -> None:
        visit.hear()
        visit.say(*parts)

    return behave


def floods_with(forever: bytes) -> Behaviour:
    """Say *forever* without having heard anything, until the sender leaves."""

    def behave(visit: Visit) -> None:
        while True:
            visit.say(forever)

    return behave


def says_no_more_at_once(visit: Visit) -> None:
    """End the own half of the connection without a word."""
    visit.say_no_more()
    visit.wait_until_they_leave()


RECEIVERS: dict[str, tuple[Behaviour, str]] = {
    "resets at once": (resets_at_once, "reset"),
    "resets in the middle": (resets_in_the_middle, "reset"),
    "closes in the middle": (closes_in_the_middle, CLOSED_ON_THE_REST),
    "resets after the request": (resets_after(), "reset"),
    "resets in a hint": (says_early(b"HTTP/1.1 103 Hin"), "reset"),
    "resets after a hint": (says_early(b"HTTP/1.1 103 Hints\r\n\r\n"), "reset"),
    "resets in the head": (says_early(HEAD), "reset"),
    "resets in the body": (says_early(PART), "500"),
    "resets after the answer": (says_early(b"HTTP/1.1 500\r\n\r\n"), "500"),
    "resets after all of it": (resets_after(PART), "500"),
    "ends its half": (says_no_more_without_reading, "closed"),
    "closes without a word": (answers(), "closed"),
    "closes after a hint": (answers(b"HTTP/1.1 103 Hints\r\n\r\n"), "closed"),
    "closes in the head": (answers(HEAD), "closed"),
    "closes in the body": (answers(PART), "500"),
    "answers early and closes": (answers_early(PART), "500"),
    "answers and stays": (answers_and_stays(b"HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n"), "500"),
    "answers byte by byte": (byte_by_byte(b"HTTP/1.1 103\r\n\r\n" + PART + b" more"), "500"),
    "answers twice": (answers_and_stays(PART + b" more" + OK), "500"),
    "switches protocols": (answers_and_stays(b"HTTP/1.1 101 Switch\r\n\r\n" + OK), "not http"),
    "floods with hints": (never_ends(b"", b"HTTP/1.1 103 Hints\r\n\r\n"), "not http"),
    "floods with a head": (never_ends(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 999), "not http"),
    "floods with a line": (never_ends(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 9999), "not http"),
    "floods with zeros": (never_ends(b"", bytes(9999)), "not http"),
    "floods with blank lines": (never_ends(b"", b"\r\n" * 999), "not http"),
    "floods with a body": (never_ends(b"HTTP/1.1 500\r\n\r\n", b"b" * 9999), "500"),
    "floods with chunks": (never_ends(CHUNKED, b"10\r\n0123456789abcdef\r\n" * 99), "200"),
    "floods with an extension": (never_ends(CHUNKED + b"1;", b"e" * 9999), "200"),
    "floods with trailers": (never_ends(CHUNKED + b"0\r\n", b"X: a\r\n" * 999), "200"),
    "speaks TLS alerts": (answers_and_stays(b"\x15\x03\x01\x00\x02\x02\x46"), "not http"),
    "speaks SSH": (answers_and_stays(b"SSH-2.0-OpenSSH_9.9\r\n"), "not http"),
}

ALERT, GOODBYE = b"\x15\x03\x03\x00\x02\x02\x28", b"\x15\x03\x03\x00\x02\x01\x00"
HANDSHAKES: dict[str, tuple[Behaviour, str]] = {
    "closes before the hello": (lambda visit: None, CLOSED_ON_THE_REST),
    "resets before the hello": (resets_at_once, "reset"),
    "closes at the hello": (hears_and_says(), "closed"),
    "answers the hello in HTTP": (hears_and_says(OK), "tls"),
    "answers the hello with zeros": (hears_and_says(bytes(99)), "tls"),
    "answers the hello with an alert": (hears_and_says(ALERT), "tls"),
    "says goodbye to the hello": (hears_and_says(GOODBYE), "closed"),
    "floods with zeros": (floods_with(bytes(9999)), "tls"),
    "floods with HTTP": (floods_with(OK), "tls"),
    "ends its half": (says_no_more_at_once, "closed"),
}

HANGING: dict[str, Behaviour] = {
    "never answers the hello": hears_the_hello,
    "never answers": hangs,
    "never reads": hangs_without_reading,
    "stops in the head": answers_and_stays(HEAD),
    "stops in the body": answers_and_stays(PART),
    "stops after a hint": answers_and_stays(b"HTTP/1.1 103 Hints\r\n\r\n"),
}


def attempts(base: tuple[str, str, int], settings: Settings) -> list[str]:
    """Deliver once to *base*: the words of the attempts, each of which began and ended once."""
    with Emulator(settings) as ringback:
        scheme, host, port = base
        ringback.connect("https://app.example", f"{scheme}://{host}:{port}")
        delivery = ringback.submit("Hello", callback="https://app.example/hook")
        with suppress(Stuck):
            ringback.run_until_idle()
        facts = ringback.journal.since(0)
        began = [fact.number for fact in facts if isinstance(fact, AttemptStarted)]
        ended = [fact.attempt.number for fact in facts if isinstance(fact, AttemptFinished)]
        assert began == ended == list(range(1, len(began) + 1))
        assert not ringback.pending
        return [attempt.outcome.word for attempt in delivery.attempts]


def all_ended(words: list[str], by: str) -> bool:
    """Whether there were as many attempts as there should be, and all ended *by* that."""
    expected = 1 if by == "200" else ATTEMPTS
    return len(words) == expected and set(words) <= set(by.split(" or "))


SETTINGS = Settings(retries=ATTEMPTS - 1)


@pytest.mark.parametrize("case", RECEIVERS)
def test_an_attempt_ends_whatever_the_receiver_does(rude: Rude, case: str) -> None:
    behaviour, word = RECEIVERS[case]
    words = attempts(rude(behaviour).base, SETTINGS)
    assert all_ended(words, by=word), words


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name
)
@pytest.mark.parametrize("case", RECEIVERS)
def test_it_ends_alike_over_tls(
    rude: Rude, authority: Authority, case: str, version: ssl.TLSVersion
) -> None:
    behaviour, word = RECEIVERS[case]
    context = authority.context("app.example")
    context.minimum_version = context.maximum_version = version
    receiver = rude(behaviour, tls=context)
    words = attempts(receiver.base, SETTINGS.changed(ca_file=authority.ca_file))
    assert all_ended(words, by=word), words


@pytest.mark.parametrize("case", HANDSHAKES)
def test_an_attempt_ends_whatever_becomes_of_the_handshake(rude: Rude, case: str) -> None:
    behaviour, word = HANDSHAKES[case]
    receiver = rude(behaviour)
    words = attempts(("https", receiver.host, receiver.port), SETTINGS)
    assert all_ended(words, by=word), words


@pytest.mark.parametrize("case", HANGING)
def test_an_attempt_that_hangs_is_ended_by_the_guard(rude: Rude, case: str) -> None:
    receiver = rude(HANGING[case])
    scheme = "https" if HANGING[case] is hears_the_hello else "http"
    settings = SETTINGS.changed(guard=0.1)
    assert attempts((scheme, receiver.host, receiver.port), settings) == ["aborted"]
