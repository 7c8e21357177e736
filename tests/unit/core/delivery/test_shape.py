"""What each fault does: to what is sent, and to what the dispatcher hears."""

import base64
import uuid
from typing import Any

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.delivery.fault import Fault, FaultLike, read_fault
from ringback.core.delivery.fault_words import WORDS
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import (
    Answered,
    AnswerLost,
    Dropped,
    Garbled,
    Outcome,
    Unreachable,
)
from ringback.core.delivery.reply import Answer, Reply
from ringback.core.delivery.shape import HEAD_LIMIT, INTERIM_LIMIT, Shape, shape_of

NUMBERS: dict[str, Any] = {"after": 3, "at": 5, "status": 504}
OK = Answered(200, Headers([("x-a", "1")]), b"done it")


def basic(userinfo: bytes) -> str:
    return f"Basic {base64.b64encode(userinfo).decode()}"


def message(
    body: bytes = b"\x0f" * 8, user: bytes | None = b"ada:s3cret", token: str | None = "key-1"
) -> CallbackMessage:
    pairs = [("host", "app.example"), ("content-length", str(len(body)))]
    if token is not None:
        pairs.append(("dg-token", token))
    if user is not None:
        pairs.append(("authorization", basic(user)))
    return CallbackMessage("POST", "https://app.example/hook", Headers(pairs), body)


def shape(fault: FaultLike) -> Shape:
    made = shape_of(read_fault(fault))
    assert made is not None
    return made


def sent(fault: FaultLike, given: CallbackMessage | None = None) -> CallbackMessage:
    return shape(fault).sent(given or message())


def heard(fault: FaultLike, outcome: Outcome = OK, takes: int | None = 0) -> Answer:
    return shape(fault).heard(Answer(outcome, takes))


def test_no_fault_has_no_shape() -> None:
    assert shape_of(None) is None


# -- what does not arrive --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("refused", Answer(Unreachable("refused", "scripted"))),
        ("reset before", Answer(Dropped("reset", "connecting"))),
        ("reset", Answer(Dropped("reset", "waiting"))),
        ("timeout", Answer(Dropped("closed", "waiting"), takes=None)),
        ("reset during", Answer(Dropped("reset", "sending"))),
        (503, Answer(Answered(503))),
        (Reply(503, body="busy", after=2), Answer(Answered(503, body=b"busy"), 2 * SECOND)),
    ],
)
def test_what_is_heard_of_an_attempt_that_never_arrives(fault: FaultLike, answer: Answer) -> None:
    assert shape(fault).instead == answer
    assert shape(fault).arrives == 0


def test_how_often_an_attempt_arrives_while_it_lasts_is_known() -> None:
    often = {}
    for word, kind in WORDS.items():
        fault = Fault(word, **{name: NUMBERS[name] for name in kind.needs})
        often[word] = shape(fault).arrives
    none = {"refused", "reset before", "reset", "timeout", "reset during"}
    assert often == {word: 0 if word in none else 1 for word in WORDS} | {
        "duplicate": 2,
        "two at once": 2,
    }
    assert shape(Fault("duplicate", after=1)).arrives == 1


@pytest.mark.parametrize(("at", "size"), [(None, 4), (0, 0), (5, 5), (8, 7), (99, 7)])
def test_how_much_of_a_body_arrives_before_its_connection_breaks_is_known(
    at: int | None, size: int
) -> None:
    broken = shape(Fault("reset during", at=at))
    assert broken.breaks
    assert broken.size_of(b"\x0f" * 8) == size
    assert broken.size_of(b"") == 0
    assert not shape("reset before").breaks


# -- what is sent ----------------------------------------------------------------------------------


def test_an_attempt_travels_as_it_is_under_any_other_fault() -> None:
    given = message()
    assert sent("answer lost", given) is given
    assert not shape("answer lost").alters
    assert shape("body cut").alters


@pytest.mark.parametrize(
    ("fault", "given", "authorization"),
    [
        ("no credential", b"ada:s3cret", None),
        ("no credential", None, None),
        ("wrong credential", b"ada:s3cret", b"ada:wrong"),
        ("wrong credential", b"ada:wrong", b"ada:wrong too"),
        ("wrong credential", b"ada:", b"ada:wrong"),
        ("wrong credential", None, b"nobody:wrong"),
        ("foreign credential", b"ada:s3cret", b"stranger:foreign"),
        ("foreign credential", None, b"stranger:foreign"),
    ],
)
def test_a_credential_is_dropped_wrong_or_a_strangers(
    fault: str, given: bytes | None, authorization: bytes | None
) -> None:
    original = message(user=given)
    altered = sent(fault, original)
    expected = None if authorization is None else basic(authorization)
    assert altered.headers.get("authorization") == expected
    assert altered.headers["dg-token"] == "key-1"
    assert altered.body is original.body
    assert altered.original is original


