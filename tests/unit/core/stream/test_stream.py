"""What both streams do with frames, and when they end by themselves."""

import json
from typing import Any

import pytest

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import SECOND
from ringback.core.request.voices import DEFAULT_VOICE
from ringback.core.stream.stream import (
    CUT_OFF,
    LONGEST,
    NOT_TEXT,
    TIME_IS_UP,
    TOO_BIG,
    Effect,
    HangUp,
    Play,
    Say,
    Stream,
    spoken_in,
)

PING, END = '{"type":"Ping"}', '{"type":"End"}'
UNKNOWN = HangUp(1008, "WHAT-0000")
UNREADABLE = HangUp(1003, "HOW-0000")


class Tiny(Stream):
    """A stream with two commands."""

    unknown = UNKNOWN
    unreadable = UNREADABLE

    def greeting(self, request_id: str) -> Say:
        """Say who is there."""
        return Say({"type": request_id, "model": self._voice.name})

    def _ping(self, message: dict[str, Any], now: int) -> list[Effect]:
        return [Say({**message, "at": now})]

    def _end(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        return [Say({"type": "Bye"}), HangUp(1000)]

    commands = {"Ping": _ping, "End": _end}  # noqa: RUF012 - a stream's own table


class Talkative(Tiny):
    """One that speaks."""

    def _talk(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        return [Say({"type": "Before"}), Play("Hello"), Say({"type": "After"})]

    commands = {**Tiny.commands, "Talk": _talk}  # noqa: RUF012 - a stream's own table


def tiny(opened_at: int = 0) -> Tiny:
    """A tiny stream that has just been opened."""
    return Tiny(DEFAULT_VOICE, opened_at)


def test_a_frame_is_handed_to_the_command_that_it_names() -> None:
    assert tiny().receive(PING, 5) == [Say({"type": "Ping", "at": 5})]


def test_nothing_leads_to_anything_after_the_end() -> None:
    stream = tiny()
    assert stream.receive(END, 0) == [Say({"type": "Bye"}), HangUp(1000)]
    assert stream.ended
    assert stream.receive(PING, 0) == []
    assert stream.end(TIME_IS_UP) == []


@pytest.mark.rule("stream-session-limit")
def test_an_hour_ends_a_session() -> None:
    stream = tiny(7)
    stream.receive(PING, 60)
    assert stream.limit == (7 + LONGEST, TIME_IS_UP)
    assert LONGEST == 3600 * SECOND
    assert (TIME_IS_UP.code, TIME_IS_UP.reason) == (1011, "NET-0003")
    assert stream.end(TIME_IS_UP) == [TIME_IS_UP]
    assert stream.ended


@pytest.mark.parametrize(
    ("frame", "end"),
    [
        *[("{}", UNKNOWN), ('{"type":"ping"}', UNKNOWN), ('{"type":["Ping"]}', UNKNOWN)],
        ('{"type":null}', UNKNOWN),
        *[("", UNREADABLE), ("Ping", UNREADABLE), ("null", UNREADABLE), ("[]", UNREADABLE)],
        *[('"Ping"', UNREADABLE), ('{"type":"Ping","x":NaN}', UNREADABLE), ("\ud800", UNREADABLE)],
        ("[" * 100_000, UNREADABLE),
        (f'{{"type":{"9" * 5000}}}', UNREADABLE),
    ],
)
def test_what_is_no_command_ends_the_session(frame: str, end: HangUp) -> None:
    stream = tiny()
    assert stream.receive(frame, 0) == [end]
    assert stream.ended


def test_a_sign_of_life_lengthens_no_session_that_does_not_look_for_one() -> None:
    stream = tiny()
    stream.sign_of_life(59)
    assert stream.limit == (LONGEST, TIME_IS_UP)


@pytest.mark.rule("stream-binary-frame")
@pytest.mark.parametrize("frame", [b"", PING.encode(), b"\xff"])
def test_a_binary_frame_ends_the_session(frame: bytes) -> None:
    assert tiny().receive(frame, 0) == [NOT_TEXT]
    assert (NOT_TEXT.code, NOT_TEXT.reason) == (1003, "MESSAGE-0000")


@pytest.mark.rule("stream-frame-limit")
def test_a_frame_of_more_than_two_megabytes_ends_the_session() -> None:
    padding = " " * (2 * 1024 * 1024 - len(PING))
    assert tiny().receive(PING + padding, 0) == [Say({"type": "Ping", "at": 0})]
    assert tiny().receive(PING + padding[1:] + "é", 0) == [TOO_BIG]
    assert (TOO_BIG.code, TOO_BIG.reason) == (1009, "BIG-0000")


@pytest.mark.parametrize("text", ["", "Hello", "\N{MUSICAL SYMBOL G CLEF}"])
def test_a_text_may_be_anything_that_can_be_written(text: str) -> None:
    assert spoken_in({"text": text}) == text


@pytest.mark.parametrize("message", [{}, {"text": None}, {"text": 7}, {"text": "a\udc00"}])
def test_anything_else_is_no_text(message: dict[str, Any]) -> None:
    assert spoken_in(message) is None


def test_messages_are_compact_and_leave_characters_as_they_are() -> None:
    said = tiny().greeting("é")
    assert said.text == '{"type":"é","model":"aura-asteria-en"}'
    assert json.loads(said.text) == said.message


TALK = '{"type":"Talk"}'


def talkative(failure: RequestFailure) -> Talkative:
    """One that fails."""
    stream = Talkative(DEFAULT_VOICE, 0)
    stream.failure = failure
    return stream


def test_a_stream_that_is_cut_off_ends_in_its_first_audio() -> None:
    stream = talkative(RequestFailure(breaks="cut", after_bytes=7))
    assert stream.receive(PING, 0) == [Say({"type": "Ping", "at": 0})]
    part = Play("Hello", whole=False, after_bytes=7)
    assert stream.receive(TALK, 0) == [Say({"type": "Before"}), part, CUT_OFF]
    assert stream.ended


def test_a_stream_that_stalls_says_nothing_more_and_does_not_end() -> None:
    stream = talkative(RequestFailure(breaks="stalled"))
    part = Play("Hello", whole=False)
    assert stream.receive(TALK, 0) == [Say({"type": "Before"}), part]
    assert stream.receive(PING, 0) == stream.receive(END, 0) == []
    assert not stream.ended
    assert stream.end(TIME_IS_UP) == [TIME_IS_UP]


def test_a_failure_that_breaks_nothing_changes_nothing() -> None:
    assert len(talkative(RequestFailure(delay=1)).receive(TALK, 0)) == 3
