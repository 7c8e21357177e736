"""A WAV header says what the service's says, and any WAV file is taken apart, whole or not."""

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.audio.wav import STREAMED, Wav, header, parse
from ringback.core.request.encodings import Encoding

SAMPLES = bytes(range(200))
LINEAR = header(Encoding.LINEAR16, 24000, len(SAMPLES)) + SAMPLES


def test_the_streamed_header_is_that_of_the_service() -> None:
    assert header(Encoding.LINEAR16, 24000) == bytes.fromhex(
        "52494646 2400ff7f 57415645"  # RIFF, a size of 0x7FFF0024, WAVE
        "666d7420 10000000 0100 0100 c05d0000 80bb0000 0200 1000"  # fmt, PCM, mono, 24 kHz
        "64617461 0000ff7f"  # data, a size of 0x7FFF0000
    )


def test_the_exact_header_is_that_of_the_standard_library() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(24000)
        writer.writeframes(SAMPLES)
    assert file.getvalue() == LINEAR


@pytest.mark.parametrize(("encoding", "tag"), [(Encoding.ALAW, 6), (Encoding.MULAW, 7)])
def test_a_telephone_header_counts_its_samples_in_a_fact_chunk(
    encoding: Encoding, tag: int
) -> None:
    written = header(encoding, 8000, 640)
    assert len(written) == 58
    assert struct.unpack_from("<I", written, 4) == (50 + 640,)
    assert struct.unpack_from("<4sIHHIIHHH", written, 12) == (
        *(b"fmt ", 18),
        *(tag, 1, 8000, 8000, 1, 8, 0),
    )
    assert struct.unpack_from("<4sII4sI", written, 38) == (b"fact", 4, 640, b"data", 640)


@pytest.mark.parametrize("size", [len(SAMPLES), STREAMED])
@pytest.mark.parametrize("encoding", [Encoding.LINEAR16, Encoding.ALAW, Encoding.MULAW])
def test_what_is_written_is_read_whatever_size_it_announces(encoding: Encoding, size: int) -> None:
    body = header(encoding, 16000, size) + SAMPLES
    assert parse(body) == Wav(encoding, 1, 16000, SAMPLES)


def test_chunks_in_between_and_after_are_passed_over() -> None:
    odd = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    body = LINEAR[:12] + odd + LINEAR[12:] + odd
    assert parse(body) == Wav(Encoding.LINEAR16, 1, 24000, SAMPLES)


@pytest.mark.parametrize(
    ("at", "other"),
    [
        (0, b"RIFX"),
        (8, b"AVI "),
        (20, b"\x03\0"),  # floating point
        (22, b"\0\0"),  # no channel
        (34, b"\x18\0"),  # 24 bits
        (36, b"none"),  # no data
        (12, b"none"),  # no format
    ],
)
def test_anything_else_is_no_wav_file_of_ours(at: int, other: bytes) -> None:
    assert parse(LINEAR[:at] + other + LINEAR[at + len(other) :]) is None


@given(st.integers(0, len(LINEAR)))
def test_a_beginning_holds_a_beginning_of_the_samples(size: int) -> None:
    file = parse(LINEAR[:size])
    assert file == (Wav(Encoding.LINEAR16, 1, 24000, LINEAR[44:size]) if size >= 44 else None)


def extensible(encoding: Encoding) -> bytes:
    """The header of a file whose format chunk has 40 bytes, as Windows and many tools write it."""
    plain = header(encoding, 16000, len(SAMPLES))
    tag, rest = plain[20:22], plain[22:36]
    bits = rest[-2:]
    sub_format = tag + bytes.fromhex("000000001000800000aa00389b71")
    chunk = b"\xfe\xff" + rest + struct.pack("<H", 22) + bits + bytes(4) + sub_format
    return b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<I", len(chunk)) + chunk + plain[-8:]


@pytest.mark.parametrize("encoding", [Encoding.LINEAR16, Encoding.ALAW, Encoding.MULAW])
def test_the_extensible_form_is_read(encoding: Encoding) -> None:
    body = extensible(encoding) + SAMPLES
    assert parse(body) == Wav(encoding, 1, 16000, SAMPLES)
    assert parse(body[:20] + b"\xfd" + body[21:]) is None


def test_a_size_that_was_never_written_means_all_that_is_there() -> None:
    assert parse(LINEAR[:40] + bytes(4) + SAMPLES) == Wav(Encoding.LINEAR16, 1, 24000, SAMPLES)
