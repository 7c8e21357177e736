"""Fixtures, marker and reports. Nothing of Ringback is imported before a test needs it.

Every pytest run of every project that has Ringback installed imports this module, so it imports
pytest and what pytest has imported already.
"""

import re
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeGuard, TypeVar

import pytest

if TYPE_CHECKING:
    from ringback import AsyncEmulator, Emulator, Settings
    from ringback.serving.server import Server

    AnyEmulator: TypeAlias = Emulator | AsyncEmulator

    One = TypeVar("One", Emulator, AsyncEmulator)

LENIENCIES = {
    "pending": "allow_pending",
    "replies": "allow_unused_replies",
    "failures": "allow_unused_failures",
    "strangers": "allow_strangers",
}
"""Each kind of thing that a test may leave behind, and the marker's keyword that allows it."""

SWITCHES = ("strict", *LENIENCIES.values())
"""The marker's keywords that are no settings."""

SECTION = "ringback timeline"
PROPERTY = "ringback_timeline"

_MANY = 10
"""How many leftovers are listed one by one."""

_READ = 100
"""How many lines are shown of the beginning, and of the end, of a long timeline."""

_ATTEMPT_LINE = re.compile(r"[+-][\d.]+s (POST|PUT) ")

_OURS = ("ringback.", "pytest_ringback.")

_PLUMBING = ("asyncio.", "concurrent.", "contextlib.")
"""Modules whose frames, between ours, say as little about a test as ours do."""


class Watch:
    """What one test does with its emulators, from the first fixture of ours to the last."""

    def __init__(self, strangers: int) -> None:
        """Begin; *strangers* is how many the server has turned away so far."""
        self.emulators: dict[str, AnyEmulator] = {}
        self.fixtures = 0
        self.verdicts: list[bool] = []
        self.leftovers: dict[str, list[str]] = {kind: [] for kind in LENIENCIES}
        self._strangers = strangers

    @property
    def body_passed(self) -> bool:
        """Whether the test's body ran to its end, its subtests included, and found no fault."""
        return bool(self.verdicts) and all(self.verdicts)

    @property
    def timeline(self) -> str:
        """What every emulator of the test did."""
        if len(self.emulators) == 1:
            return next(iter(self.emulators.values())).timeline
        return "\n\n".join(f"{name}:\n{each.timeline}" for name, each in self.emulators.items())

    def end_fixture(self) -> None:
        """One fixture of ours is over."""
        self.fixtures -= 1

    def look_at(self, name: str, emulator: "AnyEmulator") -> None:
        """Note what *emulator* leaves behind."""
        for kind, sentences in emulator.leftovers().items():
            whose = f"{name}: " if len(self.emulators) > 1 else ""
            self.leftovers[kind] += [whose + sentence for sentence in sentences]

    def look_at_strangers(self, strangers: int) -> None:
        """Note the requests that the server itself has turned away since this was last asked."""
        self.leftovers["strangers"] += [
            "a request came with a key that belongs to no emulator of this test. The application"
            " must use ringback.api_key"
        ] * (strangers - self._strangers)
        self._strangers = strangers


