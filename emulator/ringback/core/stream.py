"""A streaming session of `/v1/speak` as a machine: a frame and its moment in, effects out.

Text gathers until a `Flush` or the `Close`; then all of it becomes audio, in one go (assumed: the
service may speak a long text earlier by itself). Whoever runs the machine carries the effects out,
in order. Moments are nanoseconds since the emulator's start.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ringback.core.body import MAX_BODY, MAX_CHARACTERS
from ringback.core.duration import SECOND
from ringback.core.listing import STAND_IN_VERSION
from ringback.core.voices import Voice
from ringback.core.window import Window

MAX_CHARACTERS_A_MINUTE = 2400
"""How many characters may be spoken in 60 seconds (documented)."""

MAX_FLUSHES_A_MINUTE = 20
"""How many flushes are carried out in 60 seconds (documented)."""

LONGEST = 3600 * SECOND
"""How long a session may last (documented)."""

_MINUTE = 60 * SECOND

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Say:
    """A JSON message to the client."""

    message: dict[str, Any]

    @property
    def text(self) -> str:
        """The frame's text, compact."""
        return json.dumps(self.message, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Play:
    """The audio of *text*, in binary frames."""

    text: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """The end, with a WebSocket close code. *hint* is our own advice and is never sent."""

    code: int
    reason: str = ""
    hint: str = ""


Effect: TypeAlias = Say | Play | HangUp

NOT_TEXT = HangUp(1003, "MESSAGE-0000", "Send text frames: commands are JSON.")
NO_COMMAND = HangUp(1008, "DATA-0000", "Commands are Speak (with text), Flush, Clear and Close.")
TOO_FAST = HangUp(
    1008,
    "DATA-0001",
    f"More than {MAX_CHARACTERS_A_MINUTE} characters came in 60 s of the emulator's time: let it"
    " pass with advance(60), or set stream_limits=False.",
)
TOO_BIG = HangUp(1009, "BIG-0000", "A frame may have 2 MB.")
TOO_LONG = HangUp(1009, "BIG-0001", "The text of one Speak is too long: Settings.max_characters.")
TIME_IS_UP = HangUp(1011, "NET-0003", "A session lasts an hour of the emulator's time.")

FLUSHED_TOO_OFTEN = Say(
    {
        "type": "Warning",
        "description": "Too many Flush messages: no more than 20 are processed in 60 seconds.",
        "code": "EXCESSIVE_FLUSH",
    }
)


def greeting(request_id: str, voice: Voice) -> Say:
    """The first message of every session."""
    return Say(
        {
            "type": "Metadata",
            "request_id": request_id,
            "model_name": voice.name,
            "model_version": STAND_IN_VERSION,
            "model_uuid": voice.model_uuid,
        }
    )


class Stream:
    """One open session."""

    def __init__(self, *, longest: int = MAX_CHARACTERS, limited: bool = True) -> None:
        """Begin with nothing spoken.

        *longest* is a single text's, in code points. *limited*: characters and flushes a minute
        are counted.
        """
        self.ended = False
        self._longest = longest
        self._texts: list[str] = []
        self._sequence_id = 0
        self._characters = Window(_MINUTE, MAX_CHARACTERS_A_MINUTE if limited else None)
        self._flushes = Window(_MINUTE, MAX_FLUSHES_A_MINUTE if limited else None)

    def receive(self, frame: str | bytes, now: int) -> list[Effect]:
        """What *frame*, which came at *now*, leads to. Nothing leads to anything after the end."""
        if self.ended:
            return []
        effects = self._follow(frame, now)
        self.ended = any(isinstance(effect, HangUp) for effect in effects)
        return effects

    def end(self, how: HangUp) -> list[Effect]:
        """What is to be done to end the session from outside. Text that was not flushed is lost."""
        if self.ended:
            return []
        self.ended = True
        return [how]

    def _follow(self, frame: str | bytes, now: int) -> list[Effect]:
        if isinstance(frame, bytes):
            return [NOT_TEXT]
        if len(frame.encode("utf-8", "surrogatepass")) > MAX_BODY:
            return [TOO_BIG]
        message = _read(frame)
        kind = message.get("type")
        command = _COMMANDS.get(kind) if isinstance(kind, str) else None
        return [NO_COMMAND] if command is None else command(self, message, now)

    def _speak(self, message: dict[str, Any], now: int) -> list[Effect]:
        text = message.get("text")
        if not isinstance(text, str) or _LONE_SURROGATE.search(text):
            return [NO_COMMAND]
        if len(text) > self._longest:
            return [TOO_LONG]
        if not self._characters.admit(len(text), now):
            return [TOO_FAST]
        self._texts.append(text)
        return []

    def _flush(self, _message: dict[str, Any], now: int) -> list[Effect]:
        if not self._flushes.admit(1, now):
            return [FLUSHED_TOO_OFTEN]
        return [*self._played(), self._numbered("Flushed")]

    def _clear(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        self._texts.clear()
        return [self._numbered("Cleared")]

    def _close(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        return [*self._played(), HangUp(1000)]

    def _played(self) -> list[Effect]:
        text = "".join(self._texts)
        self._texts.clear()
        return [Play(text)] if text else []

    def _numbered(self, kind: str) -> Say:
        """A confirmation. One count runs through both kinds, from 0 (assumed)."""
        sequence_id, self._sequence_id = self._sequence_id, self._sequence_id + 1
        return Say({"type": kind, "sequence_id": sequence_id})


_COMMANDS: dict[str, Callable[[Stream, dict[str, Any], int], list[Effect]]] = {
    "Speak": Stream._speak,
    "Flush": Stream._flush,
    "Clear": Stream._clear,
    "Close": Stream._close,
}


def _read(frame: str) -> dict[str, Any]:
    """The JSON object in *frame*, empty for anything else. Unknown keys are passed over."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
