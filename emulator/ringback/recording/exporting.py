"""One text of everything that happened, in the form that somebody asks for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ringback.recording.har import har
from ringback.recording.lines import json_lines
from ringback.recording.scenarios import scenario
from ringback.service.service import Service
from ringback.settings.names import check_among

_MAKERS: Mapping[str, Callable[[Service], str]] = MappingProxyType(
    {"scenario": scenario, "jsonl": json_lines, "har": har}
)

FORMATS = tuple(_MAKERS)
"""The forms that there are, by name."""


def export(service: Service, form: str) -> str:
    """Everything that happened on *service* since its start, as text.

    *form* is `scenario` (one file of YAML), `jsonl` (a fact on each line) or `har` (JSON). Raises
    `SettingsError` for another, with the nearest, and `NotRecorded` for what no file can hold.
    """
    check_among(form, "form of export", FORMATS)
    return _MAKERS[form](service)
