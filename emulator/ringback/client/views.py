"""What a test looks at of another process's emulator. Deliveries and receivers are live."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from ringback.client.transport import Transport
from ringback.core.base.headers import Headers
from ringback.core.delivery.delivery import State
from ringback.core.delivery.timelines import expect_timeline


@dataclass(frozen=True, slots=True)
class RemoteMessage:
    """A request or an answer. Headers that are credentials are masked; *body* is asked for.

    An answer has no *method* and no *url*, a request no *status*.
    """

    headers: Headers
    size: int
    sha256: str
    method: str = ""
    url: str = ""
    status: int = 0
    _body: Callable[[], bytes] = field(default=bytes, repr=False, compare=False)

    @property
    def body(self) -> bytes:
        """What was sent. Raises `LookupError` where bodies are not kept."""
        return self._body()

    def carries(self, body: bytes) -> bool:
        """Whether *body* is what was sent, by its digest: nothing is asked for."""
        return len(body) == self.size and hashlib.sha256(body).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class RemoteAttempt:
    """One try of one delivery, ended: what `Attempt` says, its *outcome* as a sentence."""

    request_id: str
    number: int
    offset: int | float
    started_at: int | float
    finished_at: int | float
    outcome: str
    word: str
    status: int | None
    fault: str | None
    copy: str | None
    request: RemoteMessage
    response: RemoteMessage | None
    _line: str = field(repr=False)

    def __str__(self) -> str:
        """As a timeline has it: `+30s PUT 503`."""
        return self._line


@dataclass(frozen=True, slots=True)
class RemoteRequest:
    """One request to a speak endpoint as it arrived. What is secret is masked."""

    at: int | float
    method: str
    path: str
    query: str
    headers: Headers
    content_type: str | None
    size: int
    status: int
    request_id: str


class RemoteDelivery:
    """A live view of one delivery: each look asks the server."""

    def __init__(self, transport: Transport, request_id: str, position: int) -> None:
        """Look at the delivery of *request_id* at *position*."""
        self._transport = transport
        self.request_id = request_id
        """The id that the acknowledgement carried."""
        self.position = position
        """Its place in order of acceptance, from 0."""

    def __repr__(self) -> str:
        return f"<RemoteDelivery {self.request_id}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemoteDelivery):
            return NotImplemented
        mine = (self._transport.url, self.request_id, self.position)
        return mine == (other._transport.url, other.request_id, other.position)

    def __hash__(self) -> int:
        return hash((self.request_id, self.position))

    def _path(self, what: str = "") -> str:
        return f"/deliveries/{self.request_id}{what}"

    @property
    def _now(self) -> dict[str, Any]:
        found: dict[str, Any] = self._transport.get(self._path(), {"position": self.position})
        return found

    @property
    def key_id(self) -> str:
        """The identifier of the key that submitted the request: the value of `dg-token`."""
        return str(self._now["key_id"])

    @property
    def endpoint(self) -> str:
        """Where it goes, without credentials."""
        return str(self._now["endpoint"])

    @property
    def state(self) -> State:
        """`scheduled`, `in flight`, `delivered`, `exhausted` or `cancelled`."""
        return State(self._now["state"])

    @property
    def settled(self) -> bool:
        """Whether nothing more will be sent."""
        return bool(self._now["settled"])

    @property
    def reason(self) -> str:
        """Why it was cancelled; empty otherwise."""
        return str(self._now["reason"])

    @property
    def accepted_at(self) -> int | float:
        """When the job was accepted, in seconds since the emulator's start."""
        return _number(self._now["accepted_at"])

    @property
    def due_at(self) -> int | float | None:
        """When the next attempt is due, in seconds since the emulator's start."""
        due = self._now["due_at"]
        return None if due is None else _number(due)

    @property
    def attempts(self) -> list[RemoteAttempt]:
        """The attempts that have ended, in order."""
        return attempts(self._transport, self._now["attempts"])

    @property
    def timeline(self) -> list[str]:
        """One line an attempt, such as `+30s PUT 503`."""
        return list(map(str, self._now["timeline"]))

    def assert_timeline(self, expected: Sequence[str]) -> None:
        """Raise `AssertionError`, with both side by side, where *expected* is not the timeline."""
        expect_timeline(f"request {self.request_id}", self.timeline, expected)

    @property
    def offsets(self) -> list[int | float]:
        """When each attempt began, in seconds since acceptance."""
        return list(map(_number, self._now["offsets"]))

    @property
    def statuses(self) -> list[int | str]:
        """What came of each attempt: a status, or the outcome's word."""
        return list(self._now["statuses"])

    @property
    def audio(self) -> bytes:
        """The audio that was asked for, which is what each attempt carries."""
        return self._transport.raw(self._path("/audio"), {"position": self.position})