_watch: pytest.StashKey[Watch] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    parser.addini("ringback_port", "port of the fixtures' server; 0 picks a free one", default="0")
    parser.addini(
        "ringback_api_key",
        "API key of each test's first emulator, for an application that reads its key once; empty:"
        " a new one each",
    )
    parser.addini(
        "ringback_collect", "collect *.ringback.yaml files as tests", type="bool", default=True
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse a bad option before any test runs."""
    config.addinivalue_line(
        "markers",
        "ringback(strict=True, **settings): settings of this test's emulator, such as retries=3 or"
        " seed=7. strict=False lets it leave anything behind; allow_pending,"
        " allow_unused_replies, allow_unused_failures and allow_strangers each one kind.",
    )
    _port(config)
    _collects(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test whose marker cannot mean anything, whether or not it uses a fixture of ours."""
    for marker in item.iter_markers("ringback"):
        _check(marker)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    if not file_path.name.endswith((".ringback.yaml", ".ringback.yml")):
        return None
    if not _collects(parent.config):
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
    from ringback import ServerError
    from ringback.serving.server import Server

    port = _port(pytestconfig)
    try:
        server = Server(port=port)
    except ServerError as error:
        _refuse(f"ini option ringback_port: {error}{_advice_to_workers(pytestconfig)}")
    yield server
    server.stop()


@pytest.fixture
def ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[Emulator]":
    """An emulator of this test's own: clean, at zero, under its own API key."""
    from ringback import Emulator

    with _watched(request, ringback_server, ringback_settings) as begin:
        yield begin("ringback", Emulator, {})


@pytest.fixture
def async_ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[AsyncEmulator]":
    """The same, with verbs that are awaited. A plain fixture: it works under every async plugin.

    At its end no loop runs any more, so an application that was connected with `lifespan=True` is
    not shut down; `async with AsyncEmulator() as ringback:` does that.
    """
    from ringback import AsyncEmulator

    _check_loop(request)
    with _watched(request, ringback_server, ringback_settings) as begin:
        yield begin("async_ringback", AsyncEmulator, {})


@pytest.fixture
def make_ringback(
    request: pytest.FixtureRequest, ringback_server: "Server", ringback_settings: "Settings"
) -> "Iterator[Callable[..., Emulator]]":
    """Make more emulators: `make_ringback(retries=3)`. Each is checked and ended with the test."""
    from itertools import count

    from ringback import Emulator

    numbers = count(1)
    with _watched(request, ringback_server, ringback_settings) as begin:

        def make(**settings: Any) -> "Emulator":
            return begin(f"make_ringback() {next(numbers)}", Emulator, settings)

        yield make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the timeline of every emulator that a failing test used."""
    _hide_own_frames(call.excinfo)
    report = yield
    watch = item.stash.get(_watch, None)
    if watch is None:
        return report
    if report.when == "call":
        watch.verdicts.append(report.passed)
    if report.failed and watch.emulators:
        text = _shortened(watch.timeline)
        report.sections.append((SECTION, text))
        # JUnit XML takes the properties of the teardown's report, which has copied the item's.
        for properties in (item.user_properties, report.user_properties):
            others = [each for each in properties if each[0] != PROPERTY]
            properties[:] = [*others, (PROPERTY, text)]
    if report.when == "teardown":
        # Items live as long as the session; what a test's emulators hold must not.
        del item.stash[_watch]
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


@contextmanager
def _watched(
    request: pytest.FixtureRequest, server: "Server", settings: "Settings"
) -> "Iterator[Callable[[str, type[One], dict[str, Any]], One]]":
    """For one fixture: begin emulators, and at its end look at what they leave behind.

    The test fails once, at the end of the last fixture, for what all of them found.
    """
    watch = request.node.stash.setdefault(_watch, Watch(server.strangers))
    watch.fixtures += 1
    begun: dict[str, Any] = {}

    with ExitStack() as ending:
        ending.callback(watch.end_fixture)

        def begin(name: str, face: "type[One]", changes: dict[str, Any]) -> "One":
            chosen = _settings(request, settings, watch).changed(**changes)
            emulator = face(chosen, server=server).open()
            ending.callback(emulator.close)
            begun[name] = watch.emulators[name] = emulator
            return emulator

        yield begin
        watch.look_at_strangers(server.strangers)
        for name, emulator in begun.items():
            watch.look_at(name, emulator)
    if watch.body_passed and not watch.fixtures:
        _complain(watch.leftovers, _keywords(request.node))


def _shortened(text: str) -> str:
    """*text* without its middle, if it is longer than anybody reads."""
    lines = text.splitlines()
    if len(lines) <= 2 * _READ:
        return text
    left_out = f"… {len(lines) - 2 * _READ:,} more lines …"
    return "\n".join([*lines[:_READ], left_out, *lines[-_READ:]])


def _complain(leftovers: dict[str, list[str]], keywords: dict[str, Any]) -> None:
    """Fail the test for what it has left behind, unless its marker allows that."""
    if not keywords.get("strict", True):
        return
    found = {
        kind: sentences
        for kind, sentences in leftovers.items()
        if sentences and not keywords.get(LENIENCIES[kind], False)
    }
    lines = [sentence for sentences in found.values() for sentence in sentences]
    if not lines:
        return
    allowing = ", ".join(f"{LENIENCIES[kind]}=True" for kind in found)
    if len(lines) == 1:
        story = [f"the test left something behind: {lines[0]}"]
    else:
        kinds = ", ".join(found)
        story = [f"the test left {len(lines)} things behind ({kinds}):"]
        story += [f"- {line}" for line in lines[:_MANY]]
    if len(lines) > _MANY:
        story.append(f"- and {len(lines) - _MANY} more")
    story.append(f"@pytest.mark.ringback({allowing}) allows it, and strict=False anything.")
    _refuse("\n".join(story))


def _settings(request: pytest.FixtureRequest, settings: "Settings", watch: Watch) -> "Settings":
    """The settings of one emulator: the fixture's, the ini options', the marker's, in that order.

    Ids differ from emulator to emulator, as the service's do, and repeat from run to run. A key
    that was fixed is the first emulator's, for no two on one server can share it.
    """
    from zlib import crc32

    from ringback import Settings

    if not isinstance(settings, Settings):
        _refuse(f"fixture ringback_settings must return a ringback.Settings, not {settings!r}")
    changes: dict[str, Any] = {}
    if settings.seed is None:
        changes["seed"] = crc32(f"{request.node.nodeid}#{len(watch.emulators)}".encode())
    if settings.api_key is None and (key := request.config.getini("ringback_api_key")):
        changes["api_key"] = key
    chosen = settings.changed(**changes | _settings_of(_keywords(request.node)))
    if any(each.api_key == chosen.api_key for each in watch.emulators.values()):
        return chosen.changed(api_key=None)
    return chosen


def _keywords(item: pytest.Item) -> dict[str, Any]:
    """The keywords of the markers, the closest winning."""
    keywords: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("ringback"))):
        keywords.update(marker.kwargs)
    return keywords


def _settings_of(keywords: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keywords.items() if name not in SWITCHES}


def _check(marker: pytest.Mark) -> None:
    """Refuse a marker that cannot mean anything."""
    if marker.args:
        _refuse(
            "@pytest.mark.ringback takes keywords only, as in @pytest.mark.ringback(retries=3), not"
            f" {', '.join(map(repr, marker.args))}"
        )
    for name in SWITCHES:
        if not isinstance(marker.kwargs.get(name, True), bool):
            _refuse(f"@pytest.mark.ringback: {name} is True or False, not {marker.kwargs[name]!r}")
    settings = _settings_of(marker.kwargs)
    if not settings:
        return
    from ringback import Settings, SettingsError
    from ringback.settings import check_name

    try:
        for name in settings:
            check_name(name, "keyword", SWITCHES)
        Settings(**settings)
    except SettingsError as error:
        _refuse(f"@pytest.mark.ringback: {error}")


def _check_loop(request: pytest.FixtureRequest) -> None:
    """Refuse a test that runs on another loop than asyncio's, before it meets the lack of one."""
    backend = ""
    if "anyio_backend" in request.fixturenames:
        chosen = request.getfixturevalue("anyio_backend")
        backend = chosen if isinstance(chosen, str) else chosen[0]
    if backend == "trio" or request.node.get_closest_marker("trio"):
        _refuse(
            "async_ringback runs on asyncio, and this test runs on trio. Take the fixture ringback,"
            " and call its verbs in a thread: await anyio.to_thread.run_sync(ringback.advance, 30)."
        )


def _port(config: pytest.Config) -> int:
    value = str(config.getini("ringback_port"))
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):
        raise pytest.UsageError(f"ringback_port is a port number, or 0 to pick one, not {value!r}")
    return int(value)


