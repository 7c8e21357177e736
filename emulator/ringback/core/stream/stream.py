"""What the two streams have in common: a frame and its moment in, effects out.

A stream is a pure machine. Whoever runs it carries the effects out, in order. Moments are
nanoseconds since the emulator's start.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeAlias

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import SECOND
from ringback.core.request.body import LONE_SURROGATE, MAX_BODY
from ringback.core.request.voices import Voice

LONGEST = 3600 * SECOND
"""How long a session may last (documented)."""

MOST_UNSPOKEN = 20_000
"""How many characters may wait for a flush: ours, for the audio of more would fill the memory."""


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
    """The audio of *text* at *speed*, in binary frames.

    One that is not *whole* breaks off after *after_bytes*, half of it unless they are given.
    """

    text: str
    speed: float = 1.0
    whole: bool = True
    after_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class HangUp:
    """The end, with a WebSocket close code. *hint* is our own advice and is never sent."""

    code: int
    reason: str = ""
    hint: str = ""


Effect: TypeAlias = Say | Play | HangUp

NOT_TEXT = HangUp(1003, "MESSAGE-0000", "Send text frames: commands are JSON.")
TOO_BIG = HangUp(1009, "BIG-0000", "A frame may have 2 MB.")
CUT_OFF = HangUp(1011, "NET-0000", "This failure was ordered.")
TIME_IS_UP = HangUp(1011, "NET-0003", "A session lasts an hour of the emulator's time.")


class Stream(ABC):
    """One open session.

    Each edition has its own *commands*, and says how it ends where a message is *unknown* to it, or
    is no JSON object and so *unreadable*.
    """

    commands: ClassVar[Mapping[str, Callable[..., list[Effect]]]]
    unknown: ClassVar[HangUp]
    unreadable: ClassVar[HangUp]

    def __init__(self, voice: Voice, opened_at: int) -> None:
        """Speak with *voice*; *opened_at* is in nanoseconds since the emulator's start."""
        self.ended = False
        self.failure: RequestFailure | None = None
        """How the first audio breaks off, if a test has ordered that."""
        self._broken = False
        self._voice = voice
        self._opened_at = opened_at
        self._heard_at = opened_at

    @property
    def limit(self) -> tuple[int, HangUp]:
        """When the session ends if nothing is heard any more, and how. It moves only later."""
        return self._opened_at + LONGEST, TIME_IS_UP

    @abstractmethod
    def greeting(self, request_id: str) -> Say:
        """What is said first."""
        ...

    def receive(self, frame: str | bytes, now: int) -> list[Effect]:
        """What *frame*, which came at *now*, leads to. Nothing leads to anything after the end."""
        if self.ended:
            return []
        self._heard_at = now
        effects = self._follow(frame, now)
        if self.failure is not None and self.failure.breaks:
            effects = self._break_off(effects, self.failure)
        self.ended = any(isinstance(effect, HangUp) for effect in effects)
        return effects

    def sign_of_life(self, now: int) -> bool:
        """A ping or a pong came at *now*: there is somebody, who has nothing to say.

        Whether the session lives longer for it.
        """
        before = self.limit
        self._heard_at = now
        return not self.ended and self.limit != before

    def end(self, how: HangUp) -> list[Effect]:
        """What is to be done to end the session from outside. Text that was not flushed is lost."""
        if self.ended:
            return []
        self.ended = True
        return self._hang_up(how)

    def _break_off(self, effects: list[Effect], failure: RequestFailure) -> list[Effect]:
        """*effects* up to the first audio, and some of that. From there on nothing is said."""
        if self._broken:
            return []
        for index, effect in enumerate(effects):
            if isinstance(effect, Play):
                self._broken = True
                part = replace(effect, whole=False, after_bytes=failure.after_bytes)
                end = [CUT_OFF] if failure.breaks == "cut" else []
                return [*effects[:index], part, *end]
        return effects

    def _hang_up(self, how: HangUp) -> list[Effect]:
        return [how]

    def _follow(self, frame: str | bytes, now: int) -> list[Effect]:
        if isinstance(frame, bytes):
            return self._hang_up(NOT_TEXT)
        if len(frame.encode("utf-8", "surrogatepass")) > MAX_BODY:
            return self._hang_up(TOO_BIG)
        message = _read(frame)
        if message is None:
            return self._hang_up(self.unreadable)
        kind = message.get("type")
        command = self.commands.get(kind) if isinstance(kind, str) else None
        return self._hang_up(self.unknown) if command is None else command(self, message, now)


def spoken_in(message: dict[str, Any]) -> str | None:
    """The text of a `Speak`, None if it has none that an encoder could carry on."""
    text = message.get("text")
    return text if isinstance(text, str) and not LONE_SURROGATE.search(text) else None


def _read(frame: str) -> dict[str, Any] | None:
    """The JSON object in *frame*, None for anything else. Unknown keys are passed over."""
    try:
        message = json.loads(frame, parse_constant=no_json)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def no_json(constant: str) -> None:
    """Refuse `NaN` and its like, which Python's reader takes: raises `ValueError`."""
    raise ValueError(f"{constant} is no JSON")
