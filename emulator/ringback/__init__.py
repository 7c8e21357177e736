"""Ringback: a local Deepgram text-to-speech endpoint, its callback dispatcher, and their clock.

The names below are the public ones. Each is imported when it is first used, so that importing
`ringback` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringback.audio.repertoire import Identified as Identified
    from ringback.core.answer.failure import RequestFailure as RequestFailure
    from ringback.core.base.headers import Headers as Headers
    from ringback.core.delivery.delivery import State as State
    from ringback.core.delivery.reply import Reply as Reply
    from ringback.errors import AnswerCut as AnswerCut
    from ringback.errors import ClockBackwards as ClockBackwards
    from ringback.errors import ClockBusy as ClockBusy
    from ringback.errors import ClockClosed as ClockClosed
    from ringback.errors import ClockError as ClockError
    from ringback.errors import ClockLeap as ClockLeap
    from ringback.errors import NeverTrue as NeverTrue
    from ringback.errors import NothingDue as NothingDue
    from ringback.errors import NotRunning as NotRunning
    from ringback.errors import Refused as Refused
    from ringback.errors import RingbackError as RingbackError
    from ringback.errors import Runaway as Runaway
    from ringback.errors import ScenarioError as ScenarioError
    from ringback.errors import ServerError as ServerError
    from ringback.errors import SettingsError as SettingsError
    from ringback.errors import SpeechError as SpeechError
    from ringback.errors import Stuck as Stuck
    from ringback.errors import WrongFace as WrongFace
    from ringback.faces.async_emulator import AsyncEmulator as AsyncEmulator
    from ringback.faces.emulator import Emulator as Emulator
    from ringback.receiving.scripted import Receiver as Receiver
    from ringback.settings.settings import Settings as Settings
    from ringback.views import Attempt as Attempt
    from ringback.views import Deliveries as Deliveries
    from ringback.views import Delivery as Delivery

_HOMES = {
    "ringback.audio.repertoire": ["Identified"],
    "ringback.core.delivery.delivery": ["State"],
    "ringback.core.answer.failure": ["RequestFailure"],
    "ringback.core.base.headers": ["Headers"],
    "ringback.core.delivery.reply": ["Reply"],
    "ringback.faces.async_emulator": ["AsyncEmulator"],
    "ringback.faces.emulator": ["Emulator"],
    "ringback.errors": [
        "AnswerCut",
        "ClockBackwards",
        "ClockBusy",
        "ClockClosed",
        "ClockError",
        "ClockLeap",
        "NeverTrue",
        "NotRunning",
        "NothingDue",
        "Refused",
        "RingbackError",
        "Runaway",
        "ScenarioError",
        "ServerError",
        "SettingsError",
        "SpeechError",
        "Stuck",
        "WrongFace",
    ],
    "ringback.receiving.scripted": ["Receiver"],
    "ringback.settings.settings": ["Settings"],
    "ringback.views": ["Attempt", "Deliveries", "Delivery"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'ringback' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)
