"""Scenario files played in this process, or shared among several."""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from ringback.core.base.dataclass import dataclass
from ringback.faces.playing import play_scenario
from ringback.scenario.batch import Batch
from ringback.scenario.choosing import everything, read_choice
from ringback.scenario.finding import STDIN
from ringback.scenario.printing import tracked
from ringback.scenario.reading import ScenarioFile
from ringback.scenario.report import Report
from ringback.scenario.staging import Over

WORTH = {"process": 500, "sockets": 30}
"""For how many files a process more is worth its start, which takes half a second."""

_AT_ONCE = 16
"""How many files a process is handed at a time, so that none has to wait for the slowest."""


@dataclass(frozen=True, slots=True)
class How:
    """*over* what, and *to* which application, those scenarios are played that *choice* means."""

    over: Over = "process"
    to: str | None = None
    choice: str = ""

    def play(self, file: ScenarioFile) -> Report:
        """Play one of them."""
        return play_scenario(file, over=self.over, to=self.to)


def play_all(paths: Sequence[Path], how: How, processes: int = 1) -> Batch:
    """Play *paths* in so many processes, and count them in order. 0: as many as are worth it."""
    if processes == 0:
        processes = min(os.cpu_count() or 1, len(paths) // WORTH[how.over])
    if processes <= 1 or len(paths) <= 1 or STDIN in paths:
        return _play(paths, how, shown=True)
    shares = [paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE)]
    batch = Batch()
    # Spawned, for a process that has threads cannot be forked safely.
    with ProcessPoolExecutor(
        min(processes, len(shares)), get_context("spawn"), initializer=_leave_interrupts
    ) as pool:
        try:
            for played in tracked([pool.submit(_play, share, how) for share in shares]):
                batch.extend(played.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return batch


def _play(paths: Sequence[Path], how: How, *, shown: bool = False) -> Batch:
    choice = read_choice(how.choice) if how.choice else everything
    batch = Batch()
    for path in tracked(paths) if shown else paths:
        batch.add(path, how.play, choice)
    return batch


def _leave_interrupts() -> None:
    """Leave it to the process that everybody looks at to say that it was interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
