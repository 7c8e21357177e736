"""The settings that a scenario may change: those of the emulator that belong to a story."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import Discriminator, Field, Tag, ValidationInfo, create_model, field_validator

from ringback.core.rules import RULES
from ringback.errors import SettingsError
from ringback.scenario.part import Part, form
from ringback.scenario.values import Moment, Seconds, wrong
from ringback.settings import Settings

PLAYERS_OWN = frozenset({"clock", "allow_hosts", "api_key", "ca_file", "tls_verify", "guard"})
"""Settings that whoever plays a scenario decides, and no story does."""


class Changes(Part):
    """Settings that differ from the emulator's defaults, by their names."""

    @property
    def given(self) -> dict[str, Any]:
        """What the file names, as `Settings` takes it."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}

    @field_validator("*")
    @classmethod
    def _can_mean_something(cls, value: Any, info: ValidationInfo) -> Any:
        try:
            Settings(**{str(info.field_name): value})
        except SettingsError as error:
            raise wrong(str(error)) from None
        return value


def _written_as(hint: Any) -> Any:
    """The type of a setting as a scenario writes it."""
    if hint == float | timedelta:
        return Seconds
    # freezegun's imitation, which stands here when this is imported in frozen time, says yes, too.
    if isinstance(hint, type) and issubclass(hint, datetime):
        return Moment
    if get_origin(hint) is tuple:
        return Annotated[hint, Field(strict=False)]
    members = get_args(hint)
    if any(get_origin(member) is tuple for member in members):
        several, word = members
        return Annotated[
            Annotated[several, Field(strict=False), Tag("list")] | Annotated[word, Tag("word")],
            Discriminator(form, custom_error_type="list_form", custom_error_message="not a list"),
        ]
    return hint


_HINTS = get_type_hints(Settings)
_STATEMENTS = {rule.setting: rule.statement for rule in RULES if rule.setting}
_WRITTEN: dict[str, Any] = {
    each.name: (
        _written_as(_HINTS[each.name]),
        Field(default=None, description=_STATEMENTS.get(each.name)),
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