@pytest.mark.parametrize("token", ["key-1", None])
def test_a_dg_token_is_dropped_or_that_of_another_key(token: str | None) -> None:
    assert "dg-token" not in sent("no dg-token", message(token=token)).headers
    foreign = sent("foreign dg-token", message(token=token)).headers["dg-token"]
    assert str(uuid.UUID(foreign)) == foreign
    assert foreign != token
    assert sent("foreign dg-token", message(token=token)).headers["dg-token"] == foreign


@pytest.mark.parametrize(("at", "left"), [(None, 4), (0, 0), (5, 5), (99, 8)])
def test_a_body_that_was_cut_says_that_it_is_whole(at: int | None, left: int) -> None:
    altered = sent(Fault("body cut", at=at))
    assert (len(altered.body), altered.headers["content-length"]) == (left, str(left))


@pytest.mark.parametrize(
    ("at", "place", "value"),
    [(None, 4, 0x8F), (0, 0, 0x8F), (15, 1, 0x0E), (64, 0, 0x8F)],
)
def test_a_body_is_altered_in_one_bit_counted_round(at: int | None, place: int, value: int) -> None:
    altered = sent(Fault("bit flipped", at=at))
    expected = bytearray(b"\x0f" * 8)
    expected[place] = value
    assert altered.body == bytes(expected)
    assert altered.headers == message().headers


def test_a_body_without_a_bit_stays_as_it_is() -> None:
    given = message(body=b"")
    assert sent("bit flipped", given) is given


# -- what is heard ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("answer lost", Answer(AnswerLost(OK), 5)),
        ("reset after", Answer(Dropped("reset", "waiting"), 5)),
        ("reset in answer", Answer(Dropped("reset", "receiving"), 5)),
        (Fault("answer replaced", status=504), Answer(Answered(504), 5)),
        (Fault("slow", after=3), Answer(OK, 5 + 3 * SECOND)),
        (Fault("slow", after=3, real=True), Answer(OK, 5)),
        ("wrong length", Answer(Answered(200, OK.headers, b"don", "truncated body"), 5)),
        ("endless body", Answer(OK, None)),
        ("no credential", Answer(OK, 5)),
        (503, Answer(OK, 5)),
    ],
)
def test_what_is_heard_of_a_receiver_that_answered(fault: FaultLike, answer: Answer) -> None:
    assert heard(fault, takes=5) == answer


@pytest.mark.parametrize(
    ("fault", "detail", "sample"),
    [
        ("garbage", "it does not begin with HTTP/1", "220 mail.example ESMTP"),
        ("1xx flood", f"more than {INTERIM_LIMIT} interim answers", "HTTP/1.1 103 Early Hints"),
        ("huge header", f"its head is longer than {HEAD_LIMIT} bytes", "HTTP/1.1 200 OK"),
    ],
)
def test_what_is_no_answer_is_heard_as_the_bytes_that_it_is_would_be(
    fault: str, detail: str, sample: str
) -> None:
    outcome = heard(fault).outcome
    assert isinstance(outcome, Garbled)
    assert outcome.detail == detail
    assert outcome.sample.startswith(sample)


@pytest.mark.parametrize("word", ["answer lost", "reset after", "endless body", "garbage"])
def test_a_receiver_that_did_not_answer_is_heard_as_it_is(word: str) -> None:
    dropped = Dropped("closed")
    assert heard(word, dropped) == Answer(dropped)


def test_an_answer_that_never_comes_is_no_later_for_being_slow() -> None:
    assert heard(Fault("slow", after=3), takes=None) == Answer(OK, None)


# -- when it comes, and how often ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "doubles", "after", "late", "swaps"),
    [
        ("duplicate", True, None, None, False),
        (Fault("duplicate", after=0), True, None, None, False),
        (Fault("duplicate", after=3), False, 3 * SECOND, None, False),
        ("late copy", False, None, 30 * SECOND, False),
        (Fault("late copy", after=0), False, None, 0, False),
        (Fault("late copy", after=60), False, None, 60 * SECOND, False),
        ("swapped", False, None, None, True),
        (Fault("swapped", after=3), False, None, None, True),
        (Fault("slow", after=3), False, None, None, False),
    ],
)
def test_how_often_an_attempt_comes_and_when_is_known(
    fault: FaultLike, doubles: bool, after: int | None, late: int | None, swaps: bool
) -> None:
    made = shape(fault)
    assert made.comes_again == (after is not None or late is not None)
    assert (made.doubles, made.copied_after, made.copied_late, made.swaps) == (
        doubles,
        after,
        late,
        swaps,
    )


@pytest.mark.parametrize(("real", "drags"), [(True, 0.5), (False, 0)])
def test_only_what_is_slow_in_real_time_takes_real_time(real: bool, drags: float) -> None:
    assert shape(Fault("slow", after=0.5, real=real)).drags == drags
    assert shape("timeout").drags == 0
