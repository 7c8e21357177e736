"""What every answer of the control API is made of. Imports pydantic: load it late."""

from datetime import datetime
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Seconds: TypeAlias = int | float


class Model(BaseModel):
    """Strict: no other key, and nothing that is turned into what was wanted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class ProblemDocument(BaseModel):
    """What is wrong, and what to do (RFC 9457)."""

    title: str
    status: int
    detail: str
    error: str | None = Field(None, description="The error of Ringback's that it stands for.")


class ClockState(Model):
    """The clock of an emulator."""

    mode: str = Field(description="`paused`, `auto`, `real`, or `xN` for N times faster.")
    now: datetime = Field(description="The emulator's wall clock.")
    elapsed: Seconds = Field(description="Seconds since the start.")
    next_due: Seconds | None = Field(
        description="When the next thing is due, in seconds since the start."
    )
    next_due_time: datetime | None = Field(description="The same on the wall clock.")
    pending: int = Field(description="How many deliveries are not settled.")
    in_flight: int = Field(
        description="How many attempts, requests, holds and pieces of background work are under"
        " way."
    )
    busy: list[str] = Field(description="The same in words.")
    mover: str | None = Field(description="The verb that is moving the clock at this moment.")


class Moved(Model):
    """What a verb did."""

    clock: ClockState
    attempts: "list[AttemptMade]" = Field(description="The attempts that ended in it, in order.")


Header: TypeAlias = tuple[str, str]


class MessageSent(Model):
    """A request to a receiver. Headers that are credentials are masked."""

    method: str
    url: str = Field(description="Without credentials.")
    headers: list[Header]
    size: int = Field(description="Bytes of the body.")
    sha256: str = Field(description="SHA-256 of the body, in hexadecimal digits.")


class ResponseSeen(Model):
    """What a receiver answered. Headers that are credentials are masked."""

    status: int
    headers: list[Header]
    size: int = Field(description="Bytes that were read of the body.")
    sha256: str = Field(description="SHA-256 of them, in hexadecimal digits.")


class AttemptMade(Model):
    """One try of a delivery, ended."""

    request_id: str
    position: int = Field(description="Of its delivery.")
    number: int = Field(description="Counted from 1.")
    offset: Seconds = Field(description="When it began, in seconds since acceptance.")
    started_at: Seconds = Field(description="When it began, in seconds since the start.")
    started: datetime
    finished_at: Seconds = Field(description="When its outcome was known.")
    finished: datetime
    line: str = Field(description="`+30s PUT 503`, as in the timeline.")
    outcome: str = Field(description="What became of it, in a sentence.")
    word: str = Field(description="The same in short: `503`, `timeout`, `answer lost`.")
    status: int | None = Field(description="The status that the dispatcher saw, if any.")
    fault: str | None = Field(description="The fault that was scripted for it.")
    copy_outcome: str | None = Field(
        description="What became of the second copy of one that arrived twice."
    )
    request: MessageSent
    response: ResponseSeen | None


State: TypeAlias = Literal["scheduled", "in flight", "delivered", "exhausted", "cancelled"]


class RuleBehind(Model):
    """A rule of the service."""

    name: str
    standing: Literal["documented", "observed", "assumed"]
    statement: str


class DeliveryState(Model):
    """A delivery, as it stands."""

    position: int = Field(description="Its place in order of acceptance, from 0.")
    request_id: str
    key_id: str
    state: State
    settled: bool = Field(description="Whether nothing more will be sent.")
    reason: str = Field(description="Why it was cancelled; empty otherwise.")
    endpoint: str = Field(description="Where it goes, without credentials.")
    method: str
    model: str
    characters: int = Field(description="Characters of the text that was asked for.")
    accepted_at: Seconds = Field(description="In seconds since the start.")
    accepted: datetime
    due_at: Seconds | None = Field(description="When the next attempt is due.")
    due: datetime | None
    timeline: list[str] = Field(description="A line for each attempt.")
    statuses: list[int | str] = Field(description="A status each, or the outcome's word.")
    offsets: list[Seconds] = Field(description="When each began, in seconds since acceptance.")
    attempts: list[AttemptMade]
    rules: list[list[RuleBehind]] = Field(
        description="The rules behind each attempt, and behind what followed it."
    )


class DeliveriesPage(Model):
    """Some deliveries, in order of acceptance."""

    deliveries: list[DeliveryState]
    next: int | None = Field(description="What to give as `after` for those that follow, if any.")


class Connected(Model):
    """A route."""

    origin: str
    to: str


class ReceiverState(Model):
    """A scripted receiver, and what it saw."""

    number: int = Field(description="Its place in order of arrangement, from 0.")
    url: str
    unused: int = Field(description="How many of several replies were never given.")
    requests: list[MessageSent]


class Receivers(Model):
    """All of them."""

    receivers: list[ReceiverState]


class Unmet(Model):
    """What waits."""

    unmet: int = Field(description="How many ordered failures no request has met.")


class Verdict(Model):
    """What a strict test would say."""

    ok: bool
    leftovers: dict[str, list[str]] = Field(
        description="What was left behind and is not allowed, in sentences, by kind."
    )
    text: str = Field(description="The sentences, and the timeline.")


class Dropped(Model):
    """What a reset has dropped."""

    pending: list[str] = Field(description="Request ids of the deliveries that were pending.")
    deliveries: int
    requests: int
    facts: int


class RequestReceived(Model):
    """A request to a speak endpoint as it arrived. What is secret is masked."""

    place: int = Field(description="Its place in order of arrival, from 0.")
    at: Seconds = Field(description="When, in seconds since the start.")
    time: datetime
    method: str
    path: str
    query: str
    headers: list[Header]
    content_type: str | None
    size: int = Field(description="Bytes of the body.")
    sha256: str | None = Field(description="SHA-256 of the body, where bodies are kept.")
    status: int = Field(description="What it was answered, and 101 for a stream.")
    request_id: str


class RequestsPage(Model):
    """Some requests, in order of arrival."""

    requests: list[RequestReceived]
    next: int | None = Field(description="What to give as `after` for those that follow, if any.")
    dropped: int = Field(description="How many are not kept any more.")


class FactTold(Model):
    """Something that happened."""

    place: int = Field(description="Its place in the journal, from 0.")
    fact: str = Field(description="Its name, such as `attempt.finished`.")
    at: Seconds = Field(description="When, in seconds since the start.")
    time: datetime
    line: str = Field(description="The same in words; empty for what is not worth a line.")
    details: dict[str, Any] = Field(description="All that it says, secrets masked.")


class JournalPage(Model):
    """Some facts, in order."""

    facts: list[FactTold]
    next: int = Field(description="What to give as `since` for those that follow.")
    dropped: int = Field(description="How many are not kept any more.")


class Waited(Model):
    """It is so."""

    clock: ClockState
    next: int = Field(description="What to give as `since` for what follows.")


class Timeline(Model):
    """Everything as text."""

    text: str


class Status(Model):
    """An emulator, and how much of everything there is."""

    version: str = Field(description="Ringback's.")
    key_id: str = Field(description="The identifier of its key: what callbacks carry.")
    project_id: str
    clock: ClockState
    deliveries: int
    requests: int
    facts: int
    dropped: dict[str, int] = Field(description="How many of each are not kept any more.")
