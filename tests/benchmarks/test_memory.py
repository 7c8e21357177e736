"""What a pending delivery occupies: 100,000 of them, one text, so one audio.

    python tests/benchmarks/test_memory.py 100000

measures in a Python of its own and prints bytes per delivery. What the journal and the log of
requests keep of it is counted apart.
"""

import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ringback import Emulator

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench

pytestmark = pytest.mark.benchmark

TEXT = "Your order has been packed, and it will be with you on Tuesday."
CALLBACK = "https://app.example/done"


def resident() -> int:
    """Bytes of memory that this process occupies."""
    gc.collect()
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096


def per_delivery(deliveries: int, *, records: bool) -> float:
    """Bytes per pending delivery, with or without the records of how it came about."""
    with Emulator() as ringback:
        for _ in range(1000):  # whatever is made once is made here
            ringback.submit(TEXT, callback=CALLBACK)
        before = resident()
        for number in range(deliveries):
            ringback.submit(TEXT, callback=CALLBACK)
            if not records and number % 100 == 0:
                ringback.requests.clear()
                ringback.journal._facts.clear()
        return (resident() - before) / deliveries


def test_memory_per_pending_delivery(bench: "Bench") -> None:
    """Resident memory, for that is what a machine runs out of."""
    alone = bench.fresh("test_memory.py", 100_000, "alone")
    everything = bench.fresh("test_memory.py", 100_000, "everything")
    bench.figure(
        "memory per pending delivery, 100,000 of them", alone, "B", at_most=600, gate=800
    )
    bench.figure("  its records besides: journal and request log", everything - alone, "B")


if __name__ == "__main__":
    print(json.dumps(per_delivery(int(sys.argv[1]), records=sys.argv[2] == "everything")))
