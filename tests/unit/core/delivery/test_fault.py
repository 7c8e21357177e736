"""A fault however it is written: as a word, with numbers, as plain data."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from ringback.core.delivery.fault import Fault, FaultLike, fault_as_plain, read_fault, read_faults
from ringback.core.delivery.fault_words import BARE_WORDS, WORDS
from ringback.core.delivery.reply import Reply
from ringback.errors import SettingsError

NUMBERS: dict[str, Any] = {"after": 3, "at": 5, "status": 504, "real": True}


def refusal(entry: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        read_fault(entry)
    return str(caught.value)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (None, None),
        (502, Reply(502)),
        (HTTPStatus.BAD_GATEWAY, Reply(502)),
        (Reply(503, after=3), Reply(503, after=3)),
        ("answer lost", Fault("answer lost")),
        (Fault("slow", after=3), Fault("slow", after=3)),
        ({"fault": "slow", "after": 3}, Fault("slow", after=3)),
        ({"status": 503, "body": "busy"}, Reply(503, body="busy")),
    ],
)
def test_an_entry_is_none_a_status_a_reply_a_word_a_fault_or_plain_data(
    entry: FaultLike, expected: object
) -> None:
    assert read_fault(entry) == expected


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_a_fault_with_the_numbers_that_it_takes(word: str) -> None:
    kind = WORDS[word]
    needed = {name: NUMBERS[name] for name in kind.needs}
    assert Fault(word, **needed).numbers == needed
    for name in kind.takes:
        fault = Fault(word, **needed, **{name: NUMBERS[name]})
        assert fault.numbers[name] == NUMBERS[name]
        assert fault.kind is kind
    assert (word in BARE_WORDS) == (not needed)


@pytest.mark.parametrize("word", WORDS)
def test_every_fault_survives_json(word: str) -> None:
    kind = WORDS[word]
    names = (*kind.needs, *kind.takes)
    fault = Fault(word, **{name: NUMBERS[name] for name in names})
    assert read_fault(json.loads(json.dumps(fault_as_plain(fault)))) == fault


@pytest.mark.parametrize(
    ("fault", "plain"),
    [
        (None, None),
        (Fault("timeout"), "timeout"),
        (Fault("duplicate", after=timedelta(seconds=2)), {"fault": "duplicate", "after": 2}),
        (Fault("duplicate", after=0), {"fault": "duplicate", "after": 0}),
        (Reply(503), 503),
        (Reply(after=2.5), {"status": 200, "after": 2.5}),
        (
            Reply(503, {"X-A": "1"}, b"busy"),
            {"status": 503, "headers": {"X-A": "1"}, "body": "busy"},
        ),
        (Reply(503, body="busy"), {"status": 503, "body": "busy"}),
    ],
)
def test_what_is_plain_is_as_short_as_it_can_be(fault: Fault | Reply | None, plain: Any) -> None:
    assert fault_as_plain(fault) == plain


def test_a_body_that_is_no_text_cannot_be_plain() -> None:
    with pytest.raises(SettingsError, match="a body that is no UTF-8 text cannot be plain data"):
        fault_as_plain(Reply(body=b"\xff"))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("garbage"), "garbage"),
        (Fault("slow", after=0.5), "slow (after 0.5 s)"),
        (Fault("slow", after=1, real=True), "slow (after 1 s, in real time)"),
        (Fault("body cut", at=0), "body cut (at 0)"),
        (Fault("answer replaced", status=504), "answer replaced (status 504)"),
    ],
)
def test_a_fault_is_told_by_its_word_and_numbers(fault: Fault, told: str) -> None:
    assert str(fault) == told


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("answer  lost", "unknown fault 'answer  lost'; did you mean 'answer lost'? Use a status,"),
        ("Reset", "unknown fault 'Reset'; did you mean 'reset'?"),
        (
            "nonsense",
            "unknown fault 'nonsense'. Use a status, a Reply, a Fault or one of 'refused'",
        ),
        (99, "a fault's status must be from 200 to 599, not 99"),
        (True, "a fault's status must be from 200 to 599, not True"),
        (504.0, "unknown fault 504.0. Use a status, a Reply, a Fault or one of 'refused',"),
        (
            "cut",
            "'cut' is no fault of a callback; that is how an answer of the service breaks off:"
            " write fail_requests('cut')",
        ),
        (
            "slow",
            "'slow' needs a number: write Fault('slow', after=3), or as plain data"
            ' {"fault": "slow", "after": 3}',
        ),
        ("answer replaced", "'answer replaced' needs a number: write Fault('answer replaced', st"),
        ({"fault": "slow", "afer": 3}, "a fault has no 'afer'; did you mean 'after'?"),
        ({"status": 503, "zzz": 3}, "a fault has no 'zzz', but status, headers, body, after"),
        ({"fault": 5}, "unknown fault 5. Use"),
    ],
)
def test_a_fault_that_is_none_is_refused_with_what_may_be_written(entry: Any, message: str) -> None:
    assert refusal(entry).startswith(message)


@pytest.mark.parametrize(
    ("word", "numbers", "message"),
    [
        (
            "garbage",
            {"after": 3},
            "'garbage' takes no after=3: it is for 'slow', 'duplicate', 'late copy', 'swapped'",
        ),
        ("timeout", {"at": 0}, "'timeout' takes no at=0: it is for 'reset during', 'body cut', 'b"),
        ("duplicate", {"after": -1}, "the after of 'duplicate' is seconds or a timedelta, 0 or mo"),
        ("slow", {"after": float("nan")}, "the after of 'slow' is seconds or a timedelta, 0 or mo"),
        ("slow", {"after": False}, "the after of 'slow' is seconds or a timedelta, 0 or more, not"),
        ("slow", {"after": 3, "real": 1}, "the real of 'slow' is True or False, not 1"),
        ("body cut", {"at": -1}, "the at of 'body cut' is a whole number, 0 or more, not -1"),
        ("body cut", {"at": True}, "the at of 'body cut' is a whole number, 0 or more, not True"),
        ("answer replaced", {"status": 99}, "the status of 'answer replaced' is from 200 to 599"),
    ],
)
def test_a_number_that_a_word_does_not_take_is_refused(
    word: str, numbers: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Fault(word, **numbers)
    assert str(caught.value).startswith(message)


def test_faults_are_read_in_their_order() -> None:
    assert read_faults([None, "reset", 502], 3) == (None, Fault("reset"), Reply(502))
    assert read_faults(iter(()), 3) == ()
    assert read_faults([None] * 99) == (None,) * 99


@pytest.mark.parametrize(
    "single", [503, "timeout", Reply(204), Fault("reset"), {"fault": "reset"}], ids=str
)
def test_a_single_fault_must_stand_in_a_list_too(single: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        read_faults(single, 11)
    assert str(caught.value) == f"faults must be a list: write faults=[{single!r}]"


@pytest.mark.parametrize(
    ("given", "most", "message"),
    [
        (
            12,
            11,
            "faults=[…] has 12 entries, one for each attempt, and a delivery has 11 attempts at"
            " most: take out what follows, or set retries=11",
        ),
        (
            2,
            1,
            "faults=[…] has 2 entries, one for each attempt, and a delivery has 1 attempt at"
            " most: take out what follows, or set retries=1",
        ),
    ],
)
def test_there_are_no_more_faults_than_attempts(given: int, most: int, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_faults([None] * given, most)
    assert str(caught.value) == message
