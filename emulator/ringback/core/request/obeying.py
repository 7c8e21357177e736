"""What a voice makes of the controls in a text: which it obeys, and which it refuses.

Limits, codes and combinations are documented on the voice controls page; the texts of the refusals
are ours, but for the one of Aura-2.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from ringback.core.base.rejection import Rejection
from ringback.core.request.ipa import warnings_of
from ringback.core.request.markers import Part, Pause, Pronunciation, parts_of
from ringback.core.request.script import Script, Silence
from ringback.core.request.voices import Voice

MAX_PRONUNCIATIONS = 500
"""How many a request may have (documented)."""

MAX_PAUSES = 8
"""How many a request may have (documented)."""

SHORTEST, LONGEST, STEP = 500, 3000, 100
"""What a pause may be, in milliseconds (documented)."""

FASTEST_WITH_PAUSES = 1.15
"""The highest speed of a text with a pause (documented)."""


def is_flux(voice: Voice) -> bool:
    """Whether *voice* is of the family that obeys pauses, and combines no controls."""
    return voice.architecture == "flux-tts"


def obeyed(text: str, voice: Voice, speed: float) -> Script | Rejection:
    """What is heard of *text*, in which *voice* obeys controls; or why it refuses them."""
    parts = list(parts_of(text, pauses=is_flux(voice)))
    pronunciations = [part for part in parts if isinstance(part, Pronunciation)]
    pauses = [part for part in parts if isinstance(part, Pause)]
    refusal = (
        _refused_pause(parts, pauses)
        or _refused_pronunciation(pronunciations, flux=is_flux(voice))
        or _refused_combination(voice, speed, pronunciations, pauses)
    )
    return refusal or script_of(parts, voice)


def obeyed_on_a_stream(text: str, voice: Voice) -> tuple[Script, tuple[str, ...]]:
    """What is heard of a turn's *text*, and the codes of the warnings about its pronunciations.

    One that is too long is dropped, and its word is spoken as any; of those beyond the limit the
    words are dropped, too.
    """
    kept: list[Part] = []
    codes: dict[str, None] = {}
    applied = too_long = 0
    for part in parts_of(text, pauses=False):
        if not isinstance(part, Pronunciation):
            kept.append(part)
        elif part.is_too_long:
            kept.append(part.word)
            codes["PRONUNCIATION_TOO_LONG"] = None
            too_long += 1
        elif applied < MAX_PRONUNCIATIONS:
            kept.append(part)
            applied += 1
        else:
            codes["PRONUNCIATIONS_LIMIT_EXCEEDED"] = None
    script = script_of(kept, voice)
    if script.doubtful:
        codes["PRONUNCIATION_WARNINGS"] = None
    return replace(script, doubtful=script.doubtful + too_long), tuple(codes)


def script_of(parts: Sequence[Part], voice: Voice) -> Script:
    """What is spoken of a text that consists of *parts*, none of which is wrong."""
    spoken: list[str] = []
    silences: list[Silence] = []
    warnings: dict[str, None] = {}
    pronunciations = doubtful = length = 0
    for part in parts:
        match part:
            case Pause():
                silences.append(Silence(length, int(part.milliseconds or 0)))
                continue
            case Pronunciation():
                pronunciations += 1
                codes = warnings_of(part.ipa, any_stress=is_flux(voice))
                warnings |= dict.fromkeys(codes)
                doubtful += bool(codes)
                said = part.word
            case str():
                said = part
            case _:
                assert_never(part)
        spoken.append(said)
        length += len(said)
    return Script("".join(spoken), pronunciations, tuple(silences), tuple(warnings), doubtful)


def _refused_pause(parts: Sequence[Part], pauses: Sequence[Pause]) -> Rejection | None:
    for pause in pauses:
        if pause.milliseconds is None:
            return Rejection(
                400,
                "BREAK_SYNTAX_INVALID",
                "A pause control is malformed.",
                r"Write \{pause:500ms\} or \{pause:1.5s\}, or {pause:{duration_ms:500}}.",
            )
        if not SHORTEST <= pause.milliseconds <= LONGEST:
            message = f"A pause must be between {SHORTEST} and {LONGEST} milliseconds."
            return Rejection(400, "BREAK_OUT_OF_RANGE", message)
        if pause.milliseconds % STEP:
            message = f"A pause must be in increments of {STEP} milliseconds."
            return Rejection(400, "BREAK_INCREMENT_INVALID", message)
    if len(pauses) > MAX_PAUSES:
        message = f"Input text exceeds maximum of {MAX_PAUSES} pauses."
        return Rejection(400, "BREAKS_LIMIT_EXCEEDED", message)
    said = [part for part in parts if not (isinstance(part, str) and part.isspace())]
    if any(isinstance(one, Pause) and isinstance(two, Pause) for one, two in pairwise(said)):
        return Rejection(400, "BREAKS_LIMIT_EXCEEDED", "Two pauses need text between them.")
    return None


def _refused_pronunciation(
    pronunciations: Sequence[Pronunciation], *, flux: bool
) -> Rejection | None:
    for each in pronunciations:
        if each.is_too_long:
            message = f"Invalid IPA notation for '{each.word}'"
            code = "PRONUNCIATION_TOO_LONG" if flux else "pronunciation_invalid"
            return Rejection(400, code, message, "The pronunciation is too long.")
    if len(pronunciations) > MAX_PRONUNCIATIONS:
        message = f"Input text exceeds maximum of {MAX_PRONUNCIATIONS} pronunciations."
        code = "PRONUNCIATIONS_LIMIT_EXCEEDED" if flux else "pronunciation_invalid"
        return Rejection(400, code, message)
    return None


def _refused_combination(
    voice: Voice,
    speed: float,
    pronunciations: Sequence[Pronunciation],
    pauses: Sequence[Pause],
) -> Rejection | None:
    """Why Flux does not combine these. A speed of exactly 1.0 is none (documented)."""
    if not is_flux(voice):
        return None
    if pronunciations and (pauses or speed != 1.0):
        other = "pause" if pauses else "speed"
        message = f"Pronunciation cannot be combined with {other}."
        return Rejection(400, "CONTROL_COMBINATION_INVALID", message)
    if pauses and speed > FASTEST_WITH_PAUSES:
        message = f"'speed' must not exceed {FASTEST_WITH_PAUSES} when a pause is present."
        return Rejection(400, "PAUSE_SPEED_CAP_EXCEEDED", message)
    return None
