"""Real clients hear the audio that a callback would have brought."""

from pathlib import Path
from typing import Any

import pytest

from ringback import Emulator
from tests.e2e.clients.drivers.telling import sha256
from tests.e2e.clients.driving import LIVEKIT, SDKS, Client, each

pytestmark = pytest.mark.needs_tool

TEXT = "Grüße aus der Küche: hello, how can I help you today?"
VOICE = "aura-2-thalia-en"

SOUNDS: dict[str, tuple[dict[str, Any], str]] = {
    "mp3": ({}, "audio/mpeg"),
    "wav": ({"encoding": "linear16", "sample_rate": 16000}, "audio/wav"),
    "ogg": ({"encoding": "opus", "container": "ogg"}, "audio/ogg;codecs=opus"),
    "samples": (
        {"encoding": "mulaw", "container": "none", "sample_rate": 8000},
        "audio/mulaw;rate=8000",
    ),
}


def rendered(ringback: Emulator, **parameters: Any) -> bytes:
    """What a callback brings for the same parameters."""
    receiver = ringback.receiver("https://app.example")
    ringback.submit(TEXT, callback="https://app.example/hook", **parameters)
    ringback.run_until_idle()
    return receiver.requests[0].body


@each(SDKS)
@pytest.mark.parametrize("sound", SOUNDS)
def test_a_client_hears_what_a_callback_would_bring(
    client: Client, sound: str, ringback: Emulator
) -> None:
    asked, content_type = SOUNDS[sound]
    heard = client.run("speak", ringback, TEXT, model=VOICE, **asked)
    assert heard == {
        "sha256": sha256(rendered(ringback, model=VOICE, **asked)),
        "content_type": content_type,
        "model": VOICE,
        "characters": len(TEXT),
    }


@each(SDKS)
def test_a_client_saves_the_same_in_a_file(
    client: Client, ringback: Emulator, tmp_path: Path
) -> None:
    file = tmp_path / "hello.mp3"
    client.run("save", ringback, TEXT, model=VOICE, file=str(file))
    assert file.read_bytes() == rendered(ringback, model=VOICE)


@each(LIVEKIT)
def test_a_voice_agent_plays_the_same(client: Client, ringback: Emulator) -> None:
    asked: dict[str, Any] = {"model": VOICE, "encoding": "linear16", "sample_rate": 16000}
    heard = client.run("speak", ringback, TEXT, **asked)
    assert heard == {"sha256": sha256(rendered(ringback, container="none", **asked))}
