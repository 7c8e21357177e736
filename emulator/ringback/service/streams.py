"""One open stream: its machine, what it speaks with, and what the journal hears of it."""

from collections.abc import Callable, Iterator
from typing import assert_never

from ringback.audio.render import duration
from ringback.clock.virtual import VirtualClock
from ringback.core.base.dataclass import dataclass
from ringback.core.base.ids import IdSource
from ringback.core.journal import Journal
from ringback.core.request.editions import V2, Edition
from ringback.core.request.speak import SpeakRequest
from ringback.core.stream.facts import (
    StreamClosed,
    StreamFlushed,
    StreamHeard,
    StreamKeptAlive,
    StreamSaid,
    StreamWarned,
)
from ringback.core.stream.opening import Opening
from ringback.core.stream.stream import Effect, HangUp, Play, Say, Stream
from ringback.service.voice import Voice
from ringback.settings.settings import Settings

LONGEST_KEPT = 4096
"""Characters of a frame that the journal keeps as it came."""

PIECE = 16_384
"""Bytes in a binary frame: whole samples, for clients that play each frame as it comes (assumed).
"""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A stream that was opened; *headers* are those of its upgrade.

    *on_end* is called once, under the clock's lock. Everything here may be called from any thread.
    """

    request_id: str
    headers: list[tuple[str, str]]
    opening: Opening
    stream: Stream
    clock: VirtualClock
    journal: Journal
    voice: Voice
    on_end: Callable[[], None] = lambda: None

    def greet(self) -> list[Effect]:
        """What is said first."""
        with self.clock.lock:
            return self._recorded([self.stream.greeting(self.request_id)])

    @property
    def limit(self) -> tuple[int, HangUp]:
        """When the session ends if nothing is heard any more, and how."""
        with self.clock.lock:
            return self.stream.limit

    def receive(self, frame: str | bytes) -> list[Effect]:
        """What *frame*, which has just arrived, leads to."""
        kept = frame if isinstance(frame, str) and len(frame) <= LONGEST_KEPT else None
        with self.clock.lock:
            at = self.clock.now_ns
            if not self.stream.ended:
                self.journal.append(StreamHeard(at, self.request_id, kept, len(frame)))
            return self._recorded(self.stream.receive(frame, at))

    def sign_of_life(self) -> None:
        """Take note that a ping or a pong has just arrived."""
        with self.clock.lock:
            at = self.clock.now_ns
            if self.stream.sign_of_life(at):
                self.journal.append(StreamKeptAlive(at, self.request_id))

    def end(self, how: HangUp) -> list[Effect]:
        """What an end from outside leads to: nothing if the session has ended."""
        with self.clock.lock:
            return self._recorded(self.stream.end(how))

    def leave(self, how: HangUp) -> None:
        """The client has left; nothing can be said to it any more."""
        with self.clock.lock:
            ends: list[Effect] = [each for each in self.stream.end(how) if isinstance(each, HangUp)]
            self._recorded(ends, by_client=True)

    def takes_long(self, play: Play) -> bool:
        """Whether `audio` would keep others waiting."""
        return self.voice.takes_long(self.request(play), tones=True)

    def audio(self, play: Play) -> bytes:
        """The audio of *play*, if it were whole: tones, which need no waiting for an engine."""
        return self.voice.audio(self.request(play), tones=True)

    def frames(self, play: Play, audio: bytes) -> Iterator[bytes]:
        """The binary frames of *play*, whose *audio* this is."""
        view = memoryview(audio)
        if not play.whole:
            view = view[: played(len(view), play.after_bytes)]
        for start in range(0, len(view), PIECE):
            yield bytes(view[start : start + PIECE])

    def request(self, play: Play) -> SpeakRequest:
        """What a request for the same audio would ask."""
        return self.opening.request(play.text, play.speed)

    def _recorded(self, effects: list[Effect], *, by_client: bool = False) -> list[Effect]:
        at, request_id = self.clock.now_ns, self.request_id
        for effect in effects:
            match effect:
                case Play():
                    self.journal.append(StreamFlushed(at, request_id, self.request(effect)))
                case HangUp():
                    said = (effect.code, effect.reason, effect.hint)
                    self.journal.append(StreamClosed(at, request_id, *said, by_client))
                    self.on_end()
                case Say():
                    self.journal.append(StreamSaid(at, request_id, effect.message))
                    if effect.message["type"] == "Warning":
                        self.journal.append(StreamWarned(at, request_id, effect.message["code"]))
                case _:
                    assert_never(effect)
        return effects


def played(size: int, after_bytes: int | None) -> int:
    """How many of *size* bytes come of audio that breaks off: half, unless it is said."""
    return size // 2 if after_bytes is None else min(size, after_bytes)


def new_stream(
    edition: Edition, opening: Opening, opened_at: int, settings: Settings, ids: IdSource
) -> Stream:
    """The stream that *edition* has; the first one imports what that takes."""
    if edition.path == V2.path:
        from ringback.core.stream.flux import TurnStream

        return TurnStream(opening.voice, ids.speech_id, duration, opened_at, opening.speed)
    from ringback.core.stream.aura import TextStream

    return TextStream(
        opening.voice,
        opened_at,
        opening.speed or 1.0,
        longest=settings.max_characters,
        limited=settings.stream_limits,
    )
