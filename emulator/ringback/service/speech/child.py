"""A program: it reads a text, and writes the samples of its speech. `synthesis` starts it.

Arguments are the engine's voice and the speed. The engine is native code, so it has a process of
its own, which may crash or be killed; a fresh one also speaks a text as every other does.
"""

import sys

from py_nanotts import NanoTTS

VOLUME = 0.5
"""At the engine's own volume, loud vowels are clipped."""


def main() -> None:
    """Speak."""
    voice, speed = sys.argv[1:]
    text = sys.stdin.buffer.read().decode()
    samples = NanoTTS().speak(text, voice=voice, speed=float(speed), volume=VOLUME)
    sys.stdout.buffer.write(samples)


if __name__ == "__main__":
    main()
