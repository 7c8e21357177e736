"""What happens to an attempt on its way, one entry per attempt: the words, and how they are read.

An entry of `faults=[…]` is a word (`"answer lost"`), a `Fault` where a number is needed, a status
or a `Reply` of somebody in between, or None. `shape.py` says what each does to an attempt.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, fields
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.base.documented import documented
from ringback.core.base.duration import is_span, nanoseconds, seconds
from ringback.core.base.headers import Headers
from ringback.core.delivery.fault_words import WORDS, Word
from ringback.core.delivery.reply import Reply
from ringback.errors import SettingsError

_ELSEWHERE = {
    word: f"that is how an answer of the service breaks off: write fail_requests({word!r})"
    for word in ("cut", "stalled")
}

_WANTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "after": ("seconds or a timedelta, 0 or more", lambda value: is_span(value, least=0)),
    "at": (
        "a whole number, 0 or more",
        lambda value: type(value) is int and value >= 0,
    ),
    "status": (
        "from 200 to 599",
        lambda value: (
            isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599
        ),
    ),
    "real": ("True or False", lambda value: isinstance(value, bool)),
}
"""What each number may be, in words and as a check."""


@documented
@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and its numbers: `Fault("slow", after=3)`, `Fault("body cut", at=100)`.

    One without numbers may be written as its word alone. Raises `SettingsError` for a word that is
    none, and for a number that it does not take.
    """

    word: str
    """What happens: one of the words of the table of faults."""
    _: KW_ONLY
    after: float | timedelta | None = None
    """Seconds on the emulator's clock, or a `timedelta`: of a slow answer or of a second copy."""
    at: int | None = None
    """The byte of the body behind which it is cut, or the number of a bit, from 0."""
    status: int | None = None
    """The status that is heard in place of the receiver's own."""
    real: bool = False
    """Whether a slow attempt really travels for so many seconds, over a socket."""

    def __post_init__(self) -> None:
        """Check every value, so that a mistake is found where it was made."""
        word: object = self.word
        kind = WORDS.get(word) if isinstance(word, str) else None
        if kind is None:
            raise _unknown(self.word)
        for name, value in self.numbers.items():
            if name not in (*kind.takes, *kind.needs):
                takers = [
                    word for word, each in WORDS.items() if name in (*each.takes, *each.needs)
                ]
                raise SettingsError(
                    f"{self.word!r} takes no {name}={value!r}: it is for"
                    f" {', '.join(map(repr, takers))}"
                )
            wanted, holds = _WANTED[name]
            if not holds(value):
                raise SettingsError(f"the {name} of {self.word!r} is {wanted}, not {value!r}")
        for name in kind.needs:
            if name not in self.numbers:
                raise _needed(self.word, name)

    def __str__(self) -> str:
        told = []
        if self.after is not None:
            told.append(f"after {seconds(nanoseconds(self.after))} s")
        if self.at is not None:
            told.append(f"at {self.at}")
        if self.status is not None:
            told.append(f"status {self.status}")
        if self.real:
            told.append("in real time")
        return f"{self.word} ({', '.join(told)})" if told else self.word

    @property
    def numbers(self) -> dict[str, Any]:
        """Those that were given, by name."""
        # By identity: 0 is a number, and `real=False` is none.
        given = {name: getattr(self, name) for name in _WANTED}
        absent = {**dict.fromkeys(given), "real": False}
        return {name: value for name, value in given.items() if value is not absent[name]}

    @property
    def kind(self) -> Word:
        """What its word stands for."""
        return WORDS[self.word]


FaultLike: TypeAlias = int | str | Fault | Reply | Mapping[str, Any] | None
"""What `faults=[…]` takes: a word, a `Fault`, a status, a `Reply`, the same as plain data, None."""


