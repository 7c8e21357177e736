"""What was expected against what was seen: pure, value by value."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringback.core.duration import words
from ringback.core.headers import MASK, NO_HEADERS, SECRET_NAMES, Headers
from ringback.scenario import variables
from ringback.scenario.expectation import (
    Expect,
    ExpectedAnswer,
    ExpectedAttempt,
    ExpectedBody,
    ExpectedRequest,
)
from ringback.scenario.source import DocumentPath


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """What the submission was answered. *hint* is the emulator's advice, never sent."""

    status: int = 200
    err_code: str = ""
    err_msg: str = ""
    hint: str = ""

    def __str__(self) -> str:
        error = f" {self.err_code}: {self.err_msg}" if self.err_code else ""
        return f"{self.status}{error}{f' {self.hint}' if self.hint else ''}"


@dataclass(frozen=True, slots=True)
class SeenAttempt:
    """One attempt: *at* nanoseconds after the acceptance; *got* is its outcome's word."""

    at: int
    got: str
    method: str = "POST"
    url: str = ""
    headers: Headers = NO_HEADERS
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that became of one submission. *known* are the values of variables."""

    answer: SeenAnswer = SeenAnswer()
    attempts: tuple[SeenAttempt, ...] = ()
    state: str = ""
    audio: bytes = field(default=b"", repr=False)
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation, held against what was seen.

    *path* leads to it in the document; *line* is its line in the file, 0 while that is unknown.
    """

    what: str
    path: DocumentPath
    expected: str
    got: str
    passed: bool
    line: int = 0

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, got {self.got}"


def compare(expect: Expect, seen: Seen) -> list[Check]:
    """Hold *seen* against every expectation, in the order of the file's keys."""
    checks = list(_answer(expect.answer, seen))
    if seen.answer.status >= 300 and not expect.refused:
        return checks  # Without an acceptance the rest would only repeat that.
    checks += _attempts(expect, seen)
    if expect.each is not None:
        for index, attempt in enumerate(seen.attempts):
            where = ("expect", "each")
            checks += _request(f"attempt {index + 1}", where, expect.each, attempt, seen)
    if expect.state is not None:
        checks.append(_equal("state", ("expect", "state"), expect.state, seen.state))
    return checks


def _answer(expected: ExpectedAnswer | None, seen: Seen) -> Iterator[Check]:
    answer = seen.answer
    if expected is None:
        yield Check("answer", ("expect",), "200", str(answer), answer.status == 200)
        return
    where = ("expect", "answer")
    right = expected.status == answer.status
    yield Check("answer", (*where, "status"), str(expected.status), str(answer), right)
    if expected.err_code is not None:
        yield _equal("err_code", (*where, "err_code"), expected.err_code, answer.err_code)
    if expected.err_msg is not None:
        yield _text("err_msg", (*where, "err_msg"), expected.err_msg, answer.err_msg, seen)


def _attempts(expect: Expect, seen: Seen) -> Iterator[Check]:
    expected = () if expect.refused else expect.attempts
    where = ("expect", "attempts")
    if expected is None:
        if expect.each is not None and not seen.attempts:
            yield Check("attempts", ("expect", "each"), "at least one", "none", passed=False)
        return
    yield _equal("number of attempts", where, str(len(expected)), str(len(seen.attempts)))
    for index, (wanted, attempt) in enumerate(zip(expected, seen.attempts, strict=False)):
        yield from _attempt(f"attempt {index + 1}", (*where, index), wanted, attempt, seen)


def _attempt(
    what: str, where: DocumentPath, expected: ExpectedAttempt, attempt: SeenAttempt, seen: Seen
) -> Iterator[Check]:
    yield _equal(f"{what}, at", (*where, "at"), words(expected.at), words(attempt.at))
    if expected.got is not None:
        yield _equal(f"{what}, got", (*where, "got"), str(expected.got), attempt.got)
    yield from _request(what, where, expected, attempt, seen)


def _request(
    what: str, where: DocumentPath, expected: ExpectedRequest, attempt: SeenAttempt, seen: Seen
) -> Iterator[Check]:
    if expected.method is not None:
        yield _equal(f"{what}, method", (*where, "method"), expected.method, attempt.method)
    if expected.url is not None:
        yield _text(f"{what}, url", (*where, "url"), expected.url, attempt.url, seen)
    for name, value in expected.headers.items():
        place = (*where, "headers", name)
        yield _header(f"{what}, header {name}", place, name, value, attempt, seen)
    if expected.body is not None:
        yield from _body(f"{what}, body", (*where, "body"), expected.body, attempt, seen)


def _header(
    what: str,
    where: DocumentPath,
    name: str,
    expected: str | None,
    attempt: SeenAttempt,
    seen: Seen,
) -> Check:
    got = attempt.headers.get(name)
    if expected is None or got is None:
        wanted = "none" if expected is None else _masked(name, expected)
        return Check(what, where, wanted, _masked(name, got or "none"), expected is got)
    right = variables.agrees(expected, got, seen.known)
    wanted = _masked(name, variables.meaning(expected, seen.known))
    other = " (another one)" if not right and wanted == _masked(name, got) else ""
    return Check(what, where, wanted, _masked(name, got) + other, right)


def _body(
    what: str, where: DocumentPath, expected: ExpectedBody, attempt: SeenAttempt, seen: Seen
) -> Iterator[Check]:
    if expected.sha256 is not None:
        got = hashlib.sha256(attempt.body).hexdigest()
        yield _equal(f"{what}, sha256", (*where, "sha256"), expected.sha256, got)
    if expected.bytes is not None:
        got = str(len(attempt.body))
        yield _equal(f"{what}, bytes", (*where, "bytes"), str(expected.bytes), got)
    if expected.same_as is not None:
        other = _body_of(expected.same_as, seen)
        right = other == attempt.body
        wanted = f"that of {_named(expected.same_as)} ({_summary(other)})"
        yield Check(what, (*where, "same_as"), wanted, _summary(attempt.body), right)


def _body_of(same_as: int | str, seen: Seen) -> bytes | None:
    if isinstance(same_as, str):
        return seen.audio
    return seen.attempts[same_as - 1].body if same_as <= len(seen.attempts) else None


def _named(same_as: int | str) -> str:
    return "the audio" if isinstance(same_as, str) else f"attempt {same_as}"


def _summary(body: bytes | None) -> str:
    if body is None:
        return "which was not made"
    return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()[:12]}…"


def _equal(what: str, where: DocumentPath, expected: str, got: str) -> Check:
    return Check(what, where, expected, got or "none", expected == got)


def _text(what: str, where: DocumentPath, expected: str, got: str, seen: Seen) -> Check:
    right = variables.agrees(expected, got, seen.known)
    return Check(what, where, variables.meaning(expected, seen.known), got or "none", right)


def _masked(name: str, value: str) -> str:
    """A header's value as it may be shown: of credentials only their scheme."""
    if name.lower() not in SECRET_NAMES or value == "none" or value.startswith("$"):
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme}{space}{MASK}" if space else MASK
