"""From a request to speech: samples from a child process, then the encoding that was asked for.

The engine is py-nanotts (SVOX Pico, Apache-2.0). Equal requests give equal bytes with one release
of it on one kind of machine, which is less than tones promise.
"""

import re
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path

from ringback.audio.pace import symbols_in
from ringback.audio.render import WavSizes, dressed
from ringback.audio.resampling import resampled
from ringback.audio.spelling import divided
from ringback.clock.guard import set_alarm
from ringback.core.request.encodings import Encoding
from ringback.core.request.speak import SpeakRequest
from ringback.errors import SpeechError
from ringback.service.bodies import BODIES

RATE = 16_000
"""What the engine speaks at, in hertz."""

LIMIT = 9.0
"""Real seconds for one text, which is less than the default of `Settings.guard`: of the two, this
one says what the matter is. A long text takes half a second, and some texts have no end."""

AT_ONCE = 8
"""How many children may speak at the same time."""

ENDLESS = 256
"""How many texts are remembered that have no end: none of them is begun again."""

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


_UNSPEAKABLE = re.compile(
    # All languages here are written in Latin letters. Others are passed over, and what is left of
    # a text in which they stand is not what was asked. Between the letters are × and ÷.
    r"(?![0-9A-Za-z\u00a1-\u024f\u1e00-\u1eff])[^\W_]"
    # The engine is written in C: it reads no further.
    r"|\0"
    # It fails with a number of 52 digits.
    r"|[0-9]{50}"
)

_slots = threading.BoundedSemaphore(AT_ONCE)
_endless: OrderedDict[tuple[str, str, float], str] = OrderedDict()


def is_spoken(request: SpeakRequest) -> bool:
    """Whether there is speech for *request*: its encoding, its language and what it says.

    A text is spoken as a whole or not at all.
    """
    return (
        request.sound.encoding in SAMPLED
        and engine_voice(request.voice.languages) is not None
        and symbols_in(request.spoken, request.speed) > 0
        and _UNSPEAKABLE.search(request.spoken) is None
    )


def engine_voice(languages: tuple[str, ...]) -> str | None:
    """The engine's voice for a voice's *languages*, None for those that it does not have."""
    return next((voice for language, voice in _VOICES.items() if language in languages), None)


def speech(request: SpeakRequest, wav_sizes: WavSizes) -> bytes:
    """The body that speaks *request*, which is one that `is_spoken`. Raises `SpeechError`."""
    voice, sound = _voice_of(request), request.sound

    def make() -> bytes:
        samples = _with_silences(request, voice)
        return dressed(resampled(samples, RATE, sound.sample_rate), sound, wav_sizes)

    return BODIES.get(key_of(request, wav_sizes), make)


def spoken(text: str, voice: str, speed: float) -> bytes:
    """The samples of *text* at `RATE`: 16 bits, little-endian, mono. Raises `SpeechError`.

    A text that had no end once fails at once.
    """
    return BODIES.get(("samples", text, voice, speed), lambda: _ask(text, voice, speed))


def _with_silences(request: SpeakRequest, voice: str) -> bytes:
    """The samples of *request*: each part of its text is spoken by itself."""
    pieces: list[bytes] = []
    for number, part in enumerate(divided(request.spoken, request.silences)):
        if number:
            samples = request.silences[number - 1].milliseconds * RATE // 1000
            pieces.append(bytes(2 * samples))
        if symbols_in(part, request.speed):
            pieces.append(spoken(part, voice, request.speed))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def forget() -> None:
    """Ask the engine again for what had no end."""
    _endless.clear()


def key_of(request: SpeakRequest, wav_sizes: WavSizes) -> tuple[object, ...]:
    """What `speech` keeps its bodies by."""
    said = (request.spoken, request.silences, _voice_of(request), request.speed)
    return ("speech", *said, request.sound, wav_sizes)


def _voice_of(request: SpeakRequest) -> str:
    return engine_voice(request.voice.languages) or "en-US"


def _ask(text: str, voice: str, speed: float) -> bytes:
    if reason := _endless.get((text, voice, speed)):
        raise SpeechError(reason)
    with _slots:
        late, samples, complaint = _run([sys.executable, "-P", str(CHILD), voice, str(speed)], text)
    if late:
        reason = f"the speech engine took more than {LIMIT:g} s for {_shown(text)}"
        _endless[text, voice, speed] = reason
        if len(_endless) > ENDLESS:
            _endless.popitem(last=False)
        raise SpeechError(reason)
    if not samples:
        raise SpeechError(f"the speech engine failed with {_shown(text)}: {complaint}")
    return samples


def _run(command: list[str], text: str) -> tuple[bool, bytes, str]:
    """Have *text* spoken: whether that took too long, the samples, and what went wrong."""
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
    reason = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    failed = f"exit status {child.returncode} {reason}"
    return bool(late), b"" if child.returncode else samples, failed


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
