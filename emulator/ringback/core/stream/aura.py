"""A session of `/v1/speak`: text gathers, and a `Flush` or the `Close` makes audio of it.

All of it becomes audio in one go (assumed: the service may speak a long text earlier by itself).
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ringback.core.answer.models import STAND_IN_VERSION
from ringback.core.base.duration import SECOND
from ringback.core.base.rejection import Rejection
from ringback.core.request.body import MAX_CHARACTERS
from ringback.core.request.controls import read_script
from ringback.core.request.voices import Voice
from ringback.core.stream.stream import MOST_UNSPOKEN, Effect, HangUp, Play, Say, Stream, spoken_in
from ringback.core.stream.window import Window

MAX_CHARACTERS_A_MINUTE = 2400
"""How many characters may be spoken in 60 seconds (documented)."""

MAX_FLUSHES_A_MINUTE = 20
"""How many flushes are carried out in 60 seconds (documented)."""

_MINUTE = 60 * SECOND

NO_COMMAND = HangUp(1008, "DATA-0000", "Commands are Speak (with text), Flush, Clear and Close.")
TOO_FAST = HangUp(
    1008,
    "DATA-0001",
    f"More than {MAX_CHARACTERS_A_MINUTE} characters came in 60 s of the emulator's time: let it"
    " pass with advance(60), or set stream_limits=False.",
)
TOO_LONG = HangUp(
    1009, "BIG-0001", "The text of one Speak is too long (Settings.max_characters), or of a flush."
)

FLUSHED_TOO_OFTEN = Say(
    {
        "type": "Warning",
        "description": "Too many Flush messages: no more than 20 are processed in 60 seconds.",
        "code": "EXCESSIVE_FLUSH",
    }
)


class TextStream(Stream):
    """One open session of `/v1/speak`."""

    unknown = unreadable = NO_COMMAND

    def __init__(
        self,
        voice: Voice,
        opened_at: int = 0,
        speed: float = 1.0,
        *,
        longest: int = MAX_CHARACTERS,
        limited: bool = True,
    ) -> None:
        """Speak at *speed*, 1 being the voice's own.

        *longest* is a single text's, in code points. *limited*: characters and flushes a minute
        are counted.
        """
        super().__init__(voice, opened_at)
        self._speed = speed
        self._longest = longest
        self._texts: list[str] = []
        self._unspoken = 0
        self._sequence_id = 0
        self._characters = Window(_MINUTE, MAX_CHARACTERS_A_MINUTE if limited else None)
        self._flushes = Window(_MINUTE, MAX_FLUSHES_A_MINUTE if limited else None)

    def greeting(self, request_id: str) -> Say:
        """The first message of every session: its `Metadata`."""
        return Say(
            {
                "type": "Metadata",
                "request_id": request_id,
                "model_name": self._voice.name,
                "model_version": STAND_IN_VERSION,
                "model_uuid": self._voice.model_uuid,
            }
        )

    def _speak(self, message: dict[str, Any], now: int) -> list[Effect]:
        text = spoken_in(message)
        if text is None:
            return [NO_COMMAND]
        if len(text) > self._longest or len(text) + self._unspoken > MOST_UNSPOKEN:
            return [TOO_LONG]
        if not self._characters.admit(len(text), now):
            return [TOO_FAST]
        if text:
            self._texts.append(text)
            self._unspoken += len(text)
        return []

    def _flush(self, _message: dict[str, Any], now: int) -> list[Effect]:
        if not self._flushes.admit(1, now):
            return [FLUSHED_TOO_OFTEN]
        return [*self._played(), self._numbered("Flushed")]

    def _clear(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        self._taken()
        return [self._numbered("Cleared")]

    def _close(self, _message: dict[str, Any], _now: int) -> list[Effect]:
        return [*self._played(), HangUp(1000)]

    def _played(self) -> list[Effect]:
        text = self._taken()
        script = read_script(text, self._voice)
        # A request would be refused; here it is too late for that, so it is spoken as written.
        spoken = text if isinstance(script, Rejection) else script.spoken
        return [Play(spoken, self._speed)] if spoken else []

    def _taken(self) -> str:
        """The text that has gathered; none is left."""
        text = "".join(self._texts)
        self._texts.clear()
        self._unspoken = 0
        return text

    def _numbered(self, kind: str) -> Say:
        """A confirmation. One count runs through both kinds, from 0 (assumed)."""
        sequence_id, self._sequence_id = self._sequence_id, self._sequence_id + 1
        return Say({"type": kind, "sequence_id": sequence_id})

    commands: ClassVar[Mapping[str, Callable[..., list[Effect]]]] = {
        "Speak": _speak,
        "Flush": _flush,
        "Clear": _clear,
        "Close": _close,
    }
