r"""Markers inside a text, as the voice controls page writes them.

A pronunciation is `\{"word": "…", "pronounce": "<IPA>"\}`. A pause is `\{pause:500ms\}`,
`\{pause:500\}` or `\{pause:1.5s\}`, or in its structured form `{pause:{duration_ms:500}}`.
"""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.request.body import LONE_SURROGATE

MAX_IPA = 128
"""The longest pronunciation, in characters (documented)."""

PAUSE = "{pause:"
"""How a pause begins, with a backslash before it or without."""


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """A *word*, and how it is to be said."""

    word: str
    ipa: str

    @property
    def is_too_long(self) -> bool:
        """Whether it is longer than 128 characters, or than ten times its word (documented)."""
        return len(self.ipa) > min(MAX_IPA, max(15, 10 * len(self.word)))


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence of so many *milliseconds*; of None, where nothing can be made of its marker."""

    milliseconds: float | None


Part: TypeAlias = str | Pronunciation | Pause

_STRING = r'"(?:[^"\\]|\\["\\/bfnrtu])*"'
_PAIR = rf"\s*{_STRING}\s*:\s*{_STRING}\s*"
# Of exactly two pairs, so that no text makes this look at its characters again and again. The page
# escapes both braces; where the last one is not, it is taken all the same (assumed).
_PRONUNCIATION = re.compile(rf"\\(\{{{_PAIR},{_PAIR})\\?\}}")
_PAUSE_BEGINS = r"\\?\{pause:"
_ESCAPED_PAUSE = re.compile(r"\\\{pause:\s*(\d{1,15}(?:\.\d{1,15})?)\s*(ms|s|)\s*\\\}", re.ASCII)
_STRUCTURED_PAUSE = re.compile(r"\{pause:\s*\{\s*duration_ms\s*:\s*(\d{1,15})\s*\}\s*\}", re.ASCII)
_OF_PRONUNCIATIONS = re.compile(r"\\\{")
_OF_BOTH = re.compile(rf"{_PAUSE_BEGINS}|\\\{{")


def parts_of(text: str, *, pauses: bool) -> Iterator[Part]:
    """What *text* consists of; without *pauses*, their markers are text like any other.

    So is whatever is no marker.
    """
    marker = _OF_BOTH if pauses else _OF_PRONUNCIATIONS
    begun = at = 0
    while (match := marker.search(text, at)) is not None:
        part, end = _part(text, match)
        if part is None:
            at = match.end()
            continue
        if match.start() > begun:
            yield text[begun : match.start()]
        yield part
        begun = at = end
    if begun < len(text):
        yield text[begun:]


def _part(text: str, match: re.Match[str]) -> tuple[Part | None, int]:
    """The marker that begins where *match* does, if it is one, and where it ends."""
    start = match.start()
    if match[0].endswith(PAUSE):
        return _pause(text, start) or (Pause(None), match.end())
    found = _PRONUNCIATION.match(text, start)
    said = None if found is None else _pronunciation(f"{found[1]}}}")
    return said, start if found is None else found.end()


def _pause(text: str, start: int) -> tuple[Pause, int] | None:
    if (found := _ESCAPED_PAUSE.match(text, start)) is not None:
        # 2.3 s are 2300 ms, and no binary fraction beside it.
        milliseconds = round(float(found[1]) * (1000 if found[2] == "s" else 1), 6)
        return Pause(milliseconds), found.end()
    if (found := _STRUCTURED_PAUSE.match(text, start)) is not None:
        return Pause(float(found[1])), found.end()
    return None


def _pronunciation(document: str) -> Pronunciation | None:
    try:
        control = json.loads(document)
    except ValueError:
        return None
    match control:
        case {"word": str(word), "pronounce": str(ipa)} if word and ipa:
            return None if LONE_SURROGATE.search(word + ipa) else Pronunciation(word, ipa)
        case _:
            return None
