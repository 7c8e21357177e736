"""What the emulator says to Python programmers, said to somebody who keeps a scenario file."""

import re
from typing import Any

from ringback.scenario.values import shown
from ringback.settings.settings import CHECKS

_PHRASES = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"(Leave the port out of the URL) and say with connect\(\) where it leads", r"\1"),
        (r"(Use a public name), and say with connect\(\) where it leads", r"\1"),
        (
            r"No name is looked up for it: say with connect\(\) where (\S+) leads, or add the host"
            r" to Settings\.allow_hosts",
            r"No name is looked up for it: say under `receiver` what \1 answers",
        ),
        (r"[^.;!?]*\bconnect\(\)[^.;!?]*[.;]", ""),
        (r", and move with advance\(\)", ""),
        (r"Settings\.(\w+)", r"`settings: {\1: …}`"),
        (r"\bNone\b", "null"),
        (r"\bTrue\b", "true"),
        (r"\bFalse\b", "false"),
    )
)
_OF_PYTHON = (
    (re.compile(r",? or (None|a timedelta)\b|an int or None"), ""),
    (re.compile(r"\ba tuple of\b"), "a list of"),
    (re.compile(r"\bTrue or False\b"), "true or false"),
    (re.compile(r"^seconds\b"), "a time,"),
    (re.compile(r"[()]"), ""),
    (re.compile(r"'any'"), "the word any"),
    (re.compile(r",,"), ","),
)


def for_files(text: str) -> str:
    """*text* without the verbs and words of Python, and with what a file can do in their place."""
    for pattern, written in _PHRASES:
        text = pattern.sub(written, text)
    return text


def setting_refused(name: str, value: Any, reason: str) -> str:
    """What is said about a *value* that the setting *name* cannot have, in place of *reason*."""
    check = CHECKS.get(name)
    if check is None or not reason.startswith(f"{name} is "):
        return for_files(reason)
    wanted = check.wanted
    for pattern, written in _OF_PYTHON:
        wanted = pattern.sub(written, wanted)
    return f"{name} is {wanted}, not {_flow(value)}"


def _flow(value: Any) -> str:
    """A value as a file writes it on one line."""
    if isinstance(value, tuple | list) and len(value) <= 8:
        return f"[{', '.join(map(_flow, value))}]"
    return f"{value:g}" if isinstance(value, float) else shown(value)
