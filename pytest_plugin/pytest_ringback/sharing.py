"""Emulators that several tests use, one after the other: strict and told of for each test alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest

from pytest_ringback.comparing import AnyEmulator
from pytest_ringback.marking import check_loop, keywords_of, refuse, settings_of
from pytest_ringback.watching import One, Watch, settings_for, watched_again
from ringback import Server, Settings


class Shared(NamedTuple):
    """One that lives, and the *settings* that it was given by markers."""

    emulator: AnyEmulator
    settings: dict[str, Any]
    scope: str


LIVING: pytest.StashKey[dict[str, Shared]] = pytest.StashKey()
"""Where the session keeps those that live, by the names of their fixtures."""


@contextmanager
def shared(
    request: pytest.FixtureRequest, server: Server, settings: Settings
) -> Iterator[Callable[[str, type[One], dict[str, Any]], One]]:
    """For a fixture of a wide scope: begin its emulator, and end it with the scope."""
    living = request.config.stash.setdefault(LIVING, {})

    def begin(name: str, face: type[One], changes: dict[str, Any]) -> One:
        others = [each.emulator for each in living.values()]
        chosen = settings_for(request, settings, others).changed(**changes)
        emulator = face(chosen, server=server).open()
        given = settings_of(keywords_of(request.node))
        living[name] = Shared(emulator, given, request.scope)
        return emulator

    with ExitStack() as led:
        if request.config.getini("ringback_intercept"):
            led.enter_context(request.getfixturevalue("_ringback_interception").applied())
        yield begin
        living.pop(request.fixturename or "").emulator.close()


@pytest.fixture(autouse=True)
def ringback_of_this_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold a test to what it does with an emulator that it shares with others.

    It comes after every fixture of a wider scope, so that what is connected by then is for all
    tests of that scope, and before all others of its own, so that it ends after them.
    """
    names = [name for name in ("ringback", "async_ringback") if name in request.fixturenames]
    if not names:
        yield
        return
    if "async_ringback" in names:
        check_loop(request)
    mine: dict[str, AnyEmulator] = {name: request.getfixturevalue(name) for name in names}
    asked = settings_of(keywords_of(request.node))
    for name in names:
        _, given, scope = request.config.stash[LIVING][name]
        if asked != given:
            said = ", ".join(f"{each}={value!r}" for each, value in asked.items()) or "…"
            refuse(
                f"@pytest.mark.ringback({said}) cannot change the settings of {name}, which all"
                f" tests of a {scope} share (ini option ringback_scope): mark the {scope}, or take"
                f" make_ringback({said}) for this test"
            )
    with watched_again(request, request.getfixturevalue("ringback_server"), mine):
        yield


def end_test(config: pytest.Config, watch: Watch) -> None:
    """Have those that go on begin again, once all has been told of the test that used them."""
    living = config.stash.get(LIVING, {})
    for name in watch.shared:
        if name in living and living[name].emulator is watch.emulators[name]:
            living[name].emulator.end_test()
