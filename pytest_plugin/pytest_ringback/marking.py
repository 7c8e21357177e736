"""The marker `ringback`: what it may say, and what it allows."""

import re
from collections.abc import Mapping
from typing import Any, NoReturn

import pytest

LENIENCIES = {
    "pending": "allow_pending",
    "replies": "allow_unused_replies",
    "failures": "allow_unused_failures",
    "faults": "allow_unused_faults",
    "errors": "allow_errors",
    "unknown_keys": "allow_unknown_keys",
    "wrong_paths": "allow_wrong_paths",
    "unrouted": "allow_unrouted",
    "crashes": "allow_crashes",
}
"""Each kind of thing that a test may leave behind, and the marker's keyword that allows it."""

_OURS = re.compile(r"function scoped fixture ((?:async_|make_)?ringback)\b")
"""A fixture of ours, in pytest's words."""

SWITCHES = ("strict", *LENIENCIES.values())
"""The marker's keywords that are True or False."""

_NO_SETTINGS = (*SWITCHES, "faults")


def keywords_of(item: pytest.Item) -> dict[str, Any]:
    """The keywords of the markers, the closest winning."""
    keywords: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("ringback"))):
        keywords.update(marker.kwargs)
    return keywords


def settings_of(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Those of *keywords* that are settings."""
    return {name: value for name, value in keywords.items() if name not in _NO_SETTINGS}


def check(marker: pytest.Mark) -> None:
    """Refuse a marker that cannot mean anything."""
    if marker.args:
        refuse(
            "@pytest.mark.ringback takes keywords only, as in @pytest.mark.ringback(retries=3), not"
            f" {', '.join(map(repr, marker.args))}"
        )
    for name in SWITCHES:
        if not isinstance(marker.kwargs.get(name, True), bool):
            refuse(f"@pytest.mark.ringback: {name} is True or False, not {marker.kwargs[name]!r}")
    settings, faults = settings_of(marker.kwargs), marker.kwargs.get("faults", ())
    if not (settings or faults):
        return
    from ringback import Settings, SettingsError, check_setting_name, read_faults

    try:
        read_faults(faults)
        for name in settings:
            check_setting_name(name, "keyword", _NO_SETTINGS)
        Settings(**settings)
    except SettingsError as error:
        refuse(f"@pytest.mark.ringback: {error}")


def check_loop(request: pytest.FixtureRequest) -> None:
    """Refuse a test that runs on another loop than asyncio's, before it meets the lack of one."""
    backend = ""
    if "anyio_backend" in request.fixturenames:
        chosen = request.getfixturevalue("anyio_backend")
        backend = chosen if isinstance(chosen, str) else chosen[0]
    if backend == "trio" or request.node.get_closest_marker("trio"):
        refuse(
            "async_ringback runs on asyncio, and this test runs on trio. Take the fixture ringback,"
            " and call its verbs in a thread: await anyio.to_thread.run_sync(ringback.advance, 30)."
        )


def name_the_scope(error: BaseException) -> None:
    """Add to pytest's complaint about scopes what to do where a fixture of ours is asked for."""
    said = getattr(error, "msg", None)
    if not (isinstance(said, str) and said.startswith("ScopeMismatch")):
        return
    if found := _OURS.search(said):
        error.msg = (  # type: ignore[attr-defined]  # pytest's own outcome has it
            f"{said}\n{found[1]} begins anew for each test: ask for it in a fixture of function"
            " scope, begin an emulator there: `with Emulator(server=ringback_server) as"
            " ringback:`, or share one by the ini option ringback_scope"
        )


def refuse(message: str) -> NoReturn:
    """Fail with *message* alone: where in our code it comes from helps nobody."""
    raise pytest.fail.Exception(message, pytrace=False) from None
