"""A run that was recorded plays to the same timeline, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ringback import Settings
from tests.budgets import budget
from tests.properties.recorded_runs import ACTS, SETTINGS, Act, replayed, run


@pytest.mark.parametrize("share", range(budget(1, 5)))
@settings(
    max_examples=budget(25, 200),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chosen=SETTINGS, acts=st.lists(ACTS, min_size=1, max_size=12))
def test_a_recorded_run_plays_to_the_same_timeline(
    share: int, chosen: Settings, acts: list[Act], tmp_path: Path
) -> None:
    """In shares, for a thousand runs together take longer than a test may. None is explained."""
    emulator = run(chosen, acts)
    try:
        timeline = emulator.timeline
        if timeline == "no deliveries":
            return
        text = emulator.export("scenario")
    finally:
        emulator.close()
    assert replayed(text, tmp_path) == timeline, text


def test_the_runs_are_worth_recording(tmp_path: Path) -> None:
    acts: list[Act] = [
        ("submit", ("Hello", "https://one.example", "/hook", {})),
        ("submit", ("Hello", "https://one.example", "/hook", {})),
        ("step", None),
        ("fail_requests", 503),
        ("submit", ("Hello", "https://one.example", "/hook", {})),
        ("cancel", 0),
        ("redeliver", 0),
        ("run_until_idle", None),
    ]
    emulator = run(Settings(), acts)
    text = emulator.export("scenario")
    emulator.close()
    for verb in ("fail_requests", "submit", "step", "cancel", "redeliver", "run_until_idle"):
        assert f"- {verb}" in text
    assert replayed(text, tmp_path) == emulator.timeline


def test_a_run_with_streams_is_recorded_with_all_that_was_said_and_heard(tmp_path: Path) -> None:
    acts: list[Act] = [
        ("open", {"parameters": {"encoding": "mulaw", "sample_rate": 8000}}),
        ("open", {"path": "/v2/speak"}),
        ("open", {"key": "wrong"}),
        ("say", (0, ['{"type":"Speak","text":"Hello"}', '{"type":"Flush"}'])),
        ("advance", 50),
        ("ping", 1),
        ("say", (0, ["no JSON"])),
        ("advance", 50),
        ("say", (1, ['{"type":"Close"}'])),
    ]
    emulator = run(Settings(), acts)
    text = emulator.export("scenario")
    emulator.close()
    for said in ("key: wrong", "audio: 3840", "ping: {", "frames: [no JSON]", "{close: 1008,"):
        assert said in text
    assert replayed(text, tmp_path) == emulator.timeline


@pytest.mark.parametrize("verb", ["settle", "step", "advance_to_next"])
def test_what_is_still_pending_is_recorded_as_pending(verb: str, tmp_path: Path) -> None:
    acts: list[Act] = [
        ("submit", ("one", "https://one.example", "/hook", {})),
        ("submit", ("two", "https://one.example", "/hook", {})),
        (verb, None),
    ]
    emulator = run(Settings(), acts)
    text = emulator.export("scenario")
    emulator.close()
    assert "allow: [pending]" in text
    assert replayed(text, tmp_path) == emulator.timeline
