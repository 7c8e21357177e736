"""What an attempt costs in bulk, in CPU: message, machine, journal and clock, all of it."""

from statistics import median

import pytest

from tests.benchmarks.measuring import Table, alternate, fresh

pytestmark = pytest.mark.benchmark


def test_ten_thousand_deliveries_of_eleven_attempts(table: Table) -> None:
    """Beside one thousand: what grows is the work of Python's collector, not ours."""
    pairs = alternate(lambda: fresh("walk", 10_000), lambda: fresh("walk", 1000), rounds=3)
    table.figure(
        "CPU per attempt: 10,000 deliveries of 11 attempts in process",
        median(pairs.ours) * 1e6,
        "µs",
        budget=60,
        gate=150,
    )
    table.ratio(
        "CPU per attempt: 10,000 deliveries of 11 attempts / 1,000 of 11",
        pairs,
        "µs",
        scale=1e6,
        gate=3,
    )


@pytest.mark.parametrize("pending", [10_000, 100_000])
def test_an_attempt_costs_the_same_however_many_are_pending(table: Table, pending: int) -> None:
    """A thousand attempts while so many deliveries are pending, beside no more than those."""
    pairs = alternate(lambda: fresh("wave", pending), lambda: fresh("wave", 1000), rounds=3)
    table.ratio(
        f"CPU per attempt: {pending:,} deliveries pending / 1,000 pending",
        pairs,
        "µs",
        scale=1e6,
        budget=1.2,
        gate=2,
    )
