"""What it costs to make the sound of the longest text, in each encoding.

The reference joins pieces of the same total size, one per symbol, all of them different. A FLAC
file carries a digest of its samples, and most of its time is that digest's. Cold, all tables of
tones are made anew, as for the first request of a process; warm, they are there, and the body is
not.
"""

import time
from collections.abc import Callable
from statistics import median

import pytest

from ringback.audio import aac, flac, g711, mp3, opus, pcm, render
from ringback.audio.pace import symbols_in
from ringback.core.request.encodings import AudioFormat, Container, Encoding
from tests.benchmarks.measuring import Table, alternate, typical

pytestmark = pytest.mark.benchmark

TEXT = "The quick brown fox jumps over the lazy dog. Again! " * 38 + "And this is the end now."
VOICE = "aura-2-thalia-en"

FORMATS = {
    "mp3": AudioFormat(Encoding.MP3, Container.NONE, 22050, 48000),
    "linear16": AudioFormat(Encoding.LINEAR16, Container.WAV, 24000, None),
    "mulaw": AudioFormat(Encoding.MULAW, Container.WAV, 8000, None),
    "alaw": AudioFormat(Encoding.ALAW, Container.WAV, 8000, None),
    "opus": AudioFormat(Encoding.OPUS, Container.OGG, 48000, 12000),
    "flac": AudioFormat(Encoding.FLAC, Container.NONE, 48000, None),
    "aac": AudioFormat(Encoding.AAC, Container.NONE, 22050, 48000),
}

CACHES: list[Callable[[], None]] = [
    each.cache_clear
    for each in (
        *(pcm.cycles, pcm.sounds, g711.sounds, flac.sounds),
        *(mp3.frames_of, aac.frames_of, opus.fitting),
    )
]

WARM_GATES = {
    "linear16": 4,
    "mulaw": 10,
    "alaw": 10,
    "mp3": 120,
    "aac": 100,
    "opus": 700,
    "flac": 900,
}
"""How many times the cost of joining, at most; some three times what was measured."""


def rendered(sound: AudioFormat) -> bytes:
    """The body, made anew."""
    return render.render(TEXT, VOICE, 1.0, sound)


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_long_text_is_rendered(table: Table, encoding: str) -> None:
    """With the tables of tones there, beside joining as many bytes."""
    sound = FORMATS[encoding]
    body = rendered(sound)
    size = len(body) // symbols_in(TEXT, 1.0) + 1
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    pairs = alternate(
        lambda: typical(lambda: rendered(sound), 7), lambda: typical(lambda: b"".join(pieces), 7)
    )
    speed = len(body) / median(pairs.ours) / 1e6
    table.ratio(
        f"2,000 characters as {encoding}, {len(body) / 1e6:.2f} MB at {speed:,.0f} MB/s / joining",
        pairs,
        "µs",
        scale=1e6,
        gate=WARM_GATES[encoding],
    )


@pytest.mark.parametrize("encoding", FORMATS)
def test_the_first_text_of_a_process_is_rendered(table: Table, encoding: str) -> None:
    """With nothing there but the modules."""
    spans = []
    for _ in range(5):
        for clear in CACHES:
            clear()
        begun = time.perf_counter()
        body = rendered(FORMATS[encoding])
        spans.append(time.perf_counter() - begun)
    took = median(spans)
    table.figure(
        f"the same as {encoding}, the first in a process: {len(body) / took / 1e6:,.0f} MB/s",
        took * 1e6,
        "µs",
        gate=500_000,
    )
