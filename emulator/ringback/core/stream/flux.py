"""A session of `/v2/speak`: a conversation in turns, each of which a `Flush` completes.

A turn begins with its first text and becomes audio when it is completed, in one go (assumed: the
service makes audio while text still comes in). So all audio that a client may interrupt has been
sent by then, and to interrupt is to be told what was heard of it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ringback.core.answer.models import STAND_IN_VERSION
from ringback.core.base.duration import SECOND
from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import V2
from ringback.core.request.voices import Voice
from ringback.core.stream.gathering import Gathering, heard_of
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
from ringback.core.stream.turns import Totals, Turn

IDLE = 60 * SECOND
"""How long a session lasts in which nothing is said (documented)."""

_MILLISECOND = SECOND // 1000

NO_COMMAND = HangUp(
    1008, "DATA-0000", "Commands are Speak (with text), Flush, Interrupt, Configure and Close."
)
NO_PAUSE = HangUp(1008, "DATA-0002", "Pauses in the text are for requests, not for streams.")
NOT_JSON = HangUp(1003, "MESSAGE-0000", "Send JSON objects: the message could not be parsed.")
NO_COMBINATION = HangUp(
    1008,
    "DATA-0002",
    "A turn with a pronunciation speaks at a speed of 1.0: Configure that before it begins.",
)
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

_TOLD = {NO_COMBINATION: "Pronunciation cannot be combined with speed."}
"""What it says of an end whose code has several meanings."""

_WARNINGS = {
    "NO_ACTIVE_SPEECH": "There is no active turn.",
    "NO_SYNTHESIZABLE_TEXT": "The text of the turn cannot be spoken.",
    "NO_AUDIO_GENERATED": "No audio has been generated yet, so there is nothing to interrupt.",
    "PRONUNCIATION_WARNINGS": "A pronunciation contains invalid IPA; it is applied all the same.",
    "PRONUNCIATION_TOO_LONG": "A pronunciation exceeds the maximum length and is dropped.",
    "PRONUNCIATIONS_LIMIT_EXCEEDED": "Too many pronunciations; the text of the others is dropped.",
    "INVALID_INTERRUPT_OFFSET": "The offset does not advance past that of a prior interrupt.",
}


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
        self._turn: Turn | None = None
        self._gathered = Gathering(voice)
        self._last: Turn | None = None
        self._totals = Totals()

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
        description = _TOLD.get(how) or DESCRIPTIONS.get(how.reason)
        if description is None:
            return [how]
        return [Say({"type": "Error", "code": how.reason, "description": description}), how]

    def _speak(self, message: dict[str, Any], _now: int) -> list[Effect]:
        text = spoken_in(message)
        if text is None:
            return self._hang_up(NO_COMMAND)
        effects: list[Effect] = []
        if self._turn is None and text:
            self._turn = Turn(self._draw(), self._speed or 1.0, self._totals.audio)
            self._gathered = Gathering(self._voice)
            effects = [Say({"type": "SpeechStarted", "speech_id": self._turn.speech_id})]
        if text:
            self._gathered.add(text)
            if self._gathered.has_pause:
                return self._hang_up(NO_PAUSE)
            if self._gathered.has_pronunciation and not self._may_pronounce:
                return self._hang_up(NO_COMBINATION)
            if self._gathered.length > MOST_UNSPOKEN:
                return self._hang_up(TOO_BIG)
        return effects

    @property
    def _may_pronounce(self) -> bool:
        """Whether the turn, and the session since it began, have the voice's own speed."""
        turn = self._turn
        return (self._speed or 1.0) == 1.0 and (turn is None or turn.speed == 1.0)

    def _begun(self) -> Turn | None:
        """The turn that is not completed, with all its text so far."""
        return None if self._turn is None else replace(self._turn, text=self._gathered.text)

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
        begun = self._begun()
        turn = self._last if begun is None else self._read(begun)[0]
        said: dict[str, Any] = {"type": "SpeechInterrupted", "audio_played_ms": played}
        if offset is not None:
            spoken, remaining = turn.divided_at(offset)
            said |= {"text_spoken": spoken, "text_remaining": remaining}
        if begun is not None:
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
            refusal = V2.speed.refusal(speed) or self._not_combined(speed)
            if refusal is not None:
                failure = {"type": "ConfigureFailure", "code": refusal.code, "field": "speed"}
                # JSON has no infinity to repeat; Python's reader takes `1e999` for one.
                value = {} if speed in (math.inf, -math.inf) else {"value": speed}
                return [Say({**failure, **value, "description": refusal.message})]
            self._speed = float(speed)
        applied = {} if self._speed is None else {"speed": self._speed}
        return [Say({"type": "ConfigureSuccess", "applied": applied})]

    def _not_combined(self, speed: float) -> Rejection | None:
        """Why the turn that waits for its flush does not go with *speed*."""
        if speed == 1.0 or not (self._turn is not None and self._gathered.has_pronunciation):
            return None
        message = "A buffered turn carries a pronunciation; flush it before setting 'speed'."
        return Rejection(400, "CONTROL_COMBINATION_INVALID", message)

    def _close(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        turn = self._begun()
        rest = [] if turn is None else self._completed(turn)
        if any(isinstance(effect, HangUp) for effect in rest):
            return rest
        totals = {"type": "SessionMetadata", **self._totals.metadata}
        return [*rest, Say(totals), HangUp(1000)]

    def _completed(self, turn: Turn) -> list[Effect]:
        """The audio of *turn*, and what it came to."""
        turn, codes = self._read(turn)
        spoken = turn.script.spoken
        if turn.script.pronunciations and not self._may_pronounce:
            return self._hang_up(NO_COMBINATION)
        turn = replace(turn, duration=self._measure(spoken, turn.speed) // _MILLISECOND)
        self._finish(turn)
        audible: Effect = (
            Play(spoken, turn.speed) if turn.duration else _warning("NO_SYNTHESIZABLE_TEXT")
        )
        return [*map(_warning, codes), audible, Say({"type": "SpeechMetadata", **turn.metadata})]

    def _read(self, turn: Turn) -> tuple[Turn, tuple[str, ...]]:
        """*turn* with what is heard of it, and the codes of the warnings about that."""
        script, codes = heard_of(turn.text, self._voice)
        return replace(turn, script=script), codes

    def _finish(self, turn: Turn) -> None:
        self._turn, self._last = None, turn
        self._totals = self._totals.with_turn(turn)

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
