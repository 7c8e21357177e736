"""A clock that drives itself, as applications of other processes meet it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringback import Emulator, Settings
from tests.e2e.test_standalone import serving

IMPATIENT = Path(__file__).parent / "apps" / "impatient.py"
CALLS = ["/hook"] * 3 + ["/other"] + ["/hook"] * 8


@contextmanager
def impatient() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The application, and the base URL of its receiver."""
    with subprocess.Popen(
        [sys.executable, str(IMPATIENT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
        finally:
            process.kill()


def calls_of(process: "subprocess.Popen[str]", url: str, key: str) -> list[str]:
    out, _ = process.communicate(f"{url} {key}\n", timeout=60)
    return out.split()


def test_an_application_of_another_process_gets_every_attempt_and_drives_nothing() -> None:
    with Emulator(Settings(clock="auto")) as ringback, impatient() as (base, app):
        ringback.connect("https://app.example", base)
        assert calls_of(app, ringback.url, ringback.api_key) == CALLS
        ringback.run_until_idle()
        hook, other = ringback.deliveries
        assert hook.offsets == list(range(0, 301, 30))
        assert (other.accepted_at, other.timeline) == (60, ["+0s POST 200"])


def test_serve_has_it_too() -> None:
    with (
        impatient() as (base, app),
        serving("--clock", "auto", "--connect", f"https://app.example={base}") as served,
    ):
        assert "clock=auto" in served.ready
        assert calls_of(app, f"http://127.0.0.1:{served.port}", "anybody's") == CALLS
        lines = [served.line().split()[:3] for _ in range(2 + len(CALLS))]
    moments = [f"+{each}s" for each in range(0, 301, 30)]
    attempts = [[moment, "attempt", str(number)] for number, moment in enumerate(moments, 1)]
    accepted, other = ["+0s", "speak", "200"], ["+60s", "speak", "200"]
    assert lines == [
        accepted,
        *attempts[:2],
        other,
        attempts[2],
        ["+60s", "attempt", "1"],
        *attempts[3:],
    ]
