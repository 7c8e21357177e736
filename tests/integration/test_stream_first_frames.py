"""What a client sends at once, when it has hardly been greeted."""

import json
import threading

import pytest

from ringback import Emulator
from ringback.core.stream.facts import StreamFlushed
from ringback.serving import stream as serving
from tests.integration.streaming import heard, opened


def test_what_is_sent_right_after_the_greeting_is_heard_before_the_clock_moves(
    ringback: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk begins while the server has yet to go on from the greeting."""
    watch, walked, clock = serving._Conversation._watch, threading.Event(), ringback._service.clock

    def watch_late(self: serving._Conversation) -> None:
        while not (walked.is_set() or "frames on their way to a stream" in clock.busy):
            walked.wait(0.001)
        watch(self)

    monkeypatch.setattr(serving._Conversation, "_watch", watch_late)
    with opened(ringback) as stream:
        stream.recv()
        stream.send(json.dumps({"type": "Speak", "text": "Hello"}))
        stream.send('{"type":"Flush"}')
        ringback.advance(7)
        walked.set()
        assert heard(stream)[0]
    assert [fact.at for fact in ringback.journal if isinstance(fact, StreamFlushed)] == [0]