def read_fault(entry: FaultLike) -> Fault | Reply | None:
    """Read one entry of `faults=[…]`. Raises `SettingsError` naming the nearest word."""
    if entry is None or isinstance(entry, Fault | Reply):
        return entry
    if isinstance(entry, Mapping):
        return _from_mapping(entry)
    if isinstance(entry, str):
        return Fault(entry)
    if isinstance(entry, int):
        holds = _WANTED["status"][1]
        if not holds(entry):
            raise SettingsError(f"a fault's status must be from 200 to 599, not {entry!r}")
        return Reply(entry)
    raise _unknown(entry)


def read_faults(
    entries: Iterable[FaultLike], most: int | None = None
) -> tuple[Fault | Reply | None, ...]:
    """Read a whole `faults=[…]`: entry i is for attempt i + 1, and there are *most* of them.

    Raises `SettingsError`.
    """
    if isinstance(entries, str | int | Reply | Fault | Mapping):
        raise SettingsError(f"faults must be a list: write faults=[{entries!r}]")
    read = tuple(map(read_fault, entries))
    if most is not None and len(read) > most:
        noun = "attempt" if most == 1 else "attempts"
        raise SettingsError(
            f"faults=[…] has {len(read)} entries, one for each attempt, and a delivery has {most}"
            f" {noun} at most: take out what follows, or set retries={len(read) - 1}"
        )
    return read


def fault_as_plain(fault: Fault | Reply | None) -> Any:
    """*fault* as JSON and YAML write it; `read_fault` reads it again.

    None, a word, a status, `{"fault": "slow", "after": 3}` or `{"status": 503, "body": "…"}`.
    Raises `SettingsError` for a body that is no text.
    """
    match fault:
        case None:
            return None
        case Reply():
            return _reply_as_plain(fault)
        case _ if not fault.numbers:
            return fault.word
        case _:
            plain: dict[str, Any] = {"fault": fault.word, **fault.numbers}
            if fault.after is not None:
                plain["after"] = seconds(nanoseconds(fault.after))
            return plain


def _reply_as_plain(reply: Reply) -> Any:
    plain: dict[str, Any] = {"status": reply.status}
    if pairs := Headers(reply.headers).on_the_wire:
        plain["headers"] = dict(pairs)
    if reply.body:
        try:
            plain["body"] = reply.body if isinstance(reply.body, str) else reply.body.decode()
        except UnicodeDecodeError:
            raise SettingsError("a body that is no UTF-8 text cannot be plain data") from None
    if after := nanoseconds(reply.after):
        plain["after"] = seconds(after)
    return reply.status if len(plain) == 1 else plain


def _from_mapping(plain: Mapping[str, Any]) -> Fault | Reply:
    of_fault = "fault" in plain
    known = ["fault", *_WANTED] if of_fault else [each.name for each in fields(Reply)]
    for name in plain:
        if name not in known:
            near = get_close_matches(str(name), ["fault", *known], n=1)
            meant = f"; did you mean {near[0]!r}?" if near else f", but {', '.join(known)}"
            raise SettingsError(f"a fault has no {name!r}{meant}")
    if not of_fault:
        return Reply(**plain)
    return Fault(plain["fault"], **{name: plain[name] for name in plain if name != "fault"})


def _unknown(entry: object) -> SettingsError:
    if isinstance(entry, str) and entry in _ELSEWHERE:
        return SettingsError(f"{entry!r} is no fault of a callback; {_ELSEWHERE[entry]}")
    near = get_close_matches(str(entry), list(WORDS), n=1)
    meant = f"; did you mean {near[0]!r}?" if near else "."
    words = ", ".join(map(repr, WORDS))
    return SettingsError(
        f"unknown fault {entry!r}{meant} Use a status, a Reply, a Fault or one of {words}."
    )


def _needed(word: str, name: str) -> SettingsError:
    example = {"after": "3", "status": "504"}[name]
    return SettingsError(
        f"{word!r} needs a number: write Fault({word!r}, {name}={example}), or as plain data"
        f' {{"fault": "{word}", "{name}": {example}}}'
    )
