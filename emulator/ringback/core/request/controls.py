"""Controls inside a text: pronunciations and pauses, which a voice obeys and does not speak."""

from ringback.core.base.rejection import Rejection
from ringback.core.request.script import Script
from ringback.core.request.voices import Voice

_LANGUAGES = {"aura-2": frozenset({"en", "es"}), "flux-tts": frozenset({"en"})}
"""The languages in which a family of voices obeys controls (documented)."""


def read_script(text: str, voice: Voice, speed: float = 1.0) -> Script | Rejection:
    """Read the controls in *text*, which is spoken at *speed*; or say why they are refused.

    Aura-2 in English and Spanish obeys pronunciations, Flux in English pauses besides (documented);
    other voices speak what is written, and so does every voice where it is no control (assumed).
    """
    if not may_have_controls(text, voice):
        return Script(text)
    # Few texts have controls, and what reads them takes milliseconds to import.
    from ringback.core.request.obeying import obeyed

    return obeyed(text, voice, speed)


def may_have_controls(text: str, voice: Voice) -> bool:
    """Whether there may be anything in *text* that *voice* obeys."""
    if "{" not in text:
        return False
    return not _LANGUAGES.get(voice.architecture, frozenset()).isdisjoint(voice.languages)
