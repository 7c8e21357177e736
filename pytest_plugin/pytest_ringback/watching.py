"""What one test does with its emulators, and what it leaves behind."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from traceback import format_exception, format_exception_only
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar
from zlib import crc32

import pytest

from pytest_ringback.causes import Evidence
from pytest_ringback.comparing import AnyEmulator, Difference
from pytest_ringback.marking import LENIENCIES, keywords_of, refuse, settings_of
from ringback import AsyncEmulator, Emulator, Server, Settings, SettingsError

if TYPE_CHECKING:
    from ringback import Crash

One = TypeVar("One", Emulator, AsyncEmulator)

_MANY = 10
"""How many leftovers are listed one by one."""


class Raised(NamedTuple):
    """The error of an application with which a test ends, and where the application raised it."""

    error: Exception
    traceback: TracebackType | None


class Watch:
    """What one test does with its emulators, from the first fixture of ours to the last."""

    def __init__(self, server: Server) -> None:
        """Begin; what *server* has turned away so far is none of this test's."""
        self.emulators: dict[str, AnyEmulator] = {}
        self.fixtures = 0
        self.verdicts: list[bool] = []
        self.leftovers: dict[str, list[str]] = {kind: [] for kind in LENIENCIES}
        self.crashes: list[Crash] = []
        self.raised: Raised | None = None
        self.shared: list[str] = []
        """The names of those emulators that other tests use, too."""
        self.difference: Difference | None = None
        """What the last assertion has compared that failed, if it was a delivery's."""
        self._server = server
        self._unknown_keys = server.unknown_keys

    @property
    def body_passed(self) -> bool:
        """Whether the test's body ran to its end, its subtests included, and found no fault."""
        return bool(self.verdicts) and all(self.verdicts)

    @property
    def has_crashed(self) -> bool:
        """Whether an application has raised anything so far."""
        return any(each.crashes for each in self.emulators.values())

    def told(self, *, rules: bool = False) -> str:
        """What every emulator of the test did, with the *rules* behind it, if they are wanted."""
        told = {name: self._told(each, rules=rules) for name, each in self.emulators.items()}
        if len(told) == 1:
            return next(iter(told.values()))
        return "\n\n".join(f"{name}:\n{text}" for name, text in told.items())

    def evidence(self, kinds: Collection[str]) -> Iterator[Evidence]:
        """What is known of each emulator; of leftovers, those of some *kinds*."""
        strangers = self._strangers()
        for emulator in self.emulators.values():
            found = emulator.leftovers()
            found["unknown_keys"] = [*found["unknown_keys"], *strangers]
            left = {kind: sentences if kind in kinds else [] for kind, sentences in found.items()}
            wrong = self.difference
            yield Evidence(
                crashes=[] if self.raised else left["crashes"],
                unknown_keys=left["unknown_keys"],
                wrong_paths=left["wrong_paths"],
                unrouted=left["unrouted"],
                disagreement=emulator.clock.disagreement,
                ahead=emulator.clock.ahead,
                pending=len(emulator.pending),
                stands=emulator.settings.clock == "paused",
                moved=any(fact.name == "clock.moved" for fact in emulator.journal),
                rules=wrong.rules if wrong is not None and wrong.emulator is emulator else (),
            )

    def end_fixture(self) -> None:
        """One fixture of ours is over."""
        self.fixtures -= 1

    def let_rest(self, emulator: AnyEmulator) -> None:
        """Have *emulator*, whose clock drives itself, come to its end, or note why it does not.

        Without, what a test leaves behind would depend on how fast it was. No loop runs any more
        for one whose verbs are awaited.
        """
        if emulator.settings.clock == "auto" and isinstance(emulator, Emulator):
            try:
                emulator.run_until_idle()
            except Exception as error:  # noqa: BLE001 - the test fails for it below
                said = " ".join(map(str.strip, format_exception_only(error)))
                self.leftovers["errors"].append(said)

    def look_at(self, name: str, emulator: AnyEmulator) -> None:
        """Note what *emulator* leaves behind."""
        self.crashes += emulator.crashes
        for kind, sentences in emulator.leftovers().items():
            whose = f"{name}: " if len(self.emulators) > 1 else ""
            self.leftovers[kind] += [whose + sentence for sentence in sentences]

    def look_at_strangers(self) -> None:
        """Note the requests that the server itself has turned away since this was last asked."""
        self.leftovers["unknown_keys"] += self._strangers()
        self._unknown_keys = self._server.unknown_keys

    def _strangers(self) -> list[str]:
        """What is to be said of them."""
        strangers = self._server.unknown_keys - self._unknown_keys
        return [
            f"{asked} came with a key that belongs to no emulator of this test. The application"
            " must use ringback.api_key"
            for asked in (self._server.strangers[-strangers:] if strangers else ())
        ]

    def _told(self, emulator: AnyEmulator, *, rules: bool) -> str:
        wrong = self.difference
        marked = wrong is not None and wrong.emulator is emulator
        return emulator.tell(rules=rules, remarks=wrong.remarks if wrong and marked else {})


