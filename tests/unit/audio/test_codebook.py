"""The codebook is what its script made, and has a frame for every tone."""

import ctypes
import hashlib
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from ringback.audio import codebook
from ringback.audio.symbols import TONES

BOOKS = [*codebook.MP3.values(), codebook.AAC, *codebook.OPUS.values()]


def test_the_frames_are_those_that_the_digests_of_all_sounds_rest_on() -> None:
    everything = b"".join(frame for book in BOOKS for frame in book)
    assert hashlib.sha256(everything).hexdigest() == (
        "bed5e9203b607941d7c9e10157f3761f02af126518cb1e6491f0cb19edb50029"
    )


@pytest.mark.parametrize("book", BOOKS)
def test_every_tone_has_a_frame_of_its_own(book: tuple[bytes, ...]) -> None:
    assert len(set(book)) == len(book) == len(TONES)


def test_packets_are_kept_under_their_size() -> None:
    sizes = {size: {len(packet) for packet in book} for size, book in codebook.OPUS.items()}
    assert all(found == {size} for size, found in sizes.items())


def encoders() -> tuple[str, ...]:
    """The encoders of this machine, as far as they decide which frames the script makes."""
    if not shutil.which("ffmpeg"):
        return ()
    banner = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True)
    opus, lame = ctypes.CDLL("libopus.so.0"), ctypes.CDLL("libmp3lame.so.0")
    opus.opus_get_version_string.restype = lame.get_lame_version.restype = ctypes.c_char_p
    names = (opus.opus_get_version_string().decode(), lame.get_lame_version().decode())
    return (banner.stdout.split()[2].split("-")[0], *names, platform.machine())


@pytest.mark.needs_tool
def test_the_script_makes_the_same_codebook_again() -> None:
    if encoders() != ("5.1.9", "libopus 1.3.1", "3.100", "x86_64"):
        pytest.skip(f"made by other encoders than {encoders()}")
    from tests.assets import make_codebook

    assert make_codebook.codebook() == Path(codebook.__file__).read_text("utf-8")
