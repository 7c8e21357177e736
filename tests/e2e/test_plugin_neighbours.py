"""The plugin beside others: what it imports, how it is loaded, loops, workers and freezers."""

import os
import re
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pluggy
import pytest

from ringback import AsyncEmulator, WrongFace
from tests.e2e.suites import OPTIONS, run, write

pytestmark = pytest.mark.slow

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


ALONE = ("-c/dev/null", "--rootdir=.", "--confcutdir=.")
"""Of no configuration, and without a look at the folders around its own."""

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
    result = pytester.runpytest_inprocess(*ALONE, f"-p{name}")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "names",
    [
        ("pytest_ringback", "pytest_ringback.plugin"),
        ("pytest_ringback.plugin", "pytest_ringback"),
    ],
)
def test_it_may_be_asked_for_twice(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    """By the module of its entry point, which is loaded by itself, and by its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    write(pytester, STORY, conftest='pytest_plugins = ["pytest_ringback.plugin"]')
    options = [f"-p{name}" for name in names]
    result = pytester.runpytest_inprocess(*ALONE, *options)
    result.assert_outcomes(passed=1)


def test_what_is_installed_is_searched_for_it_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    searched = []
    real = pluggy.PluginManager.load_setuptools_entrypoints

    def search(self: pluggy.PluginManager, group: str, name: str | None = None) -> int:
        searched.append(name)
        return real(self, group, name)

    monkeypatch.setattr(pluggy.PluginManager, "load_setuptools_entrypoints", search)
    write(pytester, STORY)
    pytester.runpytest_inprocess(*ALONE, "-pringback").assert_outcomes(passed=1)
    assert searched == ["ringback"]


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
        "-c/dev/null",
        "--rootdir=.",
        "--confcutdir=.",
        "-pxdist",
        "-pringback",
        "-n1",
        "--junitxml=report.xml",
    )
    result.assert_outcomes(passed=1, failed=2, errors=2)
    shown = re.findall(r" ringback timeline -+\nPOST (\S+) ", result.stdout.str())
    assert sorted(shown) == [f"https://app.example/{path}" for path in ("1", "2", "hook")]
    result.stdout.fnmatch_lines(
        ["@pytest.mark.ringback: unknown keyword 'retris'; did you mean 'retries'?"]
    )
    report = (pytester.path / "report.xml").read_text()
    assert report.count('name="ringback_timeline"') == 3


WORKER = "def pytest_configure(config): config.workerinput = {'workerid': 'gw1'}"


def test_each_worker_has_the_fixed_port_and_its_number(pytester: pytest.Pytester) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    suite = f"""
def test_story(ringback_server):
    connection = http.client.HTTPConnection("127.0.0.1", {port}, timeout=20)
    connection.request("GET", "/v1/models")  # it listens before its url is asked for
    connection.getresponse()
    connection.close()
    assert ringback_server.port == {port}
"""
    run(pytester, suite, conftest=WORKER, ini=f"ringback_port = {port - 1}\n").assert_outcomes(
        passed=1
    )


def test_a_worker_is_told_why_a_fixed_port_is_in_use(pytester: pytest.Pytester) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(pytester, STORY, conftest=WORKER, ini=f"ringback_port = {port - 1}\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            f"ini option ringback_port: port {port} on 127.0.0.1 is in use; *. It is the option's"
            " port + 1, the number of this worker"
        ]
    )


def test_a_port_that_leaves_a_worker_none_is_refused(pytester: pytest.Pytester) -> None:
    write(pytester, STORY, conftest=WORKER, ini="ringback_port = 65535\n")
    result = pytester.runpytest_subprocess(*OPTIONS)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: ringback_port is 65535, and this worker * have 65536*"])


# -- a proxy, and no sockets -----------------------------------------------------------------------


@pytest.mark.parametrize("excepted", ["", "intern.example"])
def test_the_url_is_reached_though_a_proxy_is_set(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, excepted)
    suite = f"""
import os
import urllib.request

def test_story(ringback):
    headers = {{"Authorization": f"Token {{ringback.api_key}}"}}
    request = urllib.request.Request(f"{{ringback.url}}/v1/models", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
    assert os.environ["NO_PROXY"] == "{excepted},127.0.0.1".lstrip(",")
"""
    run(pytester, suite).assert_outcomes(passed=1)
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == excepted


def test_without_a_proxy_its_variables_are_left_alone(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    suite = """
import os

def test_story(ringback):
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]
"""
    run(pytester, suite).assert_outcomes(passed=1)


FORBIDS_SOCKETS = """
import socket
import pytest

Blocked = type("SocketBlockedError", (RuntimeError,), {"__module__": "pytest_socket"})

class Guarded(socket.socket):
    def __new__(cls, *_args, **_more):
        raise Blocked("A test tried to use socket.socket.")

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.genuine, socket.socket = socket.socket, Guarded

def pytest_runtest_teardown(item):
    socket.socket = item.genuine
"""


def test_no_socket_is_needed_before_the_url_is_asked_for(pytester: pytest.Pytester) -> None:
    suite = """
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

def wsgi(environ, start_response):
    start_response("200 OK", [])
    return []

@pytest.mark.parametrize("to", [app, wsgi])
def test_story(ringback, to):
    ringback.connect(APP, to, faults=[503])
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    assert len(delivery.attempts) == 2

def test_url(ringback):
    with pytest.raises(Exception, match=r"needs one on 127.0.0.1; .* --allow-hosts=127.0.0.1"):
        ringback.url

def test_callback(ringback):
    ringback.connect(APP, "http://127.0.0.1:9")
    ringback.submit("Hello", callback=HOOK)
    with pytest.raises(Exception, match=r"example/hook needs .*--allow-hosts=127.0.0.1"):
        ringback.run_until_idle()
"""
    run(pytester, suite, conftest=FORBIDS_SOCKETS).assert_outcomes(passed=4)


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
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    imports: str,
    freeze: str,
    scope: str,
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
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
    result = pytester.runpytest_subprocess(*OPTIONS, "-pringback", "-pasyncio", timeout=60)
    result.assert_outcomes(passed=4)


def test_a_property_may_make_an_emulator_for_each_example(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = """
import pytest
from hypothesis import given, settings, strategies as st

@settings(max_examples=10, database=None)
@given(st.integers())
def test_makes(make_ringback, number):
    assert not make_ringback().deliveries

@pytest.fixture
def of_the_test():
    return 1

@given(st.integers())
def test_with_another(make_ringback, of_the_test, number):
    make_ringback()
"""
    write(pytester, suite)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    # In a process of its own: our tests go without the plugin of hypothesis.
    result = pytester.runpytest_subprocess(
        "-c/dev/null",
        "--rootdir=.",
        "--confcutdir=.",
        "-pno:cacheprovider",
        "-pringback",
        "-p_hypothesis_pytestplugin",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*test_with_another* uses a function-scoped fixture *"])


# -- any order -------------------------------------------------------------------------------------

IN_ANY_ORDER = """
import random

import pytest
from ringback import explore

APP = "https://app.example"

@pytest.mark.parametrize("retries", range(8))
def test_what_happens_is_the_tests_own(ringback, retries):
    ringback.receiver(APP, replies=[random.choice([500, 503])] * retries + [204])
    delivery = ringback.submit("Hello", callback=f"{APP}/done")
    ringback.run_until_idle()
    assert (delivery.offsets[-1], ringback.clock.elapsed) == (retries * 30, retries * 30)

@pytest.mark.parametrize("number", range(3))
def test_histories_are_the_same(number):
    def story(ringback):
        ringback.receiver(APP, replies=[204])
        ringback.submit("Hello", callback=f"{APP}/done")
        yield

    assert explore(story, ["refused", "answer lost"], 3).histories == 15
"""


@pytest.mark.needs_tool
def test_tests_pass_in_any_order(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pytest-randomly seeds what draws by chance, too, again for each test."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path)]
    subprocess.run([*pip, "pytest-randomly==5.1.0"], check=True, timeout=300)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    write(pytester, IN_ANY_ORDER)
    for seed in ("1", "2", "3"):
        result = pytester.runpytest_subprocess(*OPTIONS, f"--randomly-seed={seed}")
        result.assert_outcomes(passed=11)
        result.stdout.fnmatch_lines([f"Using --randomly-seed={seed}"])
