"""The settings under which something happened, as a story needs them to happen again."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import nanoseconds, seconds
from ringback.recording.told import Told
from ringback.scenario.changes import ChangedSettings
from ringback.settings.settings import Settings

_NOT_OF_THE_STORY = ("any_key", "epoch", "faults")
"""What a story has by other means: a key of its own, its own beginning, its receivers' faults."""


def changed_settings(told: Told) -> dict[str, Any]:
    """Those that differ from the defaults and are the story's to say."""
    default, given = Settings(), told.settings
    said = {
        each.name: plain(getattr(given, each.name))
        for each in fields(Settings)
        if each.name in ChangedSettings.model_fields
        and each.name not in _NOT_OF_THE_STORY
        and getattr(given, each.name) != getattr(default, each.name)
    }
    return said | ({"epoch": told.epoch} if told.epoch else {})


def plain(value: Any) -> Any:
    """The value of a setting as a file writes it."""
    match value:
        case timedelta():
            return seconds(nanoseconds(value))
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case RequestFailure():
            return failure(value)
        case Mapping():
            return dict(value)
        case tuple():
            return list(value)
        case _:
            return value


def failure(ordered: RequestFailure) -> Any:
    """A failure of the endpoint as a file writes it; of secret headers only the names."""
    said: dict[str, Any] = {}
    if ordered.status != 200:
        said["status"] = ordered.status
    for name in ("code", "message"):
        if value := getattr(ordered, name):
            said[name] = value
    if ordered.body is not None:
        said |= {"body": ordered.body, "content_type": ordered.content_type}
    if headers := dict(ordered.headers_as_sent.masked()):
        said["headers"] = headers
    if delay := nanoseconds(ordered.delay):
        said["delay"] = seconds(delay)
    if ordered.breaks:
        said["breaks"] = ordered.breaks
    if ordered.after_bytes is not None:
        said["after_bytes"] = ordered.after_bytes
    if len(said) == 1 and said.keys() <= {"status", "breaks"}:
        (only,) = said.values()
        return only
    return said