WATCH: pytest.StashKey[Watch] = pytest.StashKey()
"""Where a test's watch is kept."""

CURRENT: pytest.StashKey[Watch | None] = pytest.StashKey()
"""Where the watch of the test that runs is kept, for hooks that are not told of the test."""


@contextmanager
def watched(
    request: pytest.FixtureRequest, server: Server, settings: Settings
) -> Iterator[Callable[[str, type[One], dict[str, Any]], One]]:
    """For one fixture: begin emulators, and at its end look at what they leave behind.

    The test fails once, at the end of the last fixture, for what all of them found.
    """
    watch = _watch(request, server)
    begun: dict[str, Any] = {}

    with ExitStack() as ending:
        ending.callback(watch.end_fixture)
        if request.config.getini("ringback_intercept"):
            interception = request.getfixturevalue("_ringback_interception")
            ending.enter_context(interception.applied())

        def begin(name: str, face: type[One], changes: dict[str, Any]) -> One:
            chosen = settings_for(request, settings, watch.emulators.values()).changed(**changes)
            emulator = face(chosen, server=server).open()
            ending.callback(emulator.close)
            begun[name] = watch.emulators[name] = emulator
            _befall(request, emulator)
            return emulator

        yield begin
        _look(request, watch, begun)
    if watch.body_passed and not watch.fixtures:
        _complain(watch, keywords_of(request.node))


@contextmanager
def watched_again(
    request: pytest.FixtureRequest, server: Server, shared: dict[str, AnyEmulator]
) -> Iterator[None]:
    """The same for emulators that are *shared* with other tests: they go on when this one ends."""
    watch = _watch(request, server)
    with ExitStack() as ending:
        ending.callback(watch.end_fixture)
        for name, emulator in shared.items():
            watch.emulators[name] = emulator
            watch.shared.append(name)
            emulator.keep_connected()
            _befall(request, emulator)
        yield
        _look(request, watch, shared)
    if watch.body_passed and not watch.fixtures:
        _complain(watch, keywords_of(request.node))


def _befall(request: pytest.FixtureRequest, emulator: AnyEmulator) -> None:
    """Order the faults that the test's marker says."""
    if faults := keywords_of(request.node).get("faults"):
        try:
            emulator.fault_deliveries(*faults)
        except SettingsError as error:
            refuse(f"@pytest.mark.ringback: {error}")


def _watch(request: pytest.FixtureRequest, server: Server) -> Watch:
    """The watch of a test, which has one more fixture of ours."""
    watch: Watch = request.node.stash.setdefault(WATCH, Watch(server))
    request.config.stash[CURRENT] = watch
    watch.fixtures += 1
    return watch


def _look(request: pytest.FixtureRequest, watch: Watch, begun: dict[str, Any]) -> None:
    """Note what the emulators that have *begun* leave behind, and who came besides."""
    watch.look_at_strangers()
    keywords = keywords_of(request.node)
    lenient = not keywords.get("strict", True) or keywords.get("allow_pending", False)
    for name, emulator in begun.items():
        if watch.body_passed and not lenient:
            watch.let_rest(emulator)
        watch.look_at(name, emulator)


def _complain(watch: Watch, keywords: dict[str, Any]) -> None:
    """Fail the test for what it has left behind, unless its marker allows that.

    What an application raised is raised again, so that the test ends with that error.
    """
    if not keywords.get("strict", True):
        return
    found = {
        kind: sentences
        for kind, sentences in watch.leftovers.items()
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
    text = "\n".join(story)
    if "crashes" in found:
        _raise(watch, watch.crashes[0].error, text)
    refuse(text)


def _raise(watch: Watch, error: BaseException, text: str) -> NoReturn:
    """Fail with the *error* of an application, which has been told of in *text*."""
    if not isinstance(error, Exception) or isinstance(error, pytest.exit.Exception):
        # pytest would take it for one of its own.
        refuse("\n".join([text, *map(str.rstrip, format_exception(error))]))
    watch.raised = Raised(error, error.__traceback__)
    if text not in getattr(error, "__notes__", ()):
        error.add_note(text)
    raise error


def settings_for(
    request: pytest.FixtureRequest, settings: Settings, others: Collection[AnyEmulator]
) -> Settings:
    """The settings of one emulator: the fixture's, the ini options', the marker's, in that order.

    Ids differ from emulator to emulator, as the service's do, and repeat from run to run. A key
    that was fixed is the first emulator's, for it and the *others* are on one server.
    """
    if not isinstance(settings, Settings):
        refuse(f"fixture ringback_settings must return a ringback.Settings, not {settings!r}")
    changes: dict[str, Any] = {}
    if settings.seed is None:
        changes["seed"] = crc32(f"{request.node.nodeid}#{len(others)}".encode())
    if settings.api_key is None and (key := request.config.getini("ringback_api_key")):
        changes["api_key"] = key
    chosen = settings.changed(**changes | settings_of(keywords_of(request.node)))
    if any(each.api_key == chosen.api_key for each in others):
        return chosen.changed(api_key=None)
    return chosen
