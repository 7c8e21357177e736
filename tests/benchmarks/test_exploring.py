"""What it costs to try every history, and what a battery of checks takes."""

import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from examples.fastapi_sqlite.announcements import Announcements
from ringback import Emulator, Settings, check, explore
from ringback.exploring.exploring import _Explorer, _read_faults
from tests.benchmarks.measuring import CALLBACK, ORIGIN, TEXT, Table, alternate

pytestmark = pytest.mark.benchmark

FAULTS = (500, "timeout", "answer lost", "duplicate")

app = FastAPI()
stored: set[str] = set()


@app.post("/done")
async def done(request: Request) -> Response:
    """Take a callback, and nothing more."""
    stored.add(request.headers["dg-request-id"])
    return Response(status_code=204)


def is_stored(ringback: Emulator) -> Generator[None, None, None]:
    """Told to the bare handler."""
    stored.clear()
    ringback.connect(ORIGIN, app)
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    yield
    assert stored == {delivery.request_id}


def is_delivered(ringback: Emulator) -> Generator[None, None, None]:
    """Told to a receiver by script."""
    ringback.receiver(ORIGIN)
    delivery = ringback.submit(TEXT, callback=CALLBACK)
    yield
    assert delivery.state == "delivered"


def three_are_delivered(ringback: Emulator) -> Generator[None, None, None]:
    """Told to the same, three times at once."""
    ringback.receiver(ORIGIN)
    for _ in range(3):
        ringback.submit(TEXT, callback=CALLBACK)
    yield
    assert not ringback.pending


@pytest.mark.parametrize(
    ("story", "whom", "budget", "gate"),
    [(is_delivered, "a scripted receiver", 0.4, 4), (is_stored, "FastAPI's handler", 1.33, 10)],
)
def test_a_history(
    table: Table,
    story: Callable[[Emulator], Generator[None, None, None]],
    whom: str,
    budget: float,
    gate: float,
) -> None:
    """Processor time for one history, on one core: the best of several runs."""
    spans = []
    for _ in range(7):
        begun = time.process_time()
        tried = explore(story, FAULTS, 4).histories
        spans.append((time.process_time() - begun) / tried)
    table.figure(f"explore, one history, {whom}", min(spans) * 1e3, "ms", budget=budget, gate=gate)


def test_what_is_saved_by_trying_no_order_that_nobody_can_tell(table: Table) -> None:
    """Three deliveries at one moment, some of whose attempts reach no receiver."""

    def spent(*, reduced: bool) -> float:
        explorer = _Explorer(
            three_are_delivered,
            _read_faults(["refused", "timeout"]),
            1,
            Settings(),
            interleavings=True,
            strict=True,
            find_all=False,
            reduced=reduced,
        )
        begun = time.process_time()
        explorer.explore(None, 0, (0, 1))
        return time.process_time() - begun

    pairs = alternate(lambda: spent(reduced=True), lambda: spent(reduced=False), rounds=3)
    table.ratio(
        "explore, 3 deliveries, orders reduced / all orders",
        pairs,
        "s",
        budget=0.5,
        gate=0.9,
    )


def test_the_battery_against_an_application(table: Table, tmp_path: Path) -> None:
    """It speaks of minutes, and takes a second."""
    made = Announcements(tmp_path / "announcements.db")
    begun = time.perf_counter()
    report = check(
        made.api,
        path="/spoken",
        auth=("ada", "s3cret"),
        stored=lambda: [request_id for request_id, _ in made.kept()],
    )
    took = time.perf_counter() - begun
    assert report.passed, str(report)
    table.figure("check, FastAPI and SQLite", took, "s", budget=5, gate=30)
