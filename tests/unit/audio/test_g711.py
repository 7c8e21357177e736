"""Telephone samples follow G.711 for every value that they can take."""

import struct
from collections.abc import Callable

import pytest

from ringback.audio import pcm
from ringback.audio.g711 import (
    compressed,
    from_alaw,
    from_mulaw,
    linear,
    pieces,
    sounds,
    to_alaw,
    to_mulaw,
)
from ringback.audio.symbols import SILENCE, SYNC
from ringback.core.request.encodings import Encoding

Law = Callable[[int], int]
EVERY_SAMPLE = range(-32768, 32768)
LAWS = [(to_mulaw, from_mulaw), (to_alaw, from_alaw)]


@pytest.mark.parametrize(
    ("sample", "code"),
    # Tables 2a and 2b of G.711: the decision values at the ends of each law, and around zero.
    [(0, 0xFF), (-1, 0x7F), (32767, 0x80), (-32768, 0x00), (8031 * 4, 0x80), (-8031 * 4, 0x00)],
)
def test_mulaw_has_the_codes_of_the_recommendation(sample: int, code: int) -> None:
    assert to_mulaw(sample) == code


@pytest.mark.parametrize(
    ("sample", "code"), [(0, 0xD5), (-1, 0x55), (32767, 0xAA), (-32768, 0x2A), (16, 0xD4)]
)
def test_alaw_has_the_codes_of_the_recommendation(sample: int, code: int) -> None:
    assert to_alaw(sample) == code


@pytest.mark.parametrize(("compress", "expand"), LAWS)
def test_every_code_survives_expansion(compress: Law, expand: Law) -> None:
    again = [compress(expand(code)) for code in range(256)]
    # Negative zero of the mu-law expands to zero, which is positive.
    assert [code for code in range(256) if again[code] != code] in ([], [0x7F])


@pytest.mark.parametrize(("compress", "expand"), LAWS)
def test_a_larger_sample_never_sounds_smaller(compress: Law, expand: Law) -> None:
    heard = [expand(compress(sample)) for sample in EVERY_SAMPLE]
    assert heard == sorted(heard)


@pytest.mark.parametrize(("compress", "expand"), LAWS)
def test_a_sample_comes_back_within_half_a_step(compress: Law, expand: Law) -> None:
    assert all(
        abs(expand(compress(sample)) - sample) <= (abs(sample) + 132) // 32 + 4
        for sample in range(-32000, 32000)
    )


@pytest.mark.parametrize("encoding", [Encoding.MULAW, Encoding.ALAW])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_sound_is_the_linear_one_compressed(encoding: Encoding, rate: int) -> None:
    for coded, samples in zip(sounds(encoding, rate), pcm.sounds(rate), strict=True):
        assert len(coded) == rate * 80 // 1000
        heard = struct.iter_unpack("<h", linear(coded, encoding))
        wanted = struct.iter_unpack("<h", samples)
        pairs = zip(heard, wanted, strict=True)
        assert max(abs(one - other) for (one,), (other,) in pairs) <= 8192 // 32


def test_symbols_become_their_sounds_in_order() -> None:
    known = sounds(Encoding.ALAW, 8000)
    assert pieces(bytes([SYNC, SILENCE]), Encoding.ALAW, 8000) == [known[SYNC], known[SILENCE]]


def test_silence_is_the_positive_zero_of_each_law() -> None:
    assert set(sounds(Encoding.MULAW, 8000)[SILENCE]) == {0xFF}
    assert set(sounds(Encoding.ALAW, 8000)[SILENCE]) == {0xD5}


@pytest.mark.parametrize(
    ("encoding", "law"), [(Encoding.MULAW, to_mulaw), (Encoding.ALAW, to_alaw)]
)
def test_every_sample_is_compressed_by_its_law(encoding: Encoding, law: Law) -> None:
    samples = struct.pack(f"<{len(EVERY_SAMPLE)}h", *EVERY_SAMPLE)
    assert compressed(samples, encoding) == bytes(map(law, EVERY_SAMPLE))
