"""What was expected against what was seen: pure, value by value."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ringback.core.answer.failure import Break
from ringback.core.base.duration import words
from ringback.core.base.headers import NO_HEADERS, Headers
from ringback.core.request.endpoint import Endpoint, split
from ringback.scenario import variables
from ringback.scenario.expectation import (
    Expect,
    ExpectedAnswer,
    ExpectedAttempt,
    ExpectedBody,
    ExpectedRequest,
)
from ringback.scenario.masking import masked_header, sayable
from ringback.scenario.source import DocumentPath
from ringback.scenario.values import quoted


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """What the submission was answered. *hint* is the emulator's advice, never sent.

    *breaks* says how the answer ended before its end; its error is not known then.
    """

    status: int = 200
    err_code: str = ""
    err_msg: str = ""
    hint: str = ""
    breaks: Break = ""

    def __str__(self) -> str:
        if self.breaks:
            return self.breaks
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

    @property
    def refused(self) -> bool:
        """Whether the request was turned down."""
        return self.answer.status >= 300


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation, held against what was seen.

    *path* leads to it in the document; *line* and *column* are its place in the file, 0 while that
    is unknown. Where the number of *attempts* is checked, they are all of them: when, and what.
    """

    what: str
    path: DocumentPath
    expected: str
    got: str
    passed: bool
    line: int = 0
    column: int = 0
    attempts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, got {self.got}"


def compare(expect: Expect, seen: Seen) -> list[Check]:
    """Hold *seen* against every expectation, in the order of the file's keys."""
    return [shown(each) for each in _checks(expect, seen)]


def shown(check: Check) -> Check:
    """*check* in words that a report may hold."""
    return replace(check, expected=sayable(check.expected), got=sayable(check.got))


def _checks(expect: Expect, seen: Seen) -> Iterator[Check]:
    answered = list(_answer(expect.answer, seen))
    yield from answered
    if seen.refused and not expect.refused and not all(check.passed for check in answered):
        return  # Without an acceptance the rest would only repeat that.
    yield from _attempts(expect, seen)
    if expect.each is not None:
        for index, attempt in enumerate(seen.attempts):
            where = ("expect", "each")
            yield from request_checks(f"attempt {index + 1}", where, expect.each, attempt, seen)
    if expect.state is not None:
        yield equal("state", ("expect", "state"), expect.state, seen.state)


def _answer(expected: ExpectedAnswer | str | None, seen: Seen) -> Iterator[Check]:
    answer = seen.answer
    where = ("expect", "answer")
    if isinstance(expected, str):
        yield Check("answer", where, expected, str(answer), answer.breaks == expected)
        return
    status = 200 if expected is None else expected.status
    right = status == answer.status and not answer.breaks
    if expected is None:
        yield Check("answer", ("expect",), str(status), str(answer), right)
        return
    yield Check("answer", (*where, "status"), str(status), str(answer), right)
    if expected.err_code is not None:
        place = (*where, "err_code")
        yield text_check("err_code", place, expected.err_code, answer.err_code or None, seen.known)
    if expected.err_msg is not None:
        yield text_check(
            "err_msg", (*where, "err_msg"), expected.err_msg, answer.err_msg or None, seen.known
        )


def _attempts(expect: Expect, seen: Seen) -> Iterator[Check]:
    expected = () if expect.refused else expect.attempts
    where = ("expect", "attempts")
    if expected is None:
        if expect.each is not None and not seen.attempts:
            yield Check("attempts", ("expect", "each"), "at least one", "none", passed=False)
        return
    yield number_check("number of attempts", where, len(expected), seen.attempts)
    for index, (wanted, attempt) in enumerate(zip(expected, seen.attempts, strict=False)):
        yield from _attempt(f"attempt {index + 1}", (*where, index), wanted, attempt, seen)


