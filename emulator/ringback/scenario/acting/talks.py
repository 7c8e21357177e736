"""A story's streams: frames to the service and back, in this process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, assert_never

from ringback.core.answer.answer import Answer
from ringback.core.base.headers import Headers
from ringback.core.request.editions import V1, V2, Edition
from ringback.core.request.keys import read_authorization
from ringback.core.stream.opening import V1_STREAM, V2_STREAM
from ringback.core.stream.stream import Effect, HangUp, Play, Say
from ringback.scenario.acting.client import WRONG_KEY, Heard
from ringback.scenario.story.seeing import OPENED
from ringback.scenario.story.streaming import Open
from ringback.service.service import Service
from ringback.service.streams import Session

EDITIONS: dict[str, Edition] = {V1.path: V1_STREAM, V2.path: V2_STREAM}

LEFT = HangUp(1000)
"""How a client leaves."""


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON message of the service."""

    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sound:
    """Binary frames, one after the other: how many bytes they have."""

    size: int


@dataclass(frozen=True, slots=True)
class End:
    """The service has closed the stream."""

    code: int
    reason: str = ""


Frame: TypeAlias = Message | Sound | End

Enough: TypeAlias = Callable[[Sequence[Frame]], bool]
"""Says whether all that is expected may be among the frames that have come."""


class Talk(Protocol):
    """One stream, as its client has it; *answer* is that to its opening."""

    answer: Heard
    request_id: str

    def send(self, frame: str) -> None:
        """Say something."""

    def ping(self) -> None:
        """Show that somebody is there."""

    def leave(self) -> None:
        """Close the stream."""

    def heard(self, enough: Enough) -> list[Frame]:
        """What has come since this was last asked. It is waited for until it is *enough*."""


def authorization(service: Service, open_: Open) -> str | None:
    """The header that says who opens."""
    if open_.key is None:
        return f"Token {service.key.secret}"
    return f"Token {WRONG_KEY}" if open_.key == "wrong" else None


def joined(frames: Sequence[Frame]) -> list[Frame]:
    """*frames*, where sounds that follow each other are one."""
    whole: list[Frame] = []
    for frame in frames:
        if isinstance(frame, Sound) and whole and isinstance(whole[-1], Sound):
            whole[-1] = Sound(whole[-1].size + frame.size)
        else:
            whole.append(frame)
    return whole


class Refused:
    """A stream that was refused: nothing comes of it."""

    def __init__(self, answer: Heard, request_id: str) -> None:
        """Keep the *answer*."""
        self.answer = answer
        self.request_id = request_id

    def send(self, frame: str) -> None:
        """Say something to nobody."""

    def ping(self) -> None:
        """Show nobody that somebody is there."""

    def leave(self) -> None:
        """Leave what was never there."""

    def heard(self, enough: Enough) -> list[Frame]:
        """Nothing has come."""
        return []


class TalkHere:
    """A stream in this process."""

    def __init__(self, session: Session) -> None:
        """Hear the greeting."""
        self.answer = Heard(OPENED, Headers(session.headers))
        self.request_id = session.request_id
        self._session = session
        self._clock = session.clock
        self._frames: list[Frame] = []
        self._hear(session.greet())
        self._forget: Callable[[], object] = self._watch()

    def send(self, frame: str) -> None:
        """Say something, and hear what it leads to."""
        self._hear(self._session.receive(frame))
        self._clock.changed()

    def ping(self) -> None:
        """Show that somebody is there."""
        self._session.sign_of_life()

    def leave(self) -> None:
        """Close the stream."""
        self._forget()
        self._session.leave(LEFT)

    def heard(self, enough: Enough) -> list[Frame]:
        """What has come since this was last asked."""
        frames, self._frames = self._frames, []
        return joined(frames)

    def _hear(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say():
                    self._frames.append(Message(effect.message))
                case Play():
                    audio = self._session.audio(effect)
                    pieces = self._session.frames(effect, audio)
                    self._frames += (Sound(len(piece)) for piece in pieces)
                case HangUp():
                    self._frames.append(End(effect.code, effect.reason))
                case _:
                    assert_never(effect)

    def _watch(self) -> Callable[[], object]:
        moment = self._session.limit[0]
        return self._clock.call_at(moment, self._expire, background=True).cancel

    def _expire(self) -> None:
        """The session's time may be up. Called by whoever moves the clock."""
        moment, how = self._session.limit
        if moment > self._clock.now_ns:  # something was heard since
            self._forget = self._watch()
        else:
            self._hear(self._session.end(how))


def open_here(service: Service, open_: Open) -> Talk:
    """Open a stream of *service* in this process."""
    said = authorization(service, open_)
    headers = [] if said is None else [(b"authorization", said.encode())]
    credential = read_authorization(said)
    answer = service.open_stream(open_.query_string, credential, EDITIONS[open_.path], headers)
    if isinstance(answer, Answer):
        return Refused(
            Heard(answer.status, Headers(answer.headers), answer.body, hint=answer.hint),
            answer.request_id,
        )
    return TalkHere(answer)
