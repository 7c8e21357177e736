"""Two hundred tests leave no more behind than ten, and the server's end is not waited for."""

import socket
import threading
import time

import pytest

from ringback.serving.server import Server
from tests.e2e.suites import run

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

TWO_HUNDRED = """
import gc
import os
import threading

found = {}

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

def module_of(it):
    return str(getattr(type(it), "__module__", ""))

def count():
    gc.collect()
    return {
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),
        "objects": sum(module_of(it).startswith("ringback") for it in gc.get_objects()),
    }

@pytest.mark.parametrize("turn", range(200))
def test_story(ringback, async_ringback, make_ringback, turn):
    made = make_ringback(clock="x100")
    for emulator in (ringback, async_ringback, made):
        emulator.connect(APP, app)
        assert speak(emulator) == 200
    ringback.run_until_idle()
    asyncio.run(async_ringback.run_until_idle())
    made.run_until_idle()
    if turn in (10, 199):
        found[turn] = count()
    if turn == 199:
        # What one test leaves would be there 189 times; a thread that is about to end, but once.
        for what, count_then in found[10].items():
            assert found[199][what] < count_then + 9, what
"""


def test_two_hundred_tests_leave_no_thread_no_file_and_no_object(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, TWO_HUNDRED, "-q")
    result.assert_outcomes(passed=200)


THOUSAND = """
import gc
import os
import threading
import tracemalloc

found = {}

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

def count():
    gc.collect()
    ours = tracemalloc.Filter(True, "*ringback*")
    traced = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
    return {
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),
        "tasks": sum(isinstance(each, asyncio.Task) for each in gc.get_objects()),
        "megabytes": sum(each.size for each in traced) / 1e6,
    }

@pytest.mark.parametrize("turn", range(1000))
def test_story(ringback, async_ringback, turn):
    if turn == 0:
        tracemalloc.start()
    for emulator in (ringback, async_ringback):
        emulator.connect(APP, app, faults=[503])
        assert speak(emulator) == 200
    ringback.run_until_idle()
    asyncio.run(async_ringback.run_until_idle())
    if turn in (100, 999):
        found[turn] = count()
    if turn == 999:
        tracemalloc.stop()
        grown = {what: found[999][what] - then for what, then in found[100].items()}
        assert grown.pop("megabytes") < 1, grown
        assert max(grown.values()) < 9, grown  # what one test leaves would be there 899 times
"""


def test_a_thousand_tests_leave_no_thread_no_file_no_task_and_no_megabyte(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, THOUSAND, "-q")
    result.assert_outcomes(passed=1000)


def test_the_session_leaves_no_thread_of_the_server(pytester: pytest.Pytester) -> None:
    suite = """
import threading

def test_story(ringback_server):
    assert ringback_server.url
    assert [each for each in threading.enumerate() if each.name == "ringback server"]
"""
    before = names_of_threads()
    run(pytester, suite).assert_outcomes(passed=1)
    assert names_of_threads() == before


def test_the_server_ends_at_once_though_clients_keep_their_connections() -> None:
    took = [1.0]
    # On a busy machine the fastest of many shows what is not waited for.
    while min(took) >= 0.05 and len(took) < 100:
        server = Server()
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert client.recv(1) == b"H"
            began = time.perf_counter()
            server.stop()
            took.append(time.perf_counter() - began)
    # uvicorn's own end takes a tenth of a second at best.
    assert min(took) < 0.05


def names_of_threads() -> list[str]:
    """The threads of this process that are ours."""
    return sorted(each.name for each in threading.enumerate() if "ringback" in each.name)
