"""The texts that stand under fields, as `help()` shows them."""

import inspect
import pydoc
from dataclasses import dataclass, field
from typing import Any

import pytest

from ringback.core.base.documented import described, documented

FAR = ("a place", "with a long", "representation")


@documented
@dataclass(frozen=True, slots=True)
class Journey:
    """From here to there."""

    length: int
    """Kilometres."""
    to: tuple[str, ...] = FAR
    """Where it ends,
    at last."""
    silent: int = 3
    stops: dict[str, int] = field(default_factory=dict)
    """Minutes, by the name of the stop."""
    fare: int = field(default=10, repr=False)
    """Euros."""
    home: str = field(init=False, default="here")


def test_the_text_under_a_field_is_its_own() -> None:
    assert {name: each.text for name, each in described(Journey).items()} == {
        "length": "Kilometres.",
        "to": "Where it ends,\nat last.",
        "silent": "",
        "stops": "Minutes, by the name of the stop.",
        "fare": "Euros.",
        "home": "",
    }


def test_help_shows_the_texts_and_short_defaults() -> None:
    shown = pydoc.plain(pydoc.render_doc(Journey))
    assert "Minutes, by the name of the stop." in shown
    assert "representation" not in str(inspect.signature(Journey))
    assert str(inspect.signature(Journey)) == (
        "(length: int, to: tuple[str, ...] = FAR, silent: int = 3, stops: dict[str, int] = dict(),"
        " fare: int = 10) -> None"
    )


def test_a_class_is_what_it_was_besides() -> None:
    assert Journey(1).to == FAR
    assert Journey(1) == Journey(1, FAR)
    assert Journey.__doc__ == "From here to there."
    with pytest.raises(AttributeError):
        Journey(1).length = 2  # type: ignore[misc]


def test_without_its_source_a_class_is_shown_without_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_: object) -> Any:
        raise OSError("no source")

    described.cache_clear()
    monkeypatch.setattr(inspect, "getsource", lost)
    assert described(Journey) == {}
    assert "long" in str(inspect.signature(Journey))
    assert "fare" in pydoc.plain(pydoc.render_doc(Journey))
    described.cache_clear()
