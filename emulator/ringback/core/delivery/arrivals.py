"""What a test expects to have arrived at a receiver, and in what it differs from what did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from ringback.core.base.dataclass import dataclass
from ringback.core.base.headers import Headers, is_header_name
from ringback.core.base.masking import masked_header, masked_query
from ringback.errors import SettingsError


class Message(Protocol):
    """What arrived, in this process or another."""

    @property
    def method(self) -> str:
        """POST or PUT."""
        ...

    @property
    def url(self) -> str:
        """Where it went, without credentials."""
        ...

    @property
    def headers(self) -> Headers:
        """What it carried."""
        ...

    def carries(self, body: bytes) -> bool:
        """Whether that is its body."""
        ...


Arrived = TypeVar("Arrived", bound=Message)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that is expected: whatever is None may be anything.

    A *path* without a query fits whatever the query is. Of *headers*, those that are named count;
    one that is named with None must not be there.
    """

    method: str | None = None
    path: str | None = None
    headers: Mapping[str, str | None] | None = None
    body: bytes | None = None

    def __post_init__(self) -> None:
        for name, kind in (("method", str), ("path", str), ("headers", Mapping), ("body", bytes)):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise SettingsError(f"assert_received({name}=…) is {kind.__name__}, not {value!r}")
        if self.path is not None and not self.path.startswith("/"):
            raise SettingsError(f"assert_received(path=…) begins with a slash, not {self.path!r}")
        for name in self.headers or ():
            if not is_header_name(name):
                raise SettingsError(f"assert_received(headers=…): {name!r} names no header")

    def differences(self, message: Message) -> Iterator[str]:
        """In what *message* is not what is expected; credentials are masked."""
        if self.method is not None and message.method != self.method.upper():
            yield f"method {message.method}, not {self.method.upper()}"
        if self.path is not None:
            target = target_of(message.url)
            if (target if "?" in self.path else target.partition("?")[0]) != self.path:
                yield f"path {masked_query(target)}, not {masked_query(self.path)}"
        for name, value in (self.headers or {}).items():
            got = message.headers.get(name)
            if got != value:
                yield f"{name} {_shown(name, got)}, not {_shown(name, value)}"
        if self.body is not None and not message.carries(self.body):
            yield f"another body than the {len(self.body)} bytes expected"


def expect_arrivals(
    whose: str, messages: Iterable[Arrived], expected: Arrival, times: int | None
) -> list[Arrived]:
    """Those of *messages* that are as *expected*: so many *times*, or at least once.

    Raises `AssertionError`, which shows each and in what it differs.
    """
    if times is not None and (type(times) is not int or times < 0):
        raise SettingsError(f"assert_received(times=…) is a whole number from 0 on, not {times!r}")
    rows: list[tuple[str, str]] = []
    found: list[Arrived] = []
    for message in messages:
        differs = "; ".join(expected.differences(message))
        rows.append((f"{message.method} {masked_query(message.url)}", differs))
        if not differs:
            found.append(message)
    if len(found) == times or (times is None and found):
        return found
    raise AssertionError("\n".join([_headline(whose, len(found), times), *_table(rows)]))


def target_of(url: str) -> str:
    """The path and query of *url*, as written."""
    place = url.partition("://")[2]
    slash = place.find("/")
    return place[slash:] if slash >= 0 else "/"


def _headline(whose: str, found: int, times: int | None) -> str:
    wanted = "at least 1" if times is None else str(times)
    return f"{whose}: {found} of the requests that arrived are as expected, not {wanted}"


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not rows:
        yield "(nothing arrived)"
    width = max((len(row) for row, _ in rows), default=0)
    for row, differs in rows:
        yield f"{row:<{width}}   " + (f"<-- {differs}" if differs else "as expected")


def _shown(name: str, value: str | None) -> str:
    return "missing" if value is None else repr(masked_header(name, value))
