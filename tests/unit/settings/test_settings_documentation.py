"""What people read about settings: in an editor, and from `help()`."""

import copy
import inspect
import pickle
import pydoc
from dataclasses import fields
from datetime import timedelta
from typing import get_args

import pytest

from ringback.core.base.documented import described
from ringback.core.rules import RULES
from ringback.settings.settings import NAMES, Settings

TEXTS = {name: each.text for name, each in described(Settings).items()}

UNITS = {
    "mp3_sample_rate": "hertz",
    "flac_sample_rate": "hertz",
    "mp3_bit_rates": "bit/s",
    "max_characters": "characters",
    "wav_sizes": "bytes",
    "stream_limits": "60 seconds",
    "too_long_status": "HTTP status",
    "guard": "Real seconds",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_text_of_its_own(name: str) -> None:
    assert TEXTS[name][0].isupper()
    assert TEXTS[name].endswith(".")
    assert list(TEXTS.values()).count(TEXTS[name]) == 1


@pytest.mark.parametrize(
    "name", [each.name for each in fields(Settings) if timedelta in get_args(each.type)]
)
def test_a_span_is_said_to_be_seconds_or_a_timedelta(name: str) -> None:
    assert "econds, or a `timedelta`, " in TEXTS[name]


@pytest.mark.parametrize(("name", "unit"), UNITS.items())
def test_what_has_another_unit_names_it(name: str, unit: str) -> None:
    assert unit in TEXTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_names_the_rules_that_it_changes(name: str) -> None:
    rules = [rule.name for rule in RULES if rule.setting == name]
    _, _, named = TEXTS[name].removesuffix(".").partition("Rule")
    assert sorted(named.removeprefix("s").removeprefix(": ").split(", ")) == sorted(rules or [""])


def test_help_shows_the_text_of_every_setting() -> None:
    shown = " ".join(pydoc.plain(pydoc.render_doc(Settings)).replace("|", "").split())
    for text in TEXTS.values():
        assert " ".join(text.split()) in shown


def test_help_shows_defaults_by_their_names() -> None:
    lines = pydoc.plain(pydoc.render_doc(Settings))
    for long in ("factory>", "datetime.datetime(2026", "(8000, 16000", "mappingproxy", "object at"):
        assert long not in lines
    parameters = inspect.signature(Settings).parameters
    assert list(parameters) == list(NAMES)
    assert repr(parameters["mp3_bit_rates"].default) == "MP3_BIT_RATES"
    assert parameters["retries"].default == 10


def test_documented_settings_are_copied_and_pickled_as_any_value() -> None:
    settings = Settings(retries=3, remote_texts={"a": "b"})
    assert pickle.loads(pickle.dumps(settings)) == settings == copy.deepcopy(settings)
