"""The plugin beside others: what it imports, how it is loaded, loops, workers and freezers."""

import re
import socket
from importlib.metadata import version

import pytest

from ringback import AsyncEmulator, WrongFace
from tests.e2e.suites import OPTIONS, run, write

pytest_plugins = ["pytester"]

# -- what it costs those who do not use it ---------------------------------------------------------

OURS = ("ringback", "pytest_ringback")
HEAVY = ("starlette", "uvicorn", "h11", "pydantic", "yaml", "click", "rich", "asyncio", "ssl")

WRITES_DOWN_ITS_MODULES = """
import email.parser  # with it, pytest before 8 reads what is known of a plugin
import sys

def pytest_sessionfinish():
    with open("modules.txt", "w") as file:
        print(*sorted(sys.modules), sep="\\n", file=file)
"""
UNUSED = """
import pytest

def test_plain(): pass

@pytest.mark.ringback(strict=False)
def test_marked(): pass
"""


def modules(pytester: pytest.Pytester, *options: str) -> set[str]:
    """The modules that a run imports whose pytest knows no plugin but ours."""
    pytester.makepyfile(test_suite=UNUSED)
    pytester.makeconftest(WRITES_DOWN_ITS_MODULES)
    result = pytester.runpytest_subprocess("-pno:cacheprovider", *options)
    assert result.ret == pytest.ExitCode.OK
    return set((pytester.path / "modules.txt").read_text().split())


def test_a_run_that_uses_no_fixture_imports_the_plugin_alone(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    with_plugin = modules(pytester, "-pringback")
    without = modules(pytester)
    plugin = {"pytest_ringback", "pytest_ringback.plugin"}
    reads_the_marker = {"pytest_ringback.marking"}
    assert with_plugin - without == plugin | reads_the_marker
    assert not [name for name in with_plugin if name.split(".")[0] in HEAVY]


def test_collecting_marked_tests_imports_nothing_of_ours(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        test_fixtures="""
        import pytest

        @pytest.mark.ringback(retries=3, seed=7)
        def test_story(ringback, async_ringback, make_ringback): pass
        """
    )
    imported = modules(pytester, "-pringback", "--collect-only")
    ours = {name for name in imported if name.split(".")[0] in OURS}
    assert ours == {"pytest_ringback", "pytest_ringback.plugin"}


# -- how it is loaded ------------------------------------------------------------------------------

STORY = """
def test_story(ringback):
    ringback.receiver(APP)
    assert speak(ringback) == 200
    ringback.run_until_idle()
"""


@pytest.mark.parametrize("name", ["ringback", "pytest_ringback.plugin"])
def test_it_is_loaded_by_name_where_nothing_is_loaded_by_itself(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    write(pytester, STORY)
    result = pytester.runpytest_inprocess("-c/dev/null", "--rootdir=.", f"-p{name}")
    result.assert_outcomes(passed=1)


def test_it_is_left_out_by_name(pytester: pytest.Pytester) -> None:
    result = run(pytester, STORY, "-pno:ringback", conftest="")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E       fixture 'ringback' not found"])


def test_its_marker_is_registered(pytester: pytest.Pytester) -> None:
    result = run(pytester, STORY, "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.ringback(strict=True, [*][*]settings): *"])
    suite = "@pytest.mark.ringback(retries=0)" + STORY
    run(pytester, suite, "--strict-markers").assert_outcomes(passed=1)


# -- coroutines ------------------------------------------------------------------------------------

COROUTINE = """
async def test_story(async_ringback):
    async def app(scope, receive, send):
        # On the test's own loop, so that it may share what the test has.
        assert asyncio.get_running_loop() is loop
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": next(statuses), "headers": []})
        await send({"type": "http.response.body", "body": b""})

    loop, statuses = asyncio.get_running_loop(), iter((503, 204))
    async_ringback.connect(APP, app)
    assert await asyncio.to_thread(speak, async_ringback) == 200
    await async_ringback.run_until_idle()
    assert async_ringback.deliveries.only().timeline == ["+0s POST 503", "+30s POST 204"]

async def test_next(async_ringback):
    assert async_ringback.clock.elapsed == 0
    assert not async_ringback.deliveries
"""
ANYIO = """
pytestmark = pytest.mark.anyio

@pytest.fixture
def anyio_backend():
    return {backend!r}
"""
ONE_LOOP = "pytest-asyncio, one loop"
ASYNC_PLUGINS = {
    "pytest-asyncio, strict": ("asyncio_mode = strict\n", "pytestmark = pytest.mark.asyncio\n"),
    "pytest-asyncio, auto": ("asyncio_mode = auto\n", ""),
    ONE_LOOP: ("asyncio_mode = auto\nasyncio_default_test_loop_scope = session\n", ""),
    "anyio": ("", ANYIO.format(backend="asyncio")),
    "anyio, with options": ("", ANYIO.format(backend=("asyncio", {"debug": True}))),
}


@pytest.mark.parametrize("name", ASYNC_PLUGINS)
def test_the_awaitable_fixture_works_under_every_async_plugin(
    pytester: pytest.Pytester, name: str
) -> None:
    if name == ONE_LOOP and version("pytest-asyncio").startswith("0."):
        pytest.skip("it has this option from 1.0 on")
    ini, head = ASYNC_PLUGINS[name]
    run(pytester, head + COROUTINE, ini=ini).assert_outcomes(passed=2)


@pytest.mark.parametrize("clock", ["real", "x1000"])
def test_a_clock_that_flows_ends_with_its_loop(pytester: pytest.Pytester, clock: str) -> None:
    suite = f"""
@pytest.mark.ringback(clock={clock!r}, allow_pending=True)
@pytest.mark.asyncio
async def test_story(async_ringback):
    async_ringback.receiver(APP, replies=[503])
    async_ringback.submit("Hello", callback=HOOK)
    while not async_ringback.deliveries.only().attempts:
        await asyncio.sleep(0)
"""
    run(pytester, suite).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "head",
    [
        ANYIO.format(backend="trio"),
        ANYIO.format(backend=("trio", {"restrict_keyboard_interrupt_to_checkpoints": True})),
        # As pytest-trio marks its tests.
        "pytestmark = [pytest.mark.trio, pytest.mark.asyncio]\n",
    ],
)
def test_trio_is_sent_to_the_blocking_fixture(pytester: pytest.Pytester, head: str) -> None:
    suite = """
async def test_story(async_ringback):
    pass
"""
    result = run(pytester, head + suite, ini="markers = trio\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at setup of test_story* _*",
            "async_ringback runs on asyncio, and this test runs on trio. Take the fixture ringback,"
            " and call its verbs in a thread:"
            " await anyio.to_thread.run_sync(ringback.advance, 30).",
            "=*",
        ],
        consecutive=True,
    )


