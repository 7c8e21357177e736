"""How many answers a second `/v1/speak` gives, with everything on.

The reference is a starlette application with one bare route that returns the same body, on the same
uvicorn with the same options: it reads nothing, checks nothing and remembers nothing.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ringback import Emulator

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench

pytestmark = pytest.mark.benchmark

CONNECTIONS = 16
REQUESTS = 1500
TEXT = "Your order has been packed, and it will be with you on Tuesday."


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    """An emulator with a server of its own."""
    with Emulator() as emulator:
        yield emulator


class Bare:
    """The reference."""

    def __init__(self, body: bytes, pieces: int) -> None:
        import uvicorn
        from ringback.clock.real import LoopThread
        from starlette.applications import Starlette
        from starlette.requests import Request
        from starlette.responses import Response, StreamingResponse
        from starlette.routing import Route
        from ringback.serving.server import _listen

        async def speak(request: Request) -> Response:
            if pieces:
                async def gen():
                    yield body[:1021]
                    yield body[1021:]
                return StreamingResponse(gen(), media_type="audio/mpeg")
            return Response(body, media_type="audio/mpeg")

        app = Starlette(routes=[Route("/v1/speak", speak, methods=["POST"])])
        sock = _listen("127.0.0.1", 0)
        self.port = sock.getsockname()[1]
        config = uvicorn.Config(app, http="h11", ws="none", loop="none", lifespan="off", access_log=False, log_config=None, date_header=False, server_header=False)
        self._uvicorn = uvicorn.Server(config)
        self._thread = LoopThread("bare")
        async def start():
            config.load()
            self._uvicorn.lifespan = config.lifespan_class(config)
            await self._uvicorn.startup(sockets=[sock])
        self._thread.submit(start()).result()

    def stop(self):
        async def stop():
            for server in self._uvicorn.servers:
                server.close()
        self._thread.submit(stop()).result()
        self._thread.stop()

def rate(port: int, request: bytes, cpu=False) -> float:
    """Answers per second."""
    command = [sys.executable, "-S", str(Path(__file__).with_name("load.py")), str(port), str(CONNECTIONS), str(REQUESTS)]
    c=time.process_time()
    done = subprocess.run(command, input=request, capture_output=True, check=True)
    if cpu: return REQUESTS/(time.process_time()-c)
    return REQUESTS / json.loads(done.stdout)


@pytest.mark.parametrize("cpu",[0,1])
@pytest.mark.parametrize("pieces",[0,1])
@pytest.mark.parametrize("callback",[0,1])
def test_x(bench: "Bench", ringback: Emulator, pieces, cpu, callback) -> None:
    body = json.dumps({"text": TEXT}).encode()
    q = "callback=https%3A%2F%2Fapp.example%2Fdone&" if callback else ""
    request = f"POST /v1/speak?{q}model=aura-2-thalia-en HTTP/1.1\r\nhost: localhost\r\nauthorization: Token {ringback.api_key}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    port = int(ringback.url.rpartition(":")[2])
    audio = ringback.submit(TEXT, callback="https://app.example/")
    if callback and pieces: return
    ref = b'{"request_id":"5abfafde-6ca6-4f26-b91d-93b9a03d46e1"}' if callback else audio.audio
    b = Bare(ref, pieces)
    try:
        pairs = bench.alternate(lambda: rate(port, request, cpu), lambda: rate(b.port, request,cpu), 5)
    finally:
        b.stop()
    bench.ratio(f"speak answers callback={callback} pieces {pieces} {cpu and 'per cpu s' or ''}", pairs, "/s", at_least=0.8)
