"""Scenario files, each played on an emulator of its own."""

from contextlib import ExitStack
from typing import Any

from ringback.errors import RingbackError
from ringback.faces.emulator import Emulator
from ringback.scenario.acting.performance import StoryPerformance
from ringback.scenario.acting.scene import set_the_scene
from ringback.scenario.masking import masked
from ringback.scenario.phrasing import for_files
from ringback.scenario.playing import Front, Performance
from ringback.scenario.reading import ScenarioFile
from ringback.scenario.report import Report
from ringback.scenario.staging import NotPlayable, Over, set_up
from ringback.scenario.story.story import Story


def play_scenario(file: ScenarioFile, *, over: Over = "process", to: Any = None) -> Report:
    """Play *file* on an emulator of its own, with the settings that it names.

    *over* `sockets`, the request and every callback travel over HTTP, and the scripted receiver is
    a real one on a loopback port. *to* is a base URL or an application that stands in for the
    receiver of a scenario without a script; one with a script is played to that. A scenario that
    cannot be played here is skipped, and whatever else happens is not raised either: it is the
    report's trouble.
    """
    try:
        if file.scenario.skip:
            raise NotPlayable(file.scenario.skip)
        with ExitStack() as stack:
            emulator, performance = _begun(file, over, to, stack)
            for walk in performance.walks():
                emulator._move("play", walk)
            return performance.report()
    except NotPlayable as error:
        return _unplayed(file, over, skipped=for_files(str(error)))
    except (RingbackError, OSError) as error:
        return _unplayed(file, over, trouble=for_files(str(error)))
    except Exception as error:  # noqa: BLE001  # one file's trouble must not end the batch
        trouble = f"it could not be played to its end, by a fault of Ringback's own: {error!r}"
        return _unplayed(file, over, trouble=trouble)


def _begun(
    file: ScenarioFile, over: Over, to: Any, stack: ExitStack
) -> tuple[Emulator, Performance | StoryPerformance]:
    """An emulator of its own, and the scenario begun on it; *stack* takes both down."""
    scenario = file.scenario
    if isinstance(scenario, Story):
        scene = set_the_scene(scenario, over, to, stack)
        emulator = stack.enter_context(Emulator(scene.settings))
        service = emulator._live_service
        return emulator, StoryPerformance(service, file, scene, lambda: emulator.url)
    stage = set_up(scenario, over, to, stack)
    emulator = stack.enter_context(Emulator(stage.settings))
    front = None if over == "process" else Front(emulator.url, emulator.run_until_idle)
    return emulator, Performance(emulator._live_service, file, stage, front)


def _unplayed(file: ScenarioFile, over: Over, *, trouble: str = "", skipped: str = "") -> Report:
    scenario = file.scenario
    return Report(
        file.name,
        file.title,
        scenario.why,
        over,
        trouble=masked(trouble),
        skipped=skipped,
        case=file.case,
        tags=scenario.tags,
        xfail=scenario.xfail,
    )
