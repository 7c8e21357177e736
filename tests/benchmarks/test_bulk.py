"""What an attempt costs in bulk, in CPU: message, machine, journal, clock, all of it.

    python tests/benchmarks/test_bulk.py walk 10000
    python tests/benchmarks/test_bulk.py wave 100000

measure once, in a Python of their own, and print what an attempt cost, in seconds.
"""

import gc
import json
import sys
import time
from typing import TYPE_CHECKING

import pytest
from ringback import Emulator, Settings

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench

pytestmark = pytest.mark.benchmark

ATTEMPTS = 11
WAVE = 1000
TEXT = "Your order has been packed, and it will be with you on Tuesday."
CALLBACK = "https://app.example/done"


def walk(deliveries: int) -> float:
    """CPU per attempt where all of *deliveries* fail eleven times."""
    with Emulator() as ringback:
        ringback.receiver("https://app.example", replies=[500])
        for _ in range(deliveries):
            ringback.submit(TEXT, callback=CALLBACK)
        begun = time.process_time()
        attempts = ringback.run_until_idle()
        spent = time.process_time() - begun
    assert len(attempts) == deliveries * ATTEMPTS
    return spent / len(attempts)


def wave(pending: int) -> float:
    """CPU per attempt where `WAVE` deliveries are due, and the rest of *pending* is due later."""
    with Emulator(Settings(processing_time=60)) as ringback:
        ringback.receiver("https://app.example", replies=[500])
        for _ in range(WAVE):
            ringback.submit(TEXT, callback=CALLBACK)
        ringback.advance(1)
        for _ in range(pending - WAVE):
            ringback.submit(TEXT, callback=CALLBACK)
        gc.collect()  # what the submissions left to the collector is not the attempts' to pay
        begun = time.process_time()
        attempts = ringback.advance_to(60)
        spent = time.process_time() - begun
        assert len(attempts) == WAVE
        assert len(ringback.pending) == pending
    return spent / len(attempts)


def test_ten_thousand_deliveries(bench: "Bench") -> None:
    """Ten thousand deliveries of eleven attempts each, beside one thousand."""
    pairs = bench.alternate(
        lambda: bench.fresh("test_bulk.py", "walk", 10_000),
        lambda: bench.fresh("test_bulk.py", "walk", 1_000),
        rounds=5,
    )
    bench.figure(
        "CPU per attempt, 10,000 deliveries × 11 attempts in process",
        pairs.typical * 1e6,
        "µs",
        at_most=60,
        gate=150,
    )
    bench.ratio(
        "CPU per attempt, 10,000 deliveries × 11 / 1,000 × 11", pairs, "µs", factor=1e6, gate=2.5
    )


@pytest.mark.parametrize("pending", [10_000, 100_000])
def test_many_pending(bench: "Bench", pending: int) -> None:
    """A thousand attempts while many more deliveries are pending, beside no more."""
    pairs = bench.alternate(
        lambda: bench.fresh("test_bulk.py", "wave", pending),
        lambda: bench.fresh("test_bulk.py", "wave", WAVE),
        rounds=5,
    )
    bench.ratio(
        f"CPU per attempt, {pending:,} pending / {WAVE:,} pending",
        pairs,
        "µs",
        factor=1e6,
        at_most=1.1,
        gate=2,
    )


if __name__ == "__main__":
    print(json.dumps({"walk": walk, "wave": wave}[sys.argv[1]](int(sys.argv[2]))))
