"""A session of `/v2/speak`: a conversation in turns, each of which a `Flush` completes.

A turn begins with its first text and becomes audio when it is completed, in one go (assumed: the
service makes audio while text still comes in). So all audio that a client may interrupt has been
sent by then, and to interrupt is to be told what was heard of it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ringback.core.answer.models import STAND_IN_VERSION
from ringback.core.base.duration import SECOND
from ringback.core.request.editions import V2
from ringback.core.request.voices import Voice
from ringback.core.stream.stream import (
    MOST_UNSPOKEN,
    TOO_BIG,
    Effect,
    HangUp,
    Play,
    Say,
    Stream,
    spoken_in,
)

IDLE = 60 * SECOND
"""How long a session lasts in which nothing is said (documented)."""

_MILLISECOND = SECOND // 1000

_PAUSE = "{pause:"
"""How an inline pause begins. It may come in pieces."""

NO_COMMAND = HangUp(
    1008, "DATA-0000", "Commands are Speak (with text), Flush, Interrupt, Configure and Close."
)
NO_PAUSE = HangUp(1008, "DATA-0002", "Pauses in the text are for requests, not for streams.")
NOT_JSON = HangUp(1003, "MESSAGE-0000", "Send JSON objects: the message could not be parsed.")
SILENT = HangUp(
    1011,
    "NET-0004",
    "A client must say something every 60 s of the emulator's time, if only by a WebSocket ping.",
)

DESCRIPTIONS = {
    "MESSAGE-0000": "The message could not be parsed.",
    "DATA-0000": "Input message isn't recognized as a valid command.",
    "DATA-0002": "Inline pause controls are not supported while streaming.",
    "BIG-0000": "Input message is too large.",
    "NET-0003": "Time limit exceeded.",
    "NET-0004": "Inactive client.",
}
"""What an `Error` says of its code."""

_WARNINGS = {
    "NO_ACTIVE_SPEECH": "There is no active turn.",
    "NO_SYNTHESIZABLE_TEXT": "The text of the turn cannot be spoken.",
    "NO_AUDIO_GENERATED": "No audio has been generated yet, so there is nothing to interrupt.",
    "INVALID_INTERRUPT_OFFSET": "The offset does not advance past that of a prior interrupt.",
}


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn. It begins at *start* in the audio of its session, in milliseconds."""

    speech_id: str
    speed: float
    start: int
    text: str = ""
    duration: int = 0

    @property
    def metadata(self) -> dict[str, Any]:
        """What is reported of the turn: inline controls are not acted upon."""
        return {
            "speech_id": self.speech_id,
            "audio_duration_ms": self.duration,
            "input_character_count": len(self.text),
            "billable_character_count": len(self.text),
            "controls_applied": {
                "pronunciations_applied": 0,
                "breaks_applied": 0,
                "pronunciation_warnings": 0,
            },
        }

    def heard_until(self, offset: int) -> int:
        """How many characters are heard by *offset*, if all take the same time (assumed)."""
        played = min(max(offset - self.start, 0), self.duration)
        return played * len(self.text) // self.duration if self.duration else 0


@dataclass(frozen=True, slots=True)
class _Totals:
    """What a session comes to, with its *audio* in milliseconds.

    *generated*: there was some. The last interrupt *rebased* it, to where it had been played.
    """

    audio: int = 0
    characters: int = 0
    generated: bool = False
    rebased: int = 0


