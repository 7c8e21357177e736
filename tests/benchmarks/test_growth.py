"""Cost against work: ten times the work costs ten times as much, and no more."""

import math

import pytest

from tests.benchmarks.growing import AMOUNTS, STEEPEST, exponent, measured
from tests.benchmarks.measuring import Table


@pytest.mark.benchmark
@pytest.mark.parametrize("kind", AMOUNTS)
def test_cost_grows_no_faster_than_work(table: Table, kind: str) -> None:
    least, most = min(AMOUNTS[kind]), max(AMOUNTS[kind])
    table.figure(
        f"the power by which CPU grows, {least:,} to {most:,} {kind}",
        exponent(measured(kind, rounds=1)),
        "",
        budget=1.1,
        gate=STEEPEST,
    )


@pytest.mark.parametrize("kind", AMOUNTS)
def test_a_curve_that_is_steeper_than_linear_is_known(kind: str) -> None:
    """Whatever is paid once."""

    def power(cost: float) -> float:
        return exponent({amount: 0.5 + amount**cost / 1000 for amount in AMOUNTS[kind]})

    assert power(1) == pytest.approx(1, abs=0.01)
    assert power(1.1) < STEEPEST < power(1.4)
    assert power(2) == pytest.approx(2, abs=0.1)
    assert exponent({n: n * math.log(n + 1) for n in AMOUNTS[kind]}) > 1