def _collects(config: pytest.Config) -> bool:
    try:
        return bool(config.getini("ringback_collect"))
    except (ValueError, pytest.UsageError) as error:  # which of them depends on pytest's version
        raise pytest.UsageError(f"ringback_collect is true or false: {error}") from None


def _advice_to_workers(config: pytest.Config) -> str:
    if not hasattr(config, "workerinput"):
        return ""
    return ". Each worker of pytest-xdist has a server of its own, so a fixed port serves only one"


def _refuse(message: str) -> NoReturn:
    """Fail with *message* alone: where in our code it comes from helps nobody."""
    raise pytest.fail.Exception(message, pytrace=False) from None


def _hide_own_frames(error: pytest.ExceptionInfo[Any] | None) -> None:
    """Let an error that speaks to the test's author end at the author's own line.

    pytest hides a frame that has a local of this name. `--full-trace` shows all the same, and a
    `MachineError`, which is a fault of ours, is shown in full.
    """
    errors = sys.modules.get("ringback.errors")
    if error is None or errors is None or isinstance(error.value, errors.MachineError):
        return
    frames = [entry.frame for entry in error.traceback]
    modules = [f"{frame.f_globals.get('__name__')}." for frame in frames]
    spoken = error.type in (LookupError, AssertionError) and modules[-1].startswith(_OURS)
    if not spoken and not isinstance(error.value, errors.RingbackError):
        return
    ours = False
    for frame, module in zip(frames, modules, strict=True):
        ours = module.startswith(_OURS) or (ours and module.startswith(_PLUMBING))
        if ours:
            frame.f_locals["__tracebackhide__"] = True


def _is_timeline(value: object) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(line, str) and _ATTEMPT_LINE.match(line) for line in value)
    )
