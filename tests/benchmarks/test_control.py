"""What the control API costs, beside the same done by hand and beside the verbs in process."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ringback import Client, Emulator
from ringback.serving import server as serving
from tests.benchmarks.measuring import ATTEMPTS, CALLBACK, ORIGIN, TEXT, Table, alternate
from tests.benchmarks.test_speak_rate import rate

pytestmark = pytest.mark.benchmark

PATH = "/_ringback/clock"


@contextmanager
def by_hand(ringback: Emulator) -> Iterator[int]:
    """The route that says how the clock stands, as one writes it on starlette; gives its port."""

    async def clock(_: Request) -> JSONResponse:
        clock, due = ringback.clock, ringback.clock.next_due
        return JSONResponse(
            {
                "mode": ringback.settings.clock,
                "now": clock.now.isoformat(),
                "elapsed": clock.elapsed,
                "next_due": due,
                "pending": len(ringback.pending),
                "in_flight": len(ringback._service.clock.tokens),
            }
        )

    app = Starlette(routes=[Route(PATH, clock)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "Application", lambda *_: app)
        server = serving.Server()
    try:
        yield server.port
    finally:
        server.stop()


def test_how_the_clock_stands(table: Table) -> None:
    """Beside the same route by hand, which has neither a guard nor tenants nor a model."""
    with Emulator() as ringback, by_hand(ringback) as theirs:
        ringback.submit(TEXT, callback=CALLBACK)
        ours = int(ringback.url.rpartition(":")[2])
        Client(ringback.url).clock.settle()  # the first request imports what the others need

        def asked(port: int) -> Callable[[], float]:
            request = f"GET {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()
            return lambda: rate(port, request)

        pairs = alternate(asked(ours), asked(theirs), rounds=9)
    table.ratio(
        "answers per CPU second: GET clock / the same route by hand on starlette",
        pairs,
        budget=0.7,
        gate=0.45,
        more=True,
    )


def test_eleven_attempts_over_http(table: Table) -> None:
    """`clock/idle` over HTTP, all attempts in its answer, beside `run_until_idle()` in process."""
    with Emulator() as ringback:
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=60)

        def over_http() -> float:
            ringback.submit(TEXT, callback=CALLBACK)
            begun = time.perf_counter()
            connection.request("POST", f"{PATH}/idle")
            answer = connection.getresponse().read()
            took = time.perf_counter() - begun
            assert len(json.loads(answer)["attempts"]) == ATTEMPTS
            return took

        def in_process() -> float:
            ringback.submit(TEXT, callback=CALLBACK)
            begun = time.perf_counter()
            made = ringback.run_until_idle()
            took = time.perf_counter() - begun
            assert len(made) == ATTEMPTS
            return took

        def best(work: Callable[[], float]) -> float:
            return min(work() for _ in range(40))

        ringback.receiver(ORIGIN, replies=[500])
        with closing(connection):
            pairs = alternate(lambda: best(over_http), lambda: best(in_process), rounds=7)
    table.ratio(
        "eleven attempts: clock/idle over HTTP / the verb in process",
        pairs,
        "ms",
        scale=1000,
        budget=5,
        gate=12,
    )