def test_without_the_fixture_another_loop_is_refused_likewise() -> None:
    entering = AsyncEmulator().__aenter__()
    with pytest.raises(WrongFace, match=r"await anyio\.to_thread\.run_sync"):
        entering.send(None)  # as any loop but asyncio's would


# -- workers ---------------------------------------------------------------------------------------


def test_what_a_test_says_survives_the_way_from_a_worker(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = """
@pytest.mark.parametrize("number", [1, 2])
def test_fails(ringback, number):
    ringback.receiver(APP)
    ringback.submit("Hello", callback=f"{APP}/{number}")
    ringback.run_until_idle()
    assert False

def test_leaves(ringback):
    ringback.submit("Hello", callback=HOOK)

@pytest.mark.ringback(retris=3)
def test_marked():
    pass
"""
    write(pytester, suite)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_subprocess(
        "-c/dev/null", "--rootdir=.", "-pxdist", "-pringback", "-n1", "--junitxml=report.xml"
    )
    result.assert_outcomes(passed=1, failed=2, errors=2)
    shown = re.findall(r" ringback timeline -+\nPOST (\S+) ", result.stdout.str())
    assert sorted(shown) == [f"https://app.example/{path}" for path in ("1", "2", "hook")]
    result.stdout.fnmatch_lines(
        ["@pytest.mark.ringback: unknown keyword 'retris'; did you mean 'retries'?"]
    )
    report = (pytester.path / "report.xml").read_text()
    assert report.count('name="ringback_timeline"') == 3


def test_a_worker_is_told_why_a_fixed_port_is_in_use(pytester: pytest.Pytester) -> None:
    worker = "def pytest_configure(config): config.workerinput = {}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(pytester, STORY, conftest=worker, ini=f"ringback_port = {port}\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            f"ini option ringback_port: port {port} on 127.0.0.1 is in use; *. Each worker of"
            " pytest-xdist has a server of its own, so a fixed port serves only one"
        ]
    )


# -- freezers --------------------------------------------------------------------------------------

FREEZERS = {
    "freezegun": ("import freezegun", "freezegun.freeze_time('2031-05-06')", "session"),
    "freezegun, imported in the freeze": (
        "import importlib",
        "importlib.import_module('freezegun').freeze_time('2031-05-06')",
        "function",
    ),
    "time-machine": (
        "import time_machine",
        "time_machine.travel('2031-05-06', tick=False)",
        "session",
    ),
}


@pytest.mark.parametrize(("imports", "freeze", "scope"), FREEZERS.values(), ids=FREEZERS)
def test_a_freeze_around_the_fixtures_changes_no_clock_of_ours(
    pytester: pytest.Pytester, imports: str, freeze: str, scope: str
) -> None:
    conftest = f"""
import pytest
{imports}

@pytest.fixture(scope="{scope}", autouse=True)
def frozen():
    with {freeze}:
        yield
"""
    suite = """
import datetime
import threading

@pytest.mark.parametrize("turn", [1, 2])
def test_story(ringback, turn):
    assert datetime.datetime.now().year == 2031
    ringback.receiver(APP, replies=[503, 204])
    assert speak(ringback) == 200
    ringback.run_until_idle()
    assert ringback.deliveries.only().offsets == [0, 30]

@pytest.mark.asyncio
async def test_async(async_ringback):
    async_ringback.receiver(APP, replies=["timeout", 204])
    async_ringback.submit("Hello", callback=HOOK)
    await async_ringback.run_until_idle()
    assert async_ringback.deliveries.only().offsets == [0, 40]

@pytest.mark.ringback(clock="x1000000")
def test_flowing(ringback):
    delivered = threading.Event()

    def note(fact):
        if fact.name == "attempt.finished" and fact.state == "delivered":
            delivered.set()

    ringback.journal.on_append = note
    ringback.receiver(APP, replies=[503, 204])
    assert speak(ringback) == 200
    assert delivered.wait(timeout=20)
"""
    write(pytester, suite, conftest=conftest)
    # A process of its own: what is imported inside a freeze, and before, makes the difference.
    result = pytester.runpytest_subprocess(*OPTIONS, timeout=60)
    result.assert_outcomes(passed=4)
