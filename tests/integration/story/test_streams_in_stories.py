"""Streams in stories, in process and on sockets: what is said, what is heard, and how it ends."""

import pytest

from ringback.scenario.staging import Over
from tests.integration.story.told import both_ways, failures, played

OPEN = "open: {as: talk, parameters: {encoding: linear16, sample_rate: 8000}}"
HELLO = "send: [{type: Speak, text: Hello}, {type: Flush}]"
HEARD = "expect_frames: [{type: Metadata, request_id: $request_id}, audio, {type: Flushed}]"


@both_ways
def test_a_stream_speaks(over: Over) -> None:
    report = played(
        OPEN,
        "expect: {answer: {status: 101, headers: {dg-request-id: $request_id}}}",
        HELLO,
        HEARD,
        HELLO,
        "expect_frames: [audio, {type: Flushed, sequence_id: 1}]",
        "close",
        over=over,
    )
    assert report.failures == []
    assert report.end == "talk 101"


@both_ways
def test_the_limits_of_a_stream_count_on_the_storys_clock(over: Over) -> None:
    assert not failures(
        OPEN,
        "expect_frames: [{type: Metadata}]",
        "advance: 59m",
        "expect_frames: []",
        "advance: 1m",
        "expect_frames: [{close: 1011, reason: NET-0003}]",
        HELLO,
        "expect_frames: []",
        over=over,
    )


@both_ways
def test_who_says_something_in_time_is_listened_to_longer(over: Over) -> None:
    assert not failures(
        "open: {path: /v2/speak, parameters: {model: flux-alexis-en}}",
        "advance: 59s",
        "send: [{type: Speak, text: Hello}]",
        "advance: 59s",
        "expect_frames: [{type: Connected}, {type: SpeechStarted}]",
        "advance: 1s",
        "expect_frames: [{type: Error, code: NET-0004}, {close: 1011}]",
        over=over,
    )


@both_ways
def test_who_shows_to_be_there_is_waited_for(over: Over) -> None:
    assert not failures(
        "open: {path: /v2/speak, parameters: {model: flux-alexis-en}}",
        "advance: 59s",
        "ping",
        "advance: 59s",
        "expect_frames: [{type: Connected}]",
        "advance: 1s",
        "expect_frames: [{type: Error, code: NET-0004}, {close: 1011}]",
        "ping",
        "expect_frames: []",
        over=over,
    )


@both_ways
def test_several_streams_are_told_apart(over: Over) -> None:
    assert not failures(
        OPEN,
        "open: {as: flux, path: /v2/speak, parameters: {model: flux-alexis-en}}",
        "open: {as: stranger, key: wrong}",
        "open: {as: nobody, key: none}",
        "expect: {of: stranger, answer: {status: 401, err_code: INVALID_AUTH}}",
        "expect: {of: nobody, answer: {status: 401}}",
        "send: {on: talk, frames: [{type: Close}]}",
        "expect_frames: {on: talk, frames: [{type: Metadata}, close]}",
        "expect_frames: {on: flux, frames: [{type: Connected}]}",
        "send: {on: flux, frames: ['no JSON']}",
        "expect_frames: {on: flux, frames: [{type: Error}, {close: 1003, reason: $any}]}",
        over=over,
    )


@both_ways
def test_a_stream_breaks_off_as_it_was_ordered(over: Over) -> None:
    assert not failures(
        "fail_requests: [{breaks: cut, after_bytes: 100}, 429]",
        OPEN,
        "open: {as: second}",
        "send: {on: talk, frames: [{type: Speak, text: Hello}, {type: Flush}]}",
        "expect_frames: {on: talk, frames: [{type: Metadata}, {audio: 100}, {close: 1011}]}",
        "expect: {of: second, answer: {status: 429}}",
        over=over,
    )


@both_ways
@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("[{type: Metadta}, audio, {type: Flushed}]", "talk, frame 1, type: expected "),
        ("[{type: Metadata}, {audio: 7}, {type: Flushed}]", "talk, frame 2: expected 7 bytes of"),
        ("[{type: Metadata}, audio]", "talk, frame 3: expected none, got "),
        ("[{type: Metadata, request_id: x}, audio, {type: Flushed}]", "talk, frame 1, request_id:"),
        ("[{type: Metadata}, {type: Flushed}]", "talk, frame 2: expected "),
    ],
)
def test_what_was_not_heard_so_is_told(expected: str, said: str, over: Over) -> None:
    found = failures(OPEN, HELLO, f"expect_frames: {expected}", over=over)
    assert found[0].startswith(said)
