"""The settings that a scenario may change: those of the emulator that belong to a story."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import Discriminator, Field, Tag, ValidationInfo, create_model, field_validator

from ringback.core.request.encodings import MP3_BIT_RATES, OUTPUTS, Encoding
from ringback.core.rules import RULES
from ringback.errors import SettingsError
from ringback.scenario.failing import FailureEntry, LongFailure
from ringback.scenario.part import Part, form
from ringback.scenario.phrasing import setting_refused
from ringback.scenario.times import Moment, PositiveSeconds, Seconds
from ringback.scenario.values import A_LINE, MAX_HEAD, MAX_RETRIES, TOKEN, wrong
from ringback.settings.settings import Settings

PLAYERS_OWN = frozenset(
    {
        *("clock", "allow_hosts", "allow_origins", "allow_host_headers", "api_key", "ca_file"),
        *("tls_verify", "guard", "keep", "request_timeout"),
    }
)
"""Settings that whoever plays a scenario decides, and no story does."""


IN_HEADERS = ("callback_content_type", "callback_user_agent", "callback_status_header")


class Changes(Part):
    """Settings that differ from the emulator's defaults, by their names."""

    @property
    def given(self) -> dict[str, Any]:
        """What the file names, as `Settings` takes it."""
        named = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        return {
            name: value.to_mapping() if isinstance(value, LongFailure) else value
            for name, value in named.items()
        }

    @field_validator("*")
    @classmethod
    def _can_mean_something(cls, value: Any, info: ValidationInfo) -> Any:
        name = str(info.field_name)
        if name == "retries" and value > MAX_RETRIES:
            raise wrong(f"a story has {MAX_RETRIES} retries at most, not {value}")
        if name in IN_HEADERS and len(value) > MAX_HEAD:
            raise wrong(f"{name} has more than {MAX_HEAD} characters, and fits into no message")
        plain: Any = value.to_mapping() if isinstance(value, LongFailure) else value
        setting: dict[str, Any] = {name: plain}
        try:
            Settings(**setting)
        except SettingsError as error:
            raise wrong(setting_refused(name, plain, str(error))) from None
        return value


_POSITIVE = {"minimum": 1}
_LIMITS: Mapping[str, dict[str, Any]] = {
    "retries": {"minimum": 0, "maximum": MAX_RETRIES},
    "permitted_ports": {"minimum": 1, "maximum": 65535},
    "port_refusal": {"minLength": 1},
    "callback_content_type": {"pattern": A_LINE, "maxLength": MAX_HEAD},
    "callback_user_agent": {"pattern": A_LINE, "maxLength": MAX_HEAD},
    "callback_status_header": {"pattern": f"^{TOKEN}$", "maxLength": MAX_HEAD},
    "mp3_sample_rate": {"enum": [22050, 24000]},
    "mp3_bit_rates": {"enum": list(MP3_BIT_RATES)},
    "flac_sample_rate": {"enum": list(OUTPUTS[Encoding.FLAC].sample_rate.allowed or ())},
    "max_characters": _POSITIVE,
    "concurrency_limit": _POSITIVE,
    "stream_concurrency_limit": _POSITIVE,
}
"""What JSON Schema says of a setting, or of its entries where it is a list. `Settings` decides."""

_ABOUT = {
    "seed": "Decides request ids and the key's identifier: the same seed repeats them.",
    "epoch": "The moment at which the story begins.",
    "processing_time": "How long lies between the acceptance and the first attempt.",
    "speech": "Speech in place of tones. It needs an extra of Ringback's on the machine.",
    "any_key": "Any key is let in.",
    "request_failure": "What befalls the request in place of its answer, or on the answer's way.",
}
_HINTS = get_type_hints(Settings)
_STATEMENTS = {rule.setting: rule.statement for rule in RULES if rule.setting}


def _about(name: str) -> str:
    """What an editor shows of the setting *name*."""
    by_default = f"By default: {_STATEMENTS[name]}" if name in _STATEMENTS else ""
    return " ".join(filter(None, (_ABOUT.get(name), by_default)))


def _limited(hint: Any, name: str) -> Any:
    return Annotated[hint, Field(json_schema_extra=dict(_LIMITS.get(name, {})))]


def _written_as(name: str) -> Any:
    """The type of a setting as a scenario writes it."""
    hint = _HINTS[name]
    if name == "request_failure":
        return FailureEntry
    if hint == float | timedelta:
        return PositiveSeconds if name.endswith("timeout") else Seconds
    # freezegun's imitation, which stands here when this is imported in frozen time, says yes, too.
    if isinstance(hint, type) and issubclass(hint, datetime):
        return Moment
    members = [each for each in get_args(hint) if each is not type(None)]
    if get_origin(hint) is tuple:
        return _list_of(members[0], name)
    if any(get_origin(member) is tuple for member in members):
        several, word = members
        return Annotated[
            Annotated[_list_of(get_args(several)[0], name), Tag("list")]
            | Annotated[word, Tag("word")],
            Discriminator(form, custom_error_type="list_form", custom_error_message="not a list"),
        ]
    return hint if name not in _LIMITS else _limited(hint, name)


def _list_of(member: Any, name: str) -> Any:
    extra: Any = {"contains": {"const": 48000}} if name == "mp3_bit_rates" else {}
    several: Any = tuple.__class_getitem__((_limited(member, name), ...))
    return Annotated[several, Field(strict=False, json_schema_extra=extra)]


_WRITTEN: dict[str, Any] = {
    each.name: (
        _written_as(each.name),
        Field(default=None, description=_about(each.name)),
    )
    for each in fields(Settings)
    if each.name not in PLAYERS_OWN
}

if TYPE_CHECKING:
    ChangedSettings = Changes
else:
    ChangedSettings = create_model(
        "ChangedSettings", __base__=Changes, __doc__=Changes.__doc__, **_WRITTEN
    )
