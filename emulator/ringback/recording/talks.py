"""Streams as a story tells them: opened, spoken on, listened to, left."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ringback.core.answer.failure import RequestFailure
from ringback.core.request.body import LONE_SURROGATE
from ringback.core.stream.facts import (
    StreamClosed,
    StreamFact,
    StreamFlushed,
    StreamHeard,
    StreamKeptAlive,
    StreamSaid,
)
from ringback.core.stream.stream import no_json
from ringback.recording.asking import opening
from ringback.recording.expecting import literal
from ringback.scenario import variables
from ringback.service.received import ReceivedRequest
from ringback.service.streams import played
from ringback.service.voice import Voice

EMULATOR_ENDED = 1001
"""The code by which a stream ends with its emulator. No story sees that."""

_DEEP = 20
"""Brackets in a message beyond which nobody reads it more easily as YAML."""

_OF_THIS_RUN = ("model_version", "model_uuid", "model_uuids", "speech_id")
"""What a message says that is another thing elsewhere, or nobody's concern."""


class Talks:
    """The streams of one story, as far as they have been told."""

    def __init__(self, voice: Voice, broken: Mapping[str, RequestFailure]) -> None:
        """None is open. *voice* knows how long audio is; *broken* are failures by request."""
        self._voice = voice
        self._broken = dict(broken)
        self._labels: dict[str, str] = {}
        self._heard: defaultdict[str, list[Any]] = defaultdict(list)

    def open(self, label: str, request_id: str, received: ReceivedRequest | None) -> Any:
        """The step by which the stream is opened."""
        self._labels[request_id] = label
        return {"open": {"as": label, **opening(received)}}

    def tell(self, fact: StreamFact) -> Iterator[Any]:
        """The steps by which *fact* comes about; of what comes by itself, it is taken note."""
        label = self._labels[fact.request_id]
        match fact:
            case StreamHeard():
                if fact.frame is not None:
                    yield {"send": {"on": label, "frames": [_sent(fact.frame)]}}
            case StreamKeptAlive():
                yield {"ping": {"on": label}}
            case StreamSaid():
                self._heard[label].append(_said(fact))
            case StreamFlushed():
                if size := self._size(fact):
                    self._heard[label].append({"audio": size})
            case StreamClosed() if fact.by_client:
                yield from self.expectations()
                yield {"close": {"on": label}}
            case StreamClosed() if fact.code != EMULATOR_ENDED:
                reason = {"reason": literal(fact.reason)} if fact.reason else {}
                self._heard[label].append({"close": fact.code, **reason})
            case _:
                pass

    def expectations(self) -> Iterator[Any]:
        """What was heard since this was last asked for."""
        heard, self._heard = self._heard, defaultdict(list)
        for label, frames in heard.items():
            yield {"expect_frames": {"on": label, "frames": frames}}

    def _size(self, fact: StreamFlushed) -> int:
        """How many bytes of audio came; a stream that breaks off does so at the first."""
        failure = self._broken.pop(fact.request_id, None)
        whole = len(self._voice.audio(fact.request, tones=True))
        return whole if failure is None else played(whole, failure.after_bytes)


def _sent(frame: str) -> Any:
    """A client's *frame* as a message, if it is one that is sent alike; as it is, if not."""
    if frame.count("{") + frame.count("[") > _DEEP:
        return frame
    try:
        message = json.loads(frame, object_pairs_hook=_once, parse_constant=no_json)
    except ValueError:
        return frame
    # Half a character can be written as an escape only.
    halved = LONE_SURROGATE.search(json.dumps(message, ensure_ascii=False))
    return message if isinstance(message, dict) and not halved else frame


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key is repeated")
    return dict(pairs)


def _said(fact: StreamSaid) -> dict[str, Any]:
    """What is expected of a message: whatever of it is the same when it is sent again."""
    said: dict[str, Any] = {}
    for name, value in fact.message.items():
        if name == "request_id":
            said[name] = "$request_id"
        elif name not in _OF_THIS_RUN and isinstance(value, str | int | float):
            if not isinstance(value, str):
                said[name] = value
            elif _can_be_expected(value):
                said[name] = literal(value)
    return said


def _can_be_expected(text: str) -> bool:
    try:
        variables.check(literal(text))
    except ValueError:
        return False
    return not LONE_SURROGATE.search(text)
