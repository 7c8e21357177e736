"""What applications, lines and codecs do to samples; 16 bits, little-endian, mono."""

import array
import io
import random
import wave
from collections.abc import Iterable


def values_of(samples: bytes) -> "array.array[int]":
    """The samples as integers."""
    return array.array("h", samples)


def samples_of(values: Iterable[float]) -> bytes:
    """*values* rounded, and clipped to 16 bits."""
    return array.array("h", [max(-32768, min(32767, round(value))) for value in values]).tobytes()


def resampled(samples: bytes, rate: int, to: int) -> bytes:
    """The same sound at the rate *to*, interpolated on straight lines."""
    values = values_of(samples)
    positions = (at * rate / to for at in range(len(values) * to // rate))
    between = (divmod(position, 1) for position in positions)
    last = len(values) - 1
    return samples_of(
        values[int(at)] * (1 - part) + values[min(int(at) + 1, last)] * part for at, part in between
    )


def louder(samples: bytes, times: float) -> bytes:
    """The same sound, *times* as high."""
    return samples_of(value * times for value in values_of(samples))


def noisy(samples: bytes, height: float, seed: int = 1) -> bytes:
    """The same sound with white noise over it."""
    source = random.Random(seed)
    return samples_of(value + source.gauss(0, height) for value in values_of(samples))


def written(samples: bytes, rate: int, channels: int = 1) -> bytes:
    """A WAV file of *samples*, each of them once per channel."""
    if channels > 1:
        values = (value for value in values_of(samples) for _ in range(channels))
        samples = array.array("h", values).tobytes()
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()
