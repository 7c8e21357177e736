"""What can happen on a stream, as facts of the journal."""

from typing import Any, ClassVar, TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.request.speak import SpeakRequest


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """A WebSocket was opened for streaming."""

    name: ClassVar[str] = "stream.opened"
    at: int
    request_id: str


@dataclass(frozen=True, slots=True)
class StreamHeard:
    """A stream's client said something: *frame*, None where that is not text or is not kept.

    *size* is its length, in characters or bytes.
    """

    name: ClassVar[str] = "stream.heard"
    at: int
    request_id: str
    frame: str | None
    size: int


@dataclass(frozen=True, slots=True)
class StreamKeptAlive:
    """A stream lives longer, for its client showed by a ping or a pong that it is still there."""

    name: ClassVar[str] = "stream.kept_alive"
    at: int
    request_id: str


@dataclass(frozen=True, slots=True)
class StreamSaid:
    """A stream's client was sent a JSON *message*."""

    name: ClassVar[str] = "stream.said"
    at: int
    request_id: str
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StreamFlushed:
    """What was spoken into a stream went out as audio, as if it had been asked for by itself."""

    name: ClassVar[str] = "stream.flushed"
    at: int
    request_id: str
    request: SpeakRequest

    @property
    def text(self) -> str:
        """What was spoken."""
        return self.request.text


@dataclass(frozen=True, slots=True)
class StreamWarned:
    """A stream's client was warned: what it asked for was not done."""

    name: ClassVar[str] = "stream.warned"
    at: int
    request_id: str
    code: str


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """A stream came to its end, with a WebSocket close *code*; its hint says what to do about it.

    *by_client*: the client left. 1005 and 1006 are the codes of one that did so without any.
    """

    name: ClassVar[str] = "stream.closed"
    at: int
    request_id: str
    code: int
    reason: str
    hint: str = ""
    by_client: bool = False


StreamFact: TypeAlias = (
    StreamOpened
    | StreamHeard
    | StreamKeptAlive
    | StreamSaid
    | StreamFlushed
    | StreamWarned
    | StreamClosed
)
"""All of them."""
