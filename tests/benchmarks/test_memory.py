"""What a pending delivery occupies: 100,000 of them, of one text, so with one audio."""

import pytest

from tests.benchmarks.measuring import Table, fresh

pytestmark = pytest.mark.benchmark

DELIVERIES = 100_000


def test_memory_per_pending_delivery(table: Table) -> None:
    """Resident memory. What the journal and the log of requests keep of it is counted apart."""
    alone = fresh("memory", DELIVERIES)
    together = fresh("memory-with-records", DELIVERIES)
    table.figure("memory per pending delivery: 100,000 of them", alone, "B", budget=600, gate=800)
    table.figure(
        "memory of its records apart: journal, request log", together - alone, "B", gate=1000
    )
