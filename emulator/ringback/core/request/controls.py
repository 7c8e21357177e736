"""Controls inside a text: pronunciations, which a voice obeys and does not speak."""

import json
from dataclasses import dataclass

from ringback.core.base.rejection import Rejection
from ringback.core.request.body import LONE_SURROGATE
from ringback.core.request.voices import Voice

MAX_PRONUNCIATIONS = 500
"""How many a request may have (documented)."""

MAX_IPA = 128
"""The longest pronunciation, in characters (documented)."""

_LANGUAGES = frozenset({"en", "es"})

_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Script:
    """What is spoken of a text, and how many *pronunciations* were applied to it."""

    spoken: str
    pronunciations: int = 0


def read_script(text: str, voice: Voice) -> Script | Rejection:
    """Read the controls in *text*: a backslash, and `{"word": "…", "pronounce": "<IPA>"}`.

    Aura-2 in English and Spanish obeys them (documented); other voices speak what is written, and
    so does every voice where it is no control (assumed).
    """
    if "\\{" not in text or not _obeys(voice):
        return Script(text)
    spoken: list[str] = []
    at = count = 0
    while (found := text.find("\\{", at)) >= 0:
        control = _control(text, found + 1)
        spoken.append(text[at:found])
        if control is None:
            spoken.append("\\")
            at = found + 1
            continue
        word, ipa, at = control
        count += 1
        spoken.append(word)
        if len(ipa) > min(MAX_IPA, max(15, 10 * len(word))):
            return _refused(f"The pronunciation of '{word}' is too long.")
    if count > MAX_PRONUNCIATIONS:
        return _refused(f"Input text exceeds maximum of {MAX_PRONUNCIATIONS} pronunciations.")
    return Script("".join(spoken) + text[at:], count)


def _obeys(voice: Voice) -> bool:
    return voice.architecture == "aura-2" and not _LANGUAGES.isdisjoint(voice.languages)


def _control(text: str, at: int) -> tuple[str, str, int] | None:
    """Word, pronunciation and where they end, if a control begins at *at*."""
    try:
        control, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    match control:
        case {"word": str(word), "pronounce": str(ipa), **rest} if word and ipa and not rest:
            return None if LONE_SURROGATE.search(word + ipa) else (word, ipa, end)
        case _:
            return None


def _refused(message: str) -> Rejection:
    return Rejection(400, "Bad Request", message)
