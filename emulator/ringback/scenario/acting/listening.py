"""What was heard on a stream, held against what a story expects."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from ringback.scenario import variables
from ringback.scenario.acting.talks import End, Frame, Message, Sound
from ringback.scenario.comparing import Check
from ringback.scenario.contents import first_difference, written
from ringback.scenario.source import DocumentPath
from ringback.scenario.story import streaming


def frame_checks(
    label: str,
    where: DocumentPath,
    expected: Sequence[Any],
    heard: Sequence[Frame],
    known: Mapping[str, str],
) -> Iterator[Check]:
    """Hold the frames that were *heard* against those that are *expected*, all of them."""
    for index, (wanted, frame) in enumerate(zip_longest(expected, heard)):
        what = f"{label}, frame {index + 1}"
        if index >= len(expected):
            yield Check(what, where, "none", _told(frame), passed=False)
        else:
            yield _check(what, (*where, index), wanted, frame, known)


def enough(expected: Sequence[Any], heard: Sequence[Frame]) -> bool:
    """Whether all that is *expected* may be among what was *heard*."""
    return len(heard) >= len(expected) and all(
        not isinstance(wanted, streaming.Sound)
        or not isinstance(frame, Sound)
        or frame.size >= wanted.audio
        for wanted, frame in zip(expected, heard, strict=False)
    )


def _check(
    what: str, where: DocumentPath, wanted: Any, frame: Frame | None, known: Mapping[str, str]
) -> Check:
    got = _told(frame)
    match wanted, frame:
        case "audio", _:
            return Check(what, where, "audio", got, isinstance(frame, Sound))
        case streaming.Sound(), _:
            right = isinstance(frame, Sound) and frame.size == wanted.audio
            return Check(what, where, f"{wanted.audio} bytes of audio", got, right)
        case "close", _:
            return Check(what, where, "close", got, isinstance(frame, End))
        case streaming.Closed(), _:
            reason = "" if wanted.reason is None else f" {wanted.reason}"
            right = isinstance(frame, End) and _closes(wanted, frame, known)
            return Check(what, where, f"close {wanted.close}{reason}", got, right)
        case _, Message():
            difference = first_difference(wanted, frame.said, known, partly=True)
            if difference is None:
                return Check(what, where, written(wanted), got, passed=True)
            path, meant, found = difference
            inside = "".join(f", {part}" for part in path)
            found = f"{found} in {got}" if path else found
            return Check(f"{what}{inside}", (*where, *path), meant, found, passed=False)
        case _:
            return Check(what, where, written(wanted), got, passed=False)


def _closes(wanted: streaming.Closed, end: End, known: Mapping[str, str]) -> bool:
    return wanted.close == end.code and (
        wanted.reason is None or variables.agrees(wanted.reason, end.reason, known)
    )


def _told(frame: Frame | None) -> str:
    match frame:
        case None:
            return "none"
        case Message():
            return written(frame.said)
        case Sound():
            return f"{frame.size} bytes of audio"
        case End():
            return f"close {frame.code} {frame.reason}".rstrip()
