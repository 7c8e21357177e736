"""From a request to speech: samples from a child process, then the encoding that was asked for.

The engine is py-nanotts (SVOX Pico, Apache-2.0). Equal requests give equal bytes with one release
of it on one kind of machine, which is less than tones promise.
"""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from ringback.audio.pace import symbols_in
from ringback.audio.render import WavSizes, dressed
from ringback.audio.resampling import resampled
from ringback.clock.guard import set_alarm
from ringback.core.catalog import AudioFormat, Encoding
from ringback.core.speak import SpeakRequest
from ringback.errors import SpeechError

RATE = 16_000
"""What the engine speaks at, in hertz."""

LIMIT = 10.0
"""Real seconds for one text. A long one takes half a second, and some texts have no end."""

CHILD = Path(__file__).with_name("child.py")

SAMPLED = frozenset({Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW})
"""What can be spoken: the others' frames were encoded beforehand, and are tones."""

_VOICES = {
    "en-GB": "en-GB",
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
}
"""The engine's voice for a language; the first that fits is taken."""


def is_spoken(request: SpeakRequest) -> bool:
    """Whether there is speech for *request*: its encoding, its language and something to say."""
    return (
        request.sound.encoding in SAMPLED
        and engine_voice(request.voice.languages) is not None
        and symbols_in(request.spoken, request.speed) > 0
    )


def engine_voice(languages: tuple[str, ...]) -> str | None:
    """The engine's voice for a voice's *languages*, None for those that it does not have."""
    return next((voice for language, voice in _VOICES.items() if language in languages), None)


def speech(request: SpeakRequest, wav_sizes: WavSizes) -> bytes:
    """The body that speaks *request*, which is one that `is_spoken`. Raises `SpeechError`."""
    voice = engine_voice(request.voice.languages) or "en-US"
    return _speech(request.spoken, voice, request.speed, request.sound, wav_sizes)


@lru_cache(maxsize=32)
def _speech(text: str, voice: str, speed: float, sound: AudioFormat, wav_sizes: WavSizes) -> bytes:
    samples = resampled(spoken(text, voice, speed), RATE, sound.sample_rate)
    return dressed(samples, sound, wav_sizes)


@lru_cache(maxsize=32)
def spoken(text: str, voice: str, speed: float) -> bytes:
    """The samples of *text* at `RATE`: 16 bits, little-endian, mono. Raises `SpeechError`."""
    command = [sys.executable, "-P", str(CHILD), voice, str(speed)]
    late: list[bool] = []
    pipe = subprocess.PIPE
    # The program is ours; the text is not among its arguments.
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as child:  # noqa: S603

        def kill() -> None:
            late.append(True)
            child.kill()

        alarm = set_alarm(LIMIT, kill)
        try:
            # Half of a surrogate pair, which JSON can carry, cannot be said.
            samples, complaint = child.communicate(text.encode(errors="replace"))
        finally:
            alarm.cancel()
    if late:
        raise SpeechError(f"the speech engine took more than {LIMIT:g} s for {_shown(text)}")
    if child.returncode or not samples:
        reason = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        raise SpeechError(
            f"the speech engine failed with {_shown(text)}: exit status {child.returncode} {reason}"
        )
    return samples


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