class TurnStream(Stream):
    """One open session of `/v2/speak`."""

    unknown = NO_COMMAND
    unreadable = NOT_JSON

    def __init__(
        self,
        voice: Voice,
        draw: Callable[[], str],
        measure: Callable[[str, float], int],
        opened_at: int = 0,
        speed: float | None = None,
    ) -> None:
        """Open the session at *opened_at*, in nanoseconds since the emulator's start.

        *draw* draws a turn's id. *measure* says how long a text is at a speed, in nanoseconds.
        *speed* is what the session was opened with.
        """
        super().__init__(voice, opened_at)
        self._draw = draw
        self._measure = measure
        self._speed = speed
        self._turn: _Turn | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._tail = ""
        self._last: _Turn | None = None
        self._totals = _Totals()

    @property
    def limit(self) -> tuple[int, HangUp]:
        """The end of the hour, or of a minute in which nothing was said."""
        return min(super().limit, (self._heard_at + IDLE, SILENT), key=lambda each: each[0])

    def greeting(self, request_id: str) -> Say:
        """The first message of every session: `Connected`."""
        return Say(
            {
                "type": "Connected",
                "request_id": request_id,
                "model_name": self._voice.name,
                "model_version": STAND_IN_VERSION,
                "model_uuids": [self._voice.model_uuid],
            }
        )

    def _hang_up(self, how: HangUp) -> list[Effect]:
        description = DESCRIPTIONS.get(how.reason)
        if description is None:
            return [how]
        return [Say({"type": "Error", "code": how.reason, "description": description}), how]

    def _speak(self, message: dict[str, Any], _now: int) -> list[Effect]:
        text = spoken_in(message)
        if text is None:
            return self._hang_up(NO_COMMAND)
        effects: list[Effect] = []
        if self._turn is None and text:
            self._turn = _Turn(self._draw(), self._speed or 1.0, self._totals.audio)
            self._length, self._tail = 0, ""
            effects = [Say({"type": "SpeechStarted", "speech_id": self._turn.speech_id})]
        if text:
            self._pieces.append(text)
            self._length += len(text)
            # The text is not put together, nor looked through, for each piece anew.
            recent = self._tail + text
            if _PAUSE in recent:
                return self._hang_up(NO_PAUSE)
            # One character less than `_PAUSE`: enough to find one that is cut between two messages.
            self._tail = recent[1 - len(_PAUSE) :]
            if self._length > MOST_UNSPOKEN:
                return self._hang_up(TOO_BIG)
        return effects

    def _begun(self) -> _Turn | None:
        """The turn that is not completed, with all its text so far."""
        if self._turn is not None and self._pieces:
            self._turn = replace(self._turn, text=self._turn.text + "".join(self._pieces))
            self._pieces.clear()
        return self._turn

    def _flush(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        turn = self._begun()
        if turn is None:
            return [_warning("NO_ACTIVE_SPEECH")]
        echo = Say({"type": "Flushed", "speech_id": turn.speech_id})
        return [echo, *self._completed(turn)]

    def _interrupt(self, message: dict[str, Any], _now: int) -> list[Effect]:
        offset, totals = _offset(message), self._totals
        if offset is not None and offset < 0:
            return self._hang_up(NO_COMMAND)
        if self._last is None or not totals.generated:
            return [_warning("NO_AUDIO_GENERATED")]
        played = totals.audio if offset is None else offset
        if played <= totals.rebased:
            return [_warning("INVALID_INTERRUPT_OFFSET")]
        turn = self._begun() or self._last
        said: dict[str, Any] = {"type": "SpeechInterrupted", "audio_played_ms": played}
        if offset is not None:
            heard = turn.heard_until(offset)
            said |= {"text_spoken": turn.text[:heard], "text_remaining": turn.text[heard:]}
        if turn is self._turn:
            self._finish(turn)
        # Who says that more was played than there is has heard all of it.
        audio = min(played, totals.audio)
        self._totals = replace(self._totals, audio=audio, rebased=audio)
        return [Say(said | {"metadata": turn.metadata})]

    def _configure(self, message: dict[str, Any], _now: int) -> list[Effect]:
        """Set the speed of the turns that begin from now on (which they are is assumed)."""
        speed = message.get("speed")
        if speed is not None:
            if isinstance(speed, bool) or not isinstance(speed, int | float):
                return self._hang_up(NO_COMMAND)
            refusal = V2.speed.refusal(speed)
            if refusal is not None:
                failure = {"type": "ConfigureFailure", "code": refusal.code, "field": "speed"}
                # JSON has no infinity to repeat; Python's reader takes `1e999` for one.
                value = {} if speed in (math.inf, -math.inf) else {"value": speed}
                return [Say({**failure, **value, "description": refusal.message})]
            self._speed = float(speed)
        applied = {} if self._speed is None else {"speed": self._speed}
        return [Say({"type": "ConfigureSuccess", "applied": applied})]

    def _close(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        turn = self._begun()
        rest = [] if turn is None else self._completed(turn)
        totals = {
            "type": "SessionMetadata",
            "total_audio_duration_ms": self._totals.audio,
            "total_input_character_count": self._totals.characters,
            "total_billable_character_count": self._totals.characters,
        }
        return [*rest, Say(totals), HangUp(1000)]

    def _completed(self, turn: _Turn) -> list[Effect]:
        """The audio of *turn*, and what it came to."""
        turn = replace(turn, duration=self._measure(turn.text, turn.speed) // _MILLISECOND)
        self._finish(turn)
        audible: Effect = (
            Play(turn.text, turn.speed) if turn.duration else _warning("NO_SYNTHESIZABLE_TEXT")
        )
        return [audible, Say({"type": "SpeechMetadata", **turn.metadata})]

    def _finish(self, turn: _Turn) -> None:
        self._turn, self._last = None, turn
        totals = self._totals
        self._totals = replace(
            totals,
            audio=totals.audio + turn.duration,
            characters=totals.characters + len(turn.text),
            generated=totals.generated or turn.duration > 0,
        )

    commands: ClassVar[Mapping[str, Callable[..., list[Effect]]]] = {
        "Speak": _speak,
        "Flush": _flush,
        "Interrupt": _interrupt,
        "Configure": _configure,
        "Close": _close,
    }


def _offset(message: dict[str, Any]) -> int | None:
    """Milliseconds of the session's audio that were played; negative for what is no offset."""
    match message.get("playback_offset"):
        case None:
            return None
        case {"type": "time_ms", "value": int(value)} if not isinstance(value, bool):
            return value
        case _:
            return -1


def _warning(code: str) -> Say:
    return Say({"type": "Warning", "code": code, "description": _WARNINGS[code]})
