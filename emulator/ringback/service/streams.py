"""One open stream: its machine, what it speaks with, and what the journal hears of it."""

from collections.abc import Callable, Iterator
from typing import assert_never

from ringback.audio.render import duration
from ringback.clock.virtual import VirtualClock
from ringback.core.base.dataclass import dataclass
from ringback.core.base.ids import IdSource
from ringback.core.facts import StreamClosed, StreamFlushed, StreamWarned
from ringback.core.journal import Journal
from ringback.core.request.editions import V2, Edition
from ringback.core.request.speak import SpeakRequest
from ringback.core.stream.opening import Opening
from ringback.core.stream.stream import Effect, HangUp, Play, Say, Stream
from ringback.service.voice import Voice
from ringback.settings.settings import Settings

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

    @property
    def greeting(self) -> Say:
        """What is said first."""
        return self.stream.greeting(self.request_id)

    @property
    def limit(self) -> tuple[int, HangUp]:
        """When the session ends if nothing is heard any more, and how."""
        with self.clock.lock:
            return self.stream.limit

    def receive(self, frame: str | bytes) -> list[Effect]:
        """What *frame*, which has just arrived, leads to."""
        with self.clock.lock:
            return self._recorded(self.stream.receive(frame, self.clock.now_ns))

    def sign_of_life(self) -> None:
        """Take note that a ping or a pong has just arrived."""
        with self.clock.lock:
            self.stream.sign_of_life(self.clock.now_ns)

    def end(self, how: HangUp) -> list[Effect]:
        """What an end from outside leads to: nothing if the session has ended."""
        with self.clock.lock:
            return self._recorded(self.stream.end(how))

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
            view = view[: len(view) // 2 if play.after_bytes is None else play.after_bytes]
        for start in range(0, len(view), PIECE):
            yield bytes(view[start : start + PIECE])

    def request(self, play: Play) -> SpeakRequest:
        """What a request for the same audio would ask."""
        return self.opening.request(play.text, play.speed)

    def _recorded(self, effects: list[Effect]) -> list[Effect]:
        at, request_id = self.clock.now_ns, self.request_id
        for effect in effects:
            match effect:
                case Play():
                    self.journal.append(StreamFlushed(at, request_id, self.request(effect)))
                case HangUp():
                    end = StreamClosed(at, request_id, effect.code, effect.reason, effect.hint)
                    self.journal.append(end)
                    self.on_end()
                case Say():
                    if effect.message["type"] == "Warning":
                        self.journal.append(StreamWarned(at, request_id, effect.message["code"]))
                case _:
                    assert_never(effect)
        return effects


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
