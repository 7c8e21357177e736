"""`serve` to its first answer, beside other servers that stand in for HTTP services.

What is judged is CPU, for the other core is not always there. Real time is told with it.
"""

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks import starting
from tests.benchmarks.measuring import Pairs, Table, alternate
from tests.benchmarks.rivals import RIVALS

pytestmark = [pytest.mark.benchmark, pytest.mark.needs_tool]


@pytest.mark.parametrize("name", RIVALS)
def test_serve_to_its_first_answer(
    table: Table, environment: dict[str, str], tmp_path: Path, name: str
) -> None:
    """Ours makes 20 KB of audio for it; theirs is at hand."""
    rival = RIVALS[name]
    for tool in ("npm", rival.tool):
        if shutil.which(tool) is None:
            pytest.skip(f"{name} needs {tool}")
    ours = starting.Start(starting.ours, environment)
    theirs = starting.Start(
        partial(rival.command, tmp_path), environment, status=rival.status, least=rival.least
    )
    pairs = alternate(ours, theirs, rounds=5)
    what = f"`serve` to its first answer / {name}'s"
    table.ratio(f"CPU of {what}", pairs, "ms", scale=1e3, gate=1)
    real = Pairs(ours.real[1:], theirs.real[1:])  # the first round is not counted
    table.ratio(f"real time of {what}", real, "ms", scale=1e3, gate=2)
