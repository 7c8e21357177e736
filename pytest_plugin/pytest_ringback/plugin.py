"""Fixtures, marker and reports. Nothing of Ringback is imported before a fixture needs it.

Every pytest run of every project that has Ringback installed imports this module, so it imports
pytest and nothing else.
"""

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import pytest

if TYPE_CHECKING:
    from ringback import AsyncEmulator, Emulator, Settings
    from ringback.serving.server import Server

    AnyEmulator: TypeAlias = Emulator | AsyncEmulator

LENIENCIES = {
    "allow_pending": "pending",
    "allow_unused_replies": "replies",
    "allow_strangers": "strangers",
}
"""Marker keywords that relax one check at teardown, and the kind of leftover that each allows."""

_emulators: pytest.StashKey[list["AnyEmulator"]] = pytest.StashKey()
_body_failed: pytest.StashKey[bool] = pytest.StashKey()

_ATTEMPT_LINE = re.compile(r"[+-][\d.]+s (POST|PUT) ")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    parser.addini("ringback_port", "port of the fixtures' server; 0 picks a free one", default="0")
    parser.addini("ringback_api_key", "API key of every test's emulator; empty: a new one each")
    parser.addini(
        "ringback_collect", "collect *.ringback.yaml files as tests", type="bool", default=True
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse a bad option before any test runs."""
    config.addinivalue_line(
        "markers",
        "ringback(strict=True, **settings): settings of this test's emulator, such as retries=3 or"
        " seed=7. strict=False lets it leave anything behind; allow_pending, allow_unused_replies"
        " and allow_strangers each one kind.",
    )
    _port(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check the keywords of every marker, so that a misspelt one cannot pass unnoticed."""
    for item in items:
        for marker in item.iter_markers("ringback"):
            _check_marker(item, marker)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    if not file_path.name.endswith((".ringback.yaml", ".ringback.yml")):
        return None
    if not parent.config.getini("ringback_collect"):
        return None
    from pytest_ringback.collecting import collect

    return collect(file_path, parent)


@pytest.fixture(scope="session")
def ringback_settings() -> "Settings":
    """The settings of every test's emulator. Override it to change them."""
    from ringback import Settings

    return Settings()


@pytest.fixture(scope="session")
def ringback_server(pytestconfig: pytest.Config) -> "Iterator[Server]":
    """The one server of this session: its socket is paid for once."""
    from ringback.serving.server import Server

    server = Server(port=_port(pytestconfig))
    yield server
    server.stop()


@pytest.fixture
def ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[Emulator]":
    """An emulator of this test's own: clean, at zero, under its own API key."""
    from ringback import Emulator

    with Emulator(_settings(request, ringback_settings), server=ringback_server) as emulator:
        yield from _checked(request, emulator, ringback_server)


@pytest.fixture
def async_ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[AsyncEmulator]":
    """The same, with verbs that are awaited. A plain fixture: it works under every async plugin."""
    from ringback import AsyncEmulator

    emulator = AsyncEmulator(_settings(request, ringback_settings), server=ringback_server).open()
    try:
        yield from _checked(request, emulator, ringback_server)
    finally:
        emulator.close()


@pytest.fixture
def make_ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[Callable[..., Emulator]]":
    """Make more emulators: `make_ringback(retries=3)`. Each is checked and ended with the test."""
    from contextlib import ExitStack

    from ringback import Emulator

    with ExitStack() as stack:

        def make(**settings: Any) -> "Emulator":
            chosen = _settings(request, ringback_settings).changed(**settings)
            emulator = stack.enter_context(Emulator(chosen, server=ringback_server))
            made = _checked(request, emulator, ringback_server)
            next(made)
            stack.callback(next, made, None)
            return emulator

        yield make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the timeline of every emulator that a failing test used."""
    report = yield
    emulators = item.stash.get(_emulators, [])
    if report.when == "call":
        item.stash[_body_failed] = report.failed
    if report.failed and emulators:
        text = "\n\n".join(emulator.timeline for emulator in emulators)
        report.sections.append(("ringback timeline", text))
        item.user_properties.append(("ringback_timeline", text))
    return report


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Compare two timelines row by row."""
    if op != "==" or not (_is_timeline(left) and _is_timeline(right)):
        return None
    rows = max(len(left), len(right))
    got = [*left, *["(nothing)"] * (rows - len(left))]
    expected = [*right, *["(nothing)"] * (rows - len(right))]
    width = max(map(len, got))
    return [
        f"two timelines of {len(left)} and {len(right)} attempts",
        *(
            f"{mine:<{width}}   {theirs}" + ("" if mine == theirs else "   <-- differs")
            for mine, theirs in zip(got, expected, strict=True)
        ),
    ]


def _checked(
    request: pytest.FixtureRequest, emulator: Any, server: "Server"
) -> Generator[Any, None, None]:
    """Yield *emulator* to the test, and fail the test for what it leaves behind."""
    item: pytest.Item = request.node
    item.stash.setdefault(_emulators, []).append(emulator)
    strangers = server.strangers
    yield emulator
    if item.stash.get(_body_failed, False):
        return
    options = _marker(request)
    if not options.get("strict", True):
        return
    leftovers: dict[str, list[str]] = emulator.leftovers()
    leftovers["strangers"] += [
        "a request came with a key that belongs to no live test. The application must use"
        " ringback.api_key"
    ] * (server.strangers - strangers)
    for keyword, kind in LENIENCIES.items():
        if options.get(keyword, False):
            del leftovers[kind]
    problems = [f"- {sentence}" for sentences in leftovers.values() for sentence in sentences]
    if problems:
        pytest.fail(
            "the test left something behind (@pytest.mark.ringback(strict=False) allows it):\n"
            + "\n".join(problems),
            pytrace=False,
        )


def _settings(request: pytest.FixtureRequest, settings: "Settings") -> "Settings":
    """The settings of one test: the fixture's, the ini options', the marker's, in that order."""
    from zlib import crc32

    changes: dict[str, Any] = {}
    if settings.seed is None:
        # Ids differ from test to test, as the service's do, and repeat from run to run.
        changes["seed"] = crc32(request.node.nodeid.encode())
    if settings.api_key is None and (key := request.config.getini("ringback_api_key")):
        changes["api_key"] = key
    marked = _marker(request)
    changes.update(
        (name, value) for name, value in marked.items() if name not in ("strict", *LENIENCIES)
    )
    return settings.changed(**changes)


def _marker(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The keywords of the markers, the closest winning."""
    keywords: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("ringback"))):
        keywords.update(marker.kwargs)
    return keywords


def _check_marker(item: pytest.Item, marker: pytest.Mark) -> None:
    from ringback.errors import SettingsError
    from ringback.settings import check_name

    if marker.args:
        raise pytest.UsageError(
            f"{item.nodeid}: @pytest.mark.ringback takes keywords only, as in"
            " @pytest.mark.ringback(retries=3)"
        )
    for name in marker.kwargs:
        try:
            check_name(name, "keyword of @pytest.mark.ringback", ("strict", *LENIENCIES))
        except SettingsError as error:
            raise pytest.UsageError(f"{item.nodeid}: {error}") from None


def _port(config: pytest.Config) -> int:
    value = str(config.getini("ringback_port"))
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):
        raise pytest.UsageError(f"ringback_port is a port number, or 0 to pick one, not {value!r}")
    return int(value)


def _is_timeline(value: object) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(line, str) and _ATTEMPT_LINE.match(line) for line in value)
    )
