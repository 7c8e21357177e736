"""What it takes to be there: modules that are imported, and `serve` to its first answer.

All is CPU of processes of their own, with the bytecode at hand, as after an installation.
"""

import subprocess
import sys
import time

import pytest

from tests.benchmarks import starting
from tests.benchmarks.measuring import Table, alternate

pytestmark = pytest.mark.benchmark

SERVER = "import ringback.faces.emulator, ringback.serving.server"
BARE = "import starlette.applications, uvicorn, uvicorn.protocols.http.h11_impl"

STARLETTE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def speak(request):
    await request.json()
    return Response(bytes(20_000), media_type="audio/mpeg")

app = Starlette(routes=[Route("/v1/speak", speak, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), http="h11", log_level="error")
"""

FLASK = """
import logging, sys
from flask import Flask, Response, request

logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = Flask("app")

@app.post("/v1/speak")
def speak():
    request.get_json()
    return Response(bytes(20_000), mimetype="audio/mpeg")

app.run(host="127.0.0.1", port=int(sys.argv[1]))
"""


def imported(program: str, environment: dict[str, str]) -> float:
    """Seconds of CPU that a fresh Python takes to run *program*."""
    command = [sys.executable, "-c", f"{program}\nimport time\nprint(time.process_time())"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True)
    return float(done.stdout)


def until_ready(environment: dict[str, str]) -> float:
    """Real seconds from the start of `serve` to its ready line."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "ringback", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ringback ready ")
        took = time.perf_counter() - begun
        process.kill()
    return took


def executed(environment: dict[str, str]) -> float:
    """Real seconds of `exec` around a command that does nothing, from its start to its end."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "ringback", "exec", "--", "/bin/true"]
    subprocess.run(command, env=environment, check=True)
    return time.perf_counter() - begun


def test_what_exec_adds_to_a_command(table: Table, environment: dict[str, str]) -> None:
    pairs = alternate(lambda: executed(environment), lambda: until_ready(environment), rounds=11)
    table.ratio(
        "`exec` around a command that does nothing / `serve` to its ready line",
        pairs,
        "ms",
        scale=1e3,
        budget=1.3,
        gate=2,
    )


def test_what_a_server_imports(table: Table, environment: dict[str, str]) -> None:
    pairs = alternate(
        lambda: imported(SERVER, environment), lambda: imported(BARE, environment), rounds=11
    )
    table.ratio(
        "CPU to import a server / starlette and uvicorn alone", pairs, "ms", scale=1e3, gate=2
    )


@pytest.mark.parametrize(
    ("name", "script", "budget"),
    [("a bare starlette + uvicorn script's", STARLETTE, 1.2), ("Flask's server's", FLASK, 1.3)],
)
def test_serve_to_its_first_answer(
    table: Table, environment: dict[str, str], name: str, script: str, budget: float
) -> None:
    """20 KB of audio, which only ours has to make."""

    def theirs(port: int) -> list[str]:
        return [sys.executable, "-c", script, str(port)]

    pairs = alternate(
        starting.Start(starting.ours, environment), starting.Start(theirs, environment), rounds=11
    )
    table.ratio(
        f"CPU of `serve` to its first answer / {name}",
        pairs,
        "ms",
        scale=1e3,
        budget=budget,
        gate=2.5,
    )