def _attempt(
    what: str, where: DocumentPath, expected: ExpectedAttempt, attempt: SeenAttempt, seen: Seen
) -> Iterator[Check]:
    yield equal(f"{what}, at", (*where, "at"), words(expected.at), words(attempt.at))
    if expected.got is not None:
        yield equal(f"{what}, got", (*where, "got"), str(expected.got), attempt.got)
    yield from request_checks(what, where, expected, attempt, seen)


def request_checks(
    what: str, where: DocumentPath, expected: ExpectedRequest, attempt: SeenAttempt, seen: Seen
) -> Iterator[Check]:
    """Hold one callback against what is expected of it."""
    if expected.method is not None:
        yield equal(f"{what}, method", (*where, "method"), expected.method, attempt.method)
    if expected.url is not None:
        wanted = _as_sent(expected.url)
        yield text_check(f"{what}, url", (*where, "url"), wanted, attempt.url, seen.known)
    for name, value in expected.headers.items():
        place = (*where, "headers", name)
        yield header_check(
            f"{what}, header {name}", place, name, value, attempt.headers, seen.known
        )
    if expected.body is not None:
        yield from body_checks(f"{what}, body", (*where, "body"), expected.body, attempt.body, seen)


def header_check(
    what: str,
    where: DocumentPath,
    name: str,
    expected: str | None,
    headers: Headers,
    known: Mapping[str, str],
) -> Check:
    """Whether the header *name* is as expected, or absent where it is to be."""
    got = headers.get(name)
    shown = "none" if got is None else quoted(masked_header(name, got))
    if expected is None:
        return Check(what, where, "none", shown, got is None)
    right = got is not None and variables.agrees(expected, got, known)
    wanted = _wanted(masked_header(name, variables.meaning(expected, known)))
    other = " (another one)" if not right and wanted == shown else ""
    return Check(what, where, wanted, shown + other, right)


def body_checks(
    what: str, where: DocumentPath, expected: ExpectedBody, body: bytes, seen: Seen
) -> Iterator[Check]:
    """Hold a *body* against what is expected of its bytes."""
    if expected.sha256 is not None:
        got = hashlib.sha256(body).hexdigest()
        yield equal(f"{what}, sha256", (*where, "sha256"), expected.sha256, got)
    if expected.bytes is not None:
        got = str(len(body))
        yield equal(f"{what}, bytes", (*where, "bytes"), str(expected.bytes), got)
    if expected.same_as is not None:
        other = _body_of(expected.same_as, seen)
        right = other == body
        wanted = f"that of {_named(expected.same_as)} ({_summary(other)})"
        yield Check(what, (*where, "same_as"), wanted, _summary(body), right)


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


def number_check(
    what: str, where: DocumentPath, expected: int, attempts: Sequence[SeenAttempt]
) -> Check:
    """Whether there are as many *attempts* as expected."""
    check = equal(what, where, str(expected), str(len(attempts)))
    return replace(check, attempts=tuple((words(each.at), each.got) for each in attempts))


def equal(what: str, where: DocumentPath, expected: str, got: str) -> Check:
    """Whether one thing is the other, in words."""
    return Check(what, where, expected, got or "none", expected == got)


def text_check(
    what: str, where: DocumentPath, expected: str, got: str | None, known: Mapping[str, str]
) -> Check:
    """Whether a text is the expected one, or what a variable stands for among those *known*."""
    right = got is not None and variables.agrees(expected, got, known)
    wanted = _wanted(variables.meaning(expected, known))
    return Check(what, where, wanted, "none" if got is None else quoted(got), right)


def _wanted(expected: str) -> str:
    """An expected text in quotes, so that its blanks are seen and `none` is not nothing."""
    return expected if expected == variables.ANY else quoted(expected)


def _as_sent(url: str) -> str:
    """An expected URL whose characters beyond ASCII are written as such, as it is sent."""
    endpoint = None if url.isascii() else split(url)
    return endpoint.url if isinstance(endpoint, Endpoint) else url
