"""Ringback: a local Deepgram text-to-speech endpoint, its callback dispatcher, and their clock.

The names below are the public ones. Each is imported when it is first used, so that importing
`ringback` costs next to nothing.

    Emulator, AsyncEmulator       an emulator of your own; Settings say what it does
    BlockingClock, AwaitableClock their clocks, with the same verbs
    Server                        one socket for several emulators: `Emulator(server=Server())`
    Client, RemoteClock           an emulator of another process, over its control API
    RemoteDelivery, RemoteDeliveries, RemoteAttempt, RemoteMessage, RemoteReceiver, RemoteRequest
                                  what such an emulator shows
    RequestFailure, Reply, Fault  how a request fails, what a scripted Receiver answers, and what
                                  happens to an attempt on its way
    ReceivedRequest               one of `requests`: as it arrived, and how it was answered
    ReceivedRequests              all of them
    SpeakRequest                  what was asked, read and checked
    Delivery, Deliveries          one of `deliveries` and of `pending`, and all of them; its State
    Endpoint                      where a delivery goes
    Attempt, Response             one try of a delivery, and what came back; the Rule behind it
    CallbackMessage, Headers      what an attempt sent
    Outcome                       what became of it: Answered, AnswerLost, TimedOut, Unreachable,
                                  Dropped, Garbled, Aborted
    Crash                         what an application behind `connect` raised
    Identified                    which requests a body of audio answers
    Journal, Fact                 everything that happened
    read_scenario, read_scenarios a ScenarioFile, or each case of a file that has a matrix
    play_scenario                 the Report of playing one
    explore                       a Story under every history of faults: an Exploration
    strategies                    hypothesis strategies, and a machine to subclass
    check                         a battery of callbacks against a receiver: a CheckReport, with a
                                  CheckResult, a Verdict, for each
    compare_timelines             two timelines as rows, side by side
    Interception                  https://api.deepgram.com, led to a server on loopback
    read_settings                 the Settings that a project's settings file says
    render_page                   one HTML file of what `Emulator.snapshot` says
    check_setting_name, read_origin, read_faults
                                  for plugins: the checks of settings' names, of base URLs and of
                                  faults
    RingbackError                 the family of errors: `help(ringback.errors)` shows it as a tree

Moments are seconds since the emulator's start, and spans are seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringback.audio.repertoire import Identified as Identified
    from ringback.checking.checking import check as check
    from ringback.checking.verdicts import CheckReport as CheckReport
    from ringback.checking.verdicts import CheckResult as CheckResult
    from ringback.checking.verdicts import Verdict as Verdict
    from ringback.client.client import Client as Client
    from ringback.client.clock import RemoteClock as RemoteClock
    from ringback.client.receivers import RemoteReceiver as RemoteReceiver
    from ringback.client.views import RemoteAttempt as RemoteAttempt
    from ringback.client.views import RemoteDeliveries as RemoteDeliveries
    from ringback.client.views import RemoteDelivery as RemoteDelivery
    from ringback.client.views import RemoteMessage as RemoteMessage
    from ringback.client.views import RemoteRequest as RemoteRequest
    from ringback.control.page import render_page as render_page
    from ringback.core.answer.failure import RequestFailure as RequestFailure
    from ringback.core.base.headers import Headers as Headers
    from ringback.core.delivery.delivery import State as State
    from ringback.core.delivery.fault import Fault as Fault
    from ringback.core.delivery.fault import read_faults as read_faults
    from ringback.core.delivery.message import CallbackMessage as CallbackMessage
    from ringback.core.delivery.outcome import Aborted as Aborted
    from ringback.core.delivery.outcome import Answered as Answered
    from ringback.core.delivery.outcome import AnswerLost as AnswerLost
    from ringback.core.delivery.outcome import Dropped as Dropped
    from ringback.core.delivery.outcome import Garbled as Garbled
    from ringback.core.delivery.outcome import Outcome as Outcome
    from ringback.core.delivery.outcome import TimedOut as TimedOut
    from ringback.core.delivery.outcome import Unreachable as Unreachable
    from ringback.core.delivery.reply import Reply as Reply
    from ringback.core.delivery.timelines import compare_timelines as compare_timelines
    from ringback.core.facts import (
        Fact as Fact,
    )
    from ringback.core.journal import Journal as Journal
    from ringback.core.request.endpoint import Endpoint as Endpoint
    from ringback.core.request.endpoint import read_origin as read_origin
    from ringback.core.request.speak import SpeakRequest as SpeakRequest
    from ringback.core.rules.rule import Rule as Rule
    from ringback.errors import AnswerCut as AnswerCut
    from ringback.errors import ClockBackwards as ClockBackwards
    from ringback.errors import ClockBusy as ClockBusy
    from ringback.errors import ClockClosed as ClockClosed
    from ringback.errors import ClockError as ClockError
    from ringback.errors import ClockLeap as ClockLeap
    from ringback.errors import HistoryBroken as HistoryBroken
    from ringback.errors import MachineError as MachineError
    from ringback.errors import Mistake as Mistake
    from ringback.errors import NeverTrue as NeverTrue
    from ringback.errors import NoEffect as NoEffect
    from ringback.errors import NothingDue as NothingDue
    from ringback.errors import NotRecorded as NotRecorded
    from ringback.errors import NotRunning as NotRunning
    from ringback.errors import Refused as Refused
    from ringback.errors import RingbackError as RingbackError
    from ringback.errors import Runaway as Runaway
    from ringback.errors import ScenarioError as ScenarioError
    from ringback.errors import ServerError as ServerError
    from ringback.errors import SettingsError as SettingsError
    from ringback.errors import SpeechError as SpeechError
    from ringback.errors import StoryError as StoryError
    from ringback.errors import Stuck as Stuck
    from ringback.errors import WrongFace as WrongFace
    from ringback.exploring import strategies as strategies
    from ringback.exploring.exploring import Exploration as Exploration
    from ringback.exploring.exploring import explore as explore
    from ringback.exploring.story import Story as Story
    from ringback.faces.async_emulator import AsyncEmulator as AsyncEmulator
    from ringback.faces.clocks import AwaitableClock as AwaitableClock
    from ringback.faces.clocks import BlockingClock as BlockingClock
    from ringback.faces.emulator import Emulator as Emulator
    from ringback.faces.playing import play_scenario as play_scenario
    from ringback.interception.interception import Interception as Interception
    from ringback.receiving.scripted import Receiver as Receiver
    from ringback.scenario.reading import ScenarioFile as ScenarioFile
    from ringback.scenario.reading import read_scenario as read_scenario
    from ringback.scenario.reading import read_scenarios as read_scenarios
    from ringback.scenario.report import Report as Report
    from ringback.sending.crashes import Crash as Crash
    from ringback.service.deliveries import Deliveries as Deliveries
    from ringback.service.received import ReceivedRequest as ReceivedRequest
    from ringback.service.received import ReceivedRequests as ReceivedRequests
    from ringback.service.views import Attempt as Attempt
    from ringback.service.views import Delivery as Delivery
    from ringback.service.views import Response as Response
    from ringback.serving.server import Server as Server
    from ringback.settings.layers import read_settings as read_settings
    from ringback.settings.settings import Settings as Settings
    from ringback.settings.settings import check_setting_name as check_setting_name

_HOMES = {
    "ringback.audio.repertoire": ["Identified"],
    "ringback.checking.checking": ["check"],
    "ringback.checking.verdicts": ["CheckReport", "CheckResult", "Verdict"],
    "ringback.client.client": ["Client"],
    "ringback.client.clock": ["RemoteClock"],
    "ringback.client.views": [
        "RemoteAttempt",
        "RemoteDeliveries",
        "RemoteDelivery",
        "RemoteMessage",
        "RemoteRequest",
    ],
    "ringback.client.receivers": ["RemoteReceiver"],
    "ringback.control.page": ["render_page"],
    "ringback.core.answer.failure": ["RequestFailure"],
    "ringback.core.base.headers": ["Headers"],
    "ringback.core.delivery.delivery": ["State"],
    "ringback.core.delivery.fault": ["Fault", "read_faults"],
    "ringback.core.delivery.message": ["CallbackMessage"],
    "ringback.core.delivery.outcome": [
        "Aborted",
        "AnswerLost",
        "Answered",
        "Dropped",
        "Garbled",
        "Outcome",
        "TimedOut",
        "Unreachable",
    ],
    "ringback.core.delivery.reply": ["Reply"],
    "ringback.core.delivery.timelines": ["compare_timelines"],
    "ringback.core.facts": ["Fact"],
    "ringback.core.journal": ["Journal"],
    "ringback.core.request.endpoint": ["Endpoint", "read_origin"],
    "ringback.core.request.speak": ["SpeakRequest"],
    "ringback.core.rules.rule": ["Rule"],
    "ringback.errors": [
        "AnswerCut",
        "ClockBackwards",
        "ClockBusy",
        "ClockClosed",
        "ClockError",
        "ClockLeap",
        "HistoryBroken",
        "MachineError",
        "Mistake",
        "NeverTrue",
        "NotRecorded",
        "NotRunning",
        "NoEffect",
        "NothingDue",
        "Refused",
        "RingbackError",
        "Runaway",
        "ScenarioError",
        "ServerError",
        "SettingsError",
        "SpeechError",
        "StoryError",
        "Stuck",
        "WrongFace",
    ],
    "ringback.exploring.exploring": ["Exploration", "explore"],
    "ringback.exploring.story": ["Story"],
    "ringback.faces.async_emulator": ["AsyncEmulator"],
    "ringback.faces.clocks": ["AwaitableClock", "BlockingClock"],
    "ringback.faces.emulator": ["Emulator"],
    "ringback.faces.playing": ["play_scenario"],
    "ringback.interception.interception": ["Interception"],
    "ringback.receiving.scripted": ["Receiver"],
    "ringback.scenario.reading": ["ScenarioFile", "read_scenario", "read_scenarios"],
    "ringback.scenario.report": ["Report"],
    "ringback.sending.crashes": ["Crash"],
    "ringback.service.deliveries": ["Deliveries"],
    "ringback.service.received": ["ReceivedRequest", "ReceivedRequests"],
    "ringback.serving.server": ["Server"],
    "ringback.settings.layers": ["read_settings"],
    "ringback.settings.settings": ["Settings", "check_setting_name"],
    "ringback.service.views": ["Attempt", "Delivery", "Response"],
}
_MODULES = {"strategies": "ringback.exploring.strategies"}
"""Modules that are public under a shorter name."""

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'ringback' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)
