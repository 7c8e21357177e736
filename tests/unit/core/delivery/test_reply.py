"""What a scripted receiver answers: however it is written, it is read the same way."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.base.headers import Headers
from ringback.core.delivery.outcome import Answered, Dropped, Unreachable
from ringback.core.delivery.reply import (
    Answer,
    NoReply,
    Reply,
    ReplyLike,
    answer_of,
    read_replies,
    read_reply,
)
from ringback.errors import SettingsError


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (200, Reply(200)),
        (599, Reply(599)),
        (HTTPStatus.BAD_GATEWAY, Reply(502)),
        ("timeout", NoReply.TIMEOUT),
        ("refused", NoReply.REFUSED),
        ("reset", NoReply.RESET),
        (Reply(204, after=3), Reply(204, after=3)),
    ],
)
def test_an_entry_is_a_status_a_word_or_a_reply(entry: ReplyLike, expected: object) -> None:
    assert read_reply(entry) == expected


def test_a_reply_is_an_empty_200_at_once_unless_it_says_more() -> None:
    assert Reply() == Reply(200, headers=Headers(), body=b"", after=0)


@pytest.mark.parametrize(
    "status", [199, 600, 0, -1, 999, True, False, "200", 200.0, None], ids=repr
)
def test_a_status_that_no_receiver_could_answer_is_refused(status: Any) -> None:
    with pytest.raises(SettingsError, match=r"^a reply's status must be from 200 to 599, not "):
        Reply(status)


@pytest.mark.parametrize("status", [200, 204, 302, 599])
def test_every_final_status_can_be_answered(status: int) -> None:
    assert Reply(status).status == status


@pytest.mark.parametrize("after", [-1, -1e-9, timedelta(microseconds=-1)])
def test_no_reply_comes_before_its_request(after: float | timedelta) -> None:
    with pytest.raises(SettingsError, match=r"^a reply cannot come before its request: after="):
        Reply(after=after)


def test_a_reply_comes_after_a_span_of_time() -> None:
    with pytest.raises(SettingsError, match=r"^a reply's after=nan: nan is not a span of time"):
        Reply(after=float("nan"))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "timout",
            "unknown reply 'timout'; did you mean 'timeout'?"
            " Use a status, a Reply or one of 'timeout', 'refused', 'reset'.",
        ),
        (
            "answer lost",
            "'answer lost' is no reply. 'answer lost' happens on the way, and stands in faults=[…]."
            " Use a status, a Reply or one of 'timeout', 'refused', 'reset'.",
        ),
        (
            "answr lost",
            "'answr lost' is no reply; did you mean 'answer lost'? 'answer lost' happens on the"
            " way, and stands in faults=[…]."
            " Use a status, a Reply or one of 'timeout', 'refused', 'reset'.",
        ),
        (
            "nonsense",
            "unknown reply 'nonsense'."
            " Use a status, a Reply or one of 'timeout', 'refused', 'reset'.",
        ),
        *(
            (
                entry,
                f"unknown reply {entry}."
                " Use a status, a Reply or one of 'timeout', 'refused', 'reset'.",
            )
            for entry in (None, 2.5)
        ),
        (999, "a reply's status must be from 200 to 599, not 999"),
        (True, "a reply's status must be from 200 to 599, not True"),
    ],
)
def test_an_unknown_reply_is_refused_with_what_may_be_written(entry: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_reply(entry)
    assert str(caught.value) == message


def test_replies_are_read_in_their_order() -> None:
    assert read_replies([503, "timeout", Reply(204)]) == [Reply(503), NoReply.TIMEOUT, Reply(204)]
    assert read_replies(iter(())) == []


@pytest.mark.parametrize("single", [503, "timeout", Reply(204)], ids=str)
def test_a_single_reply_must_stand_in_a_list_too(single: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        read_replies(single)
    assert str(caught.value) == f"replies must be a list: write replies=[{single!r}]"


def test_a_reply_is_answered_as_written_after_its_virtual_time() -> None:
    headers = Headers([("X-A", "1"), ("X-A", "2")])
    assert answer_of(Reply(503, headers, b"\xff", after=2.5)) == Answer(
        Answered(503, headers, b"\xff"), takes=5 * SECOND // 2
    )


def test_a_reply_may_be_written_with_a_dict_and_a_text() -> None:
    assert answer_of(Reply(200, {"X-A": "1"}, "dä")) == Answer(
        Answered(200, Headers([("x-a", "1")]), "dä".encode()), takes=0
    )


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (NoReply.TIMEOUT, Answer(Dropped("closed", "waiting"), takes=None)),
        (NoReply.REFUSED, Answer(Unreachable("refused", "scripted"), takes=0)),
        (NoReply.RESET, Answer(Dropped("reset", "waiting"), takes=0)),
    ],
)
def test_a_mishap_is_an_outcome_and_only_a_timeout_takes_time(
    silence: NoReply, expected: Answer
) -> None:
    assert answer_of(silence) == expected


@pytest.mark.parametrize("headers", [{5: "x"}, {"retry-after": 5}, {"location": None}])
def test_a_reply_has_headers_of_text(headers: Any) -> None:
    with pytest.raises(SettingsError, match="a reply's headers must be text"):
        Reply(503, headers)