class RemoteDeliveries(Sequence[RemoteDelivery]):
    """Deliveries in order of acceptance: each look asks the server."""

    def __init__(self, transport: Transport, **asked: Any) -> None:
        """Show those that are *asked* for."""
        self._transport = transport
        self._asked = asked

    def __repr__(self) -> str:
        return f"<{len(self)} deliveries: {self._all()!r}>"

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[RemoteDelivery]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> RemoteDelivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[RemoteDelivery]: ...
    def __getitem__(self, index: int | slice) -> RemoteDelivery | list[RemoteDelivery]:
        return self._all()[index]

    def only(self) -> RemoteDelivery:
        """The one delivery there is. Raises `LookupError` when there is none, or more."""
        found = self._all()
        if len(found) != 1:
            raise LookupError(f"expected exactly one delivery, found {len(found)}: {found}")
        return found[0]

    def for_request(self, request_id: str) -> RemoteDelivery:
        """The newest delivery of a request. Raises `LookupError` for an unknown id."""
        found = [each for each in self._all() if each.request_id == request_id]
        if not found:
            raise LookupError(f"no delivery for request {request_id!r} among {len(self)}")
        return found[-1]

    def to(self, origin: str) -> "RemoteDeliveries":
        """Those that go to *origin*, such as `https://app.example`."""
        return RemoteDeliveries(self._transport, **self._asked, origin=origin)

    def _all(self) -> list[RemoteDelivery]:
        found: list[RemoteDelivery] = []
        asked = {**self._asked, "brief": True, "limit": 1000}
        after: int | None = -1
        while after is not None:
            page = self._transport.get("/deliveries", asked | {"after": after})
            found += [
                RemoteDelivery(self._transport, each["request_id"], each["position"])
                for each in page["deliveries"]
            ]
            after = page["next"]
        return found


def attempts(transport: Transport, told: list[dict[str, Any]]) -> list[RemoteAttempt]:
    """The attempts that were *told* of."""
    return [_attempt(transport, each) for each in told]


def message(
    transport: Transport, told: dict[str, Any], path: str, position: int | None = None
) -> RemoteMessage:
    """A message that was *told* of, whose body is at *path*."""
    return RemoteMessage(
        Headers(tuple(pair) for pair in told["headers"]),
        told["size"],
        told["sha256"],
        told.get("method", ""),
        told.get("url", ""),
        told.get("status", 0),
        lambda: transport.raw(path, {"position": position}),
    )


def request(told: dict[str, Any]) -> RemoteRequest:
    """A request that was *told* of."""
    values = {name: told[name] for name in RemoteRequest.__slots__ if name != "headers"}
    return RemoteRequest(headers=Headers(tuple(pair) for pair in told["headers"]), **values)


def _attempt(transport: Transport, told: dict[str, Any]) -> RemoteAttempt:
    path = f"/deliveries/{told['request_id']}/attempts/{told['number']}"
    position = told["position"]
    answer = told["response"]
    return RemoteAttempt(
        told["request_id"],
        told["number"],
        told["offset"],
        told["started_at"],
        told["finished_at"],
        told["outcome"],
        told["word"],
        told["status"],
        told["fault"],
        told["copy_outcome"],
        message(transport, told["request"], f"{path}/request", position),
        None if answer is None else message(transport, answer, f"{path}/response", position),
        told["line"],
    )


def _number(value: Any) -> int | float:
    assert isinstance(value, int | float)  # noqa: S101 - the model says so
    return value
