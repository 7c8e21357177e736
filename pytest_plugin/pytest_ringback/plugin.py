"""Fixtures, marker and reports. Nothing of Ringback is imported before a test needs it.

Every pytest run of every project that has Ringback installed imports this module, so it imports
pytest and what pytest has imported already.
"""

import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pytest

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ringback import AsyncEmulator, Emulator, Interception, Server, Settings


_Scope: TypeAlias = Literal["function", "class", "module", "package", "session"]
_SCOPES: "tuple[_Scope, ...]" = ("function", "class", "module", "package", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("ringback")
    group.addoption(
        "--ringback-rules",
        action="store_true",
        help="show the rules behind each attempt of a failing test; so does -v",
    )
    group.addoption(
        "--ringback-report",
        metavar="FILE",
        default=None,
        help="write a page that shows what the emulators of each failing test did",
    )
    group.addoption(
        "--ringback-record",
        metavar="DIR",
        default=None,
        help="where a failing test leaves a scenario file of what happened; pytest's cache, if this"
        " is not given",
    )
    parser.addini(
        "ringback_port",
        "port of the fixtures' server, to which a worker of pytest-xdist adds its number; 0 picks a"
        " free one",
        default="0",
    )
    parser.addini(
        "ringback_api_key",
        "API key of each test's first emulator, for an application that reads its key once; empty:"
        " a new one each",
    )
    parser.addini(
        "ringback_scope",
        "scope of the fixtures ringback and async_ringback: function, class, module, package or"
        " session; a shared emulator begins again for each test",
        default="function",
    )
    parser.addini(
        "ringback_collect", "collect *.ringback.yaml files as tests", type="bool", default=True
    )
    parser.addini(
        "ringback_intercept",
        "lead https://api.deepgram.com to the fixtures' server, for an application that has it"
        " written into it",
        type="bool",
        default=False,
    )
    parser.addini(
        "ringback_to",
        "base URL of the application to which scenario files without `receiver` are played; empty:"
        " they are skipped",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse a bad option before any test runs."""
    config.addinivalue_line(
        "markers",
        "ringback(strict=True, **settings): settings of this test's emulator, such as retries=3 or"
        " seed=7. faults=[…] befall every delivery, an entry for each attempt. strict=False lets it"
        " leave anything behind; allow_pending,"
        " allow_unused_replies, allow_unused_failures, allow_unused_faults, allow_errors,"
        " allow_unknown_keys, allow_wrong_paths, allow_unrouted and allow_crashes each one kind.",
    )
    _port(config)
    _collects(config)
    _is_set(config, "ringback_intercept")
    _check_application(config)
    if _scope("ringback", config) != "function":
        from pytest_ringback import sharing

        config.pluginmanager.register(sharing, "ringback sharing")
    if config.getoption("ringback_report") and not hasattr(config, "workerinput"):
        from pytest_ringback.pages import Pages

        config.pluginmanager.register(Pages(config), "ringback-pages")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test whose marker cannot mean anything, whether or not it uses a fixture of ours."""
    for marker in item.iter_markers("ringback"):
        from pytest_ringback.marking import check

        check(marker)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    if not file_path.name.endswith((".ringback.yaml", ".ringback.yml")):
        return None
    if not _collects(parent.config):
        return None
    from pytest_ringback.collecting import collect

    return collect(file_path, parent)


@pytest.fixture(scope="session")
def ringback_settings(pytestconfig: pytest.Config) -> "Settings":
    """The settings of every test's emulator, from the settings file. Override it to change them."""
    from pytest_ringback.marking import refuse
    from ringback import SettingsError, read_settings

    try:
        return read_settings(pytestconfig.rootpath)
    except SettingsError as error:
        refuse(str(error))


@pytest.fixture(scope="session")
def ringback_server(pytestconfig: pytest.Config) -> "Iterator[Server]":
    """The one server of this session: its socket is paid for once.

    It listens once its `url` is asked for, by a test or by an emulator; on a fixed port, which an
    application knows without asking, from the beginning.
    """
    from pytest_ringback.marking import refuse
    from pytest_ringback.proxies import past_proxies
    from ringback import Server, ServerError

    port = _port(pytestconfig)
    try:
        server = Server(port=port, on_demand=port == 0)
    except ServerError as error:
        refuse(f"ini option ringback_port: {error}{_added(pytestconfig)}")
    with past_proxies():
        yield server
    server.stop()


@pytest.fixture(scope="session")
def _ringback_interception(ringback_server: "Server") -> "Iterator[Interception]":
    """What leads the service's own address to the server, where the ini option asks for that."""
    from pytest_ringback.marking import refuse
    from ringback import Interception, ServerError

    try:
        interception = Interception(ringback_server.url)
    except ServerError as error:
        refuse(f"ini option ringback_intercept: {error}")
    with interception:
        yield interception


def _scope(fixture_name: str, config: pytest.Config) -> "_Scope":
    """How long an emulator lives, as the ini option says."""
    chosen = str(config.getini("ringback_scope"))
    for scope in _SCOPES:
        if scope == chosen:
            return scope
    raise pytest.UsageError(f"ringback_scope is {', '.join(_SCOPES)}, not {chosen!r}")


@pytest.fixture(scope=_scope)
def ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[Emulator]":
    """An emulator of this test's own: clean, at zero, under its own API key.

    With the ini option ringback_scope it is one for a class, a module, a package or the session,
    and begins again for each test.
    """
    from ringback import Emulator

    with _lent(request, ringback_server, ringback_settings) as begin:
        yield begin("ringback", Emulator, {})


@pytest.fixture(scope=_scope)
def async_ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[AsyncEmulator]":
    """The same, with verbs that are awaited. A plain fixture: it works under every async plugin.

    At its end no loop runs any more, so an application that was connected with `lifespan=True` is
    not shut down; `async with AsyncEmulator() as ringback:` does that.
    """
    from ringback import AsyncEmulator

    with _lent(request, ringback_server, ringback_settings) as begin:
        yield begin("async_ringback", AsyncEmulator, {})


def _lent(
    request: pytest.FixtureRequest, server: "Server", settings: "Settings"
) -> "AbstractContextManager[Callable[..., Any]]":
    """What begins an emulator for one test, or for all of a wider scope."""
    if request.scope != "function":
        from pytest_ringback.sharing import shared

        return shared(request, server, settings)
    from pytest_ringback.watching import watched

    if request.fixturename == "async_ringback":
        from pytest_ringback.marking import check_loop

        check_loop(request)
    return watched(request, server, settings)


@pytest.fixture
def make_ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[Callable[..., Emulator]]":
    """Make more emulators: `make_ringback(retries=3)`. Each is checked and ended with the test."""
    from itertools import count

    from pytest_ringback.watching import watched
    from ringback import Emulator

    if getattr(request.node.obj, "hypothesis", None) is not None:
        from pytest_ringback.properties import allow_make_ringback

        allow_make_ringback(request.node)
    numbers = count(1)
    with watched(request, ringback_server, ringback_settings) as begin:

        def make(**settings: Any) -> "Emulator":
            return begin(f"make_ringback() {next(numbers)}", Emulator, settings)

        yield make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the timeline of every emulator that a failing test used."""
    if call.excinfo is not None and call.when == "setup":
        from pytest_ringback.marking import name_the_scope

        name_the_scope(call.excinfo.value)
    if "ringback" not in sys.modules:
        return (yield)
    from pytest_ringback.reporting import (
        add_sections,
        as_the_app_raised_it,
        hide_own_frames,
        note_what_was_expected,
    )

    as_the_app_raised_it(item, call)
    note_what_was_expected(item, call)
    hide_own_frames(call.excinfo)
    report = yield
    add_sections(item, report)
    return report


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """Compare two timelines row by row, and keep what differs."""
    if op != "==" or "ringback" not in sys.modules:
        return None
    from pytest_ringback.reporting import compare

    return compare(config, left, right)


def _port(config: pytest.Config) -> int:
    """The port of this process: each worker of pytest-xdist has a server of its own."""
    value = str(config.getini("ringback_port"))
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):
        raise pytest.UsageError(f"ringback_port is a port number, or 0 to pick one, not {value!r}")
    if int(value) == 0:
        return 0
    port = int(value) + _worker(config)
    if port > 65535:
        raise pytest.UsageError(
            f"ringback_port is {value}, and this worker of pytest-xdist would have {port}: choose a"
            " lower one"
        )
    return port


def _worker(config: pytest.Config) -> int:
    """The number of this worker of pytest-xdist; 0 where there is none."""
    name = str(getattr(config, "workerinput", {}).get("workerid", ""))
    number = name.removeprefix("gw")
    return int(number) if number.isascii() and number.isdigit() else 0


def _collects(config: pytest.Config) -> bool:
    return _is_set(config, "ringback_collect")


def _is_set(config: pytest.Config, option: str) -> bool:
    try:
        return bool(config.getini(option))
    except (ValueError, pytest.UsageError) as error:  # which of them depends on pytest's version
        raise pytest.UsageError(f"{option} is true or false: {error}") from None


def _check_application(config: pytest.Config) -> None:
    url = str(config.getini("ringback_to"))
    if not url:
        return
    from ringback import read_origin

    if read_origin(url) is None:
        raise pytest.UsageError(f"ringback_to is a base URL, http://127.0.0.1:PORT, not {url!r}")


def _added(config: pytest.Config) -> str:
    number = _worker(config)
    return f". It is the option's port + {number}, the number of this worker" if number else ""
