"""Samples at another rate: straight lines between neighbours, which is good enough for speech."""

import math
from array import array


def resampled(samples: bytes, rate: int, to: int) -> bytes:
    """Bring *samples* (16 bits, little-endian, mono) from *rate* to the rate *to*, in hertz."""
    if rate == to:
        return samples
    common = math.gcd(rate, to)
    step, phases = rate // common, to // common
    wave = [*memoryview(samples[: len(samples) // 2 * 2]).cast("h")]
    if step > phases:
        # What the lower rate cannot carry would come back as noise.
        wave = [
            (one + 2 * two + three) // 4
            for one, two, three in zip([0, *wave], wave, [*wave[1:], 0], strict=False)
        ]
    count = len(wave) * to // rate
    wave += [0] * (step + 1)
    made = array("h", bytes(2 * count))
    # Sample n of the result lies at n × step / phases: for each phase at one place between two.
    for phase in range(min(phases, count)):
        before, part = divmod(phase * step, phases)
        size = len(range(phase, count, phases))
        ones, others = wave[before::step][:size], wave[before + 1 :: step][:size]
        lines = zip(ones, others, strict=True)
        made[phase::phases] = array(
            "h", [one + (other - one) * part // phases for one, other in lines]
        )
    return made.tobytes()
