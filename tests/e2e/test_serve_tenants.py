"""`ringback serve --tenants` as a process of its own."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from ringback.core.request.keys import identifier_of
from tests.e2e.test_standalone import HOOK, Serve, serving

CLIENT = """
import http.client, json, sys
port, number = map(int, sys.argv[1:])
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
def ask(method, path, said=None):
    headers = {"authorization": f"Token key-{number}", "content-type": "application/json"}
    connection.request(method, path, None if said is None else json.dumps(said), headers)
    return json.loads(connection.getresponse().read())
replies = [503] * (number % 3) + [204]
ask("POST", "/_ringback/receivers", {"origin": "https://app.example", "replies": replies})
ask("POST", "/v1/speak?callback=https://app.example/hook", {"text": "Hello"})
ask("POST", "/_ringback/clock/advance", {"seconds": number})
ask("POST", "/_ringback/clock/idle", {})
(delivery,) = ask("GET", "/_ringback/deliveries")["deliveries"]
elapsed = ask("GET", "/_ringback/clock")["elapsed"]
assert delivery["statuses"] == replies, delivery
assert elapsed == max(number, 30 * (number % 3)), elapsed
"""


def control(served: Serve, key: str, path: str, said: object = None) -> object:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as connection:
        headers = {"authorization": f"Token {key}", "content-type": "application/json"}
        method = "GET" if said is None else "POST"
        body = None if said is None else json.dumps(said)
        connection.request(method, f"/_ringback/{path}", body, headers)
        return json.loads(connection.getresponse().read())


def test_its_lines_say_whose_they_are_and_its_end_what_was_pending() -> None:
    alice, bob = identifier_of("alice"), identifier_of("bob")
    with serving("--tenants", "--clock", "paused") as served:
        first = served.speak(key="alice")
        second = served.speak(key="bob")
        control(served, "alice", "clock/settle", {})
        said = [served.line() for _ in range(5)]
        end = served.end(signal.SIGTERM)
    assert said[:4] == [
        f"tenant {alice} begins, of 1\n",
        f"+0s speak 200 accepted request={first} callback={HOOK} tenant={alice[:8]}\n",
        f"tenant {bob} begins, of 2\n",
        f"+0s speak 200 accepted request={second} callback={HOOK} tenant={bob[:8]}\n",
    ]
    assert said[4].startswith(f"+0s attempt 1 POST {HOOK}")
    assert said[4].endswith(f" tenant={alice[:8]}\n")
    assert end == (
        0,
        "".join(
            f"ringback stopped with 1 delivery pending tenant={whose[:8]}\n"
            f"pending request={request} callback={HOOK} tenant={whose[:8]}\n"
            for whose, request in ((alice, first), (bob, second))
        ),
        "",
    )


def test_who_makes_room_is_a_line() -> None:
    alice = identifier_of("alice")
    with serving("--tenants", "--clock", "paused", "--max-tenants", "1") as served:
        control(served, "alice", "clock")
        control(served, "bob", "clock")
        lines = [served.line() for _ in range(3)]
    assert lines[2] == (
        f"tenant {alice} is evicted, for there is room for 1; with it go 0 deliveries, 0 requests\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--max-tenants", "3"), "--max-tenants is about tenants: add --tenants"),
        (("--tenant-idle", "3"), "--tenant-idle is about tenants: add --tenants"),
        (("--tenants", "--max-tenants", "0"), "0 is not in the range"),
        (("--tenants", "--tenant-idle", "0"), "0.0 is not in the range"),
        (("--tenants", "--set", "api_key=mine"), "api_key fixes one key"),
        (("--tenants", "--connect", "https://app.example=nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: tuple[str, ...], message: str) -> None:
    command = [sys.executable, "-m", "ringback", "serve", "--port", "0", *options]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    assert message in re.sub(r"\s+", " ", result.stderr)
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_two_hundred_processes_share_one_server() -> None:
    with serving("--tenants", "--clock", "paused") as served:
        waiting = list(range(200))
        running: list[subprocess.Popen[bytes]] = []
        while waiting or running:
            while waiting and len(running) < 4 * (os.cpu_count() or 1):
                command = [sys.executable, "-S", "-c", CLIENT, str(served.port), str(waiting.pop())]
                running.append(subprocess.Popen(command))
            assert running.pop(0).wait(60) == 0
