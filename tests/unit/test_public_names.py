"""The public names: which there are, and what it costs to have them."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import ringback
import ringback.errors

MET = (
    ringback.Emulator,
    ringback.AsyncEmulator,
    ringback.BlockingClock,
    ringback.AwaitableClock,
    ringback.Deliveries,
    ringback.Delivery,
    ringback.Attempt,
    ringback.Response,
    ringback.Receiver,
    ringback.CallbackMessage,
    ringback.ReceivedRequest,
    ringback.ReceivedRequests,
    ringback.Identified,
)
"""What tests hold in their hands, whose attributes and answers are met at once."""


@pytest.mark.parametrize("name", ringback.__all__)
def test_each_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    named = getattr(ringback, name)
    assert name in dir(ringback)
    if inspect.isclass(named) or inspect.isfunction(named):
        assert named.__doc__


@pytest.mark.parametrize("met", MET, ids=lambda met: met.__name__)
def test_every_type_that_a_test_meets_is_public(met: type) -> None:
    public = {getattr(ringback, name) for name in ringback.__all__ if name not in ALIASES}
    assert {each.__name__ for each in set(types_met(met)) - public} == set()


def test_each_public_name_is_explained_where_all_are() -> None:
    assert ringback.__doc__
    errors = {name for name in ringback.__all__ if name in vars(ringback.errors)}
    for name in set(ringback.__all__) - errors:
        assert name in ringback.__doc__, name


def test_importing_ringback_imports_nothing_else_of_it() -> None:
    code = "import sys, ringback; print(*sorted(m for m in sys.modules if 'ringback' in m))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ringback." not in run.stdout


def test_a_name_that_is_not_public_is_none_of_ours() -> None:
    with pytest.raises(AttributeError, match="module 'ringback' has no attribute 'Fake'"):
        getattr(ringback, "Fake")  # noqa: B009 - a type checker knows that there is none


ALIASES = ("Fact", "Outcome")
"""Public names that are no classes, but unions of some."""

NOT_FOR_TESTS = ("answer",)
"""What a `Receiver` is asked by the emulator."""


def types_met(met: type) -> Iterator[type]:
    """The classes of ours in what the public attributes and methods of *met* give."""
    for name, member in inspect.getmembers(met):
        if name.startswith("_") or name in NOT_FOR_TESTS:
            continue
        function = member.fget if isinstance(member, property) else member
        if inspect.isfunction(function):
            yield from classes_in(get_type_hints(function, names_of(function)).get("return"))
    for name, hint in get_type_hints(met, names_of(met)).items():
        if not name.startswith("_"):
            yield from classes_in(hint)


def names_of(defined: Any) -> dict[str, Any]:
    """What its annotations may name, with what is imported for type checkers alone."""
    from starlette.types import ASGIApp

    module = vars(sys.modules[defined.__module__])
    late = {name: getattr(ringback, name) for name in ringback.__all__}
    return {"ASGIApp": ASGIApp, "Path": Path, **late, **module}


def classes_in(hint: Any) -> Iterator[type]:
    """The classes of ours that *hint* names."""
    if inspect.isclass(hint) and hint.__module__.startswith("ringback"):
        yield hint
    for part in get_args(hint):
        yield from classes_in(part)
