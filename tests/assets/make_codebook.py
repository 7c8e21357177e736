"""Make `ringback/audio/codebook.py`: one encoded frame per tone, for the codecs with frames.

Run it as ``python tests/assets/make_codebook.py > emulator/ringback/audio/codebook.py``, where
``ffmpeg`` is on the path and ``libopus.so.0`` is installed, which Debian's package of ffmpeg
brings. The committed file came from ffmpeg 5.1.9, LAME 3.100 and libopus 1.3.1 (Debian 12, amd64);
other versions may make other frames that are as good.

A tone whose period divides the hop of a codec makes all steady frames equal, so one frame out of
a long tone stands for the tone. Where a codec wavers between several, the purest is taken.
"""

import ctypes
import math
import struct
import subprocess
import sys
from collections.abc import Iterable

from ringback.audio import aac, mp3, opus
from ringback.audio.pcm import AMPLITUDE
from ringback.audio.symbols import TONES

FRAMES = 40
"""How long a tone is encoded, in frames; the first half is not steady."""

MP3_BIT_RATE = 8
"""In kbit/s. The smallest frames there are, so that they fit into every other bit rate."""

AAC_BIT_RATES = range(1500, 3200, 100)
"""In bit/s. What the encoder is asked for; it gives more."""

AAC_LARGEST = 16
"""In bytes. What 4000 bit/s, the least that the service offers, leaves after a header."""

AAC_HEADER = 7

OPUS_SIZES = (20, 30)
"""In bytes: the least in which libopus can say a tone, and what the default bit rate gives."""


def main() -> None:
    sys.stdout.write(text())


def text() -> str:
    """The text of the module."""
    aac_blocks = "".join(f'    bytes.fromhex("{aac_block(tone).hex()}"),\n' for tone in TONES)
    return (
        '"""Encoded frames of the tones, in the order of their symbols: data, not to be edited.\n\n'
        "Made by `tests/assets/make_codebook.py`, which names the encoders.\n"
        '"""\n\n'
        f"MP3 = {{\n{''.join(entry(rate, map_mp3(rate)) for rate in (22050, 24000))}}}\n"
        '"""By sampling rate in hertz: what follows the header of a Layer III frame."""\n\n'
        f"AAC = (\n{aac_blocks})\n"
        '"""Raw data blocks at 22050 Hz."""\n\n'
        f"OPUS = {{\n{''.join(entry(size, map_opus(size)) for size in OPUS_SIZES)}}}\n"
        '"""By their size in bytes: packets of one CELT frame of 20 ms."""\n'
    )


def entry(key: int, frames: Iterable[bytes]) -> str:
    """An entry of a dict: *frames* under *key*, one a line."""
    lines = "".join(f'        bytes.fromhex("{frame.hex()}"),\n' for frame in frames)
    return f"    {key}: (\n{lines}    ),\n"


def map_mp3(rate: int) -> Iterable[bytes]:
    return (mp3_body(tone, rate) for tone in TONES)


def map_opus(size: int) -> Iterable[bytes]:
    return (opus_packet(tone, size) for tone in TONES)


# Layer III


def mp3_body(tone: int, rate: int) -> bytes:
    """What follows the header of a frame, without the ancillary bytes at its end."""
    options = ["-c:a", "libmp3lame", "-reservoir", "0", "-b:a", f"{MP3_BIT_RATE}k"]
    bare = ["-write_xing", "0", "-id3v2_version", "0", "-cutoff", "5000", "-f", "mp3"]
    samples = sine(repeating(tone, rate, mp3.HOP), rate, FRAMES * mp3.HOP)
    stream = encoded(samples, rate, [*options, *bare])
    at = 0
    for _ in range(FRAMES // 2):
        at += mp3.HOP // 8 * MP3_BIT_RATE * 1000 // rate + (stream[at + 2] >> 1 & 1)
    side = int.from_bytes(stream[at + 4 : at + 13])
    if stream[at : at + 2] != b"\xff\xf3" or side >> 64:
        raise ValueError("not a frame that is independent of its neighbours")
    size = side >> 51 & 0xFFF
    return stream[at + 4 : at + 13 + (size + 7) // 8]


# AAC


def aac_block(tone: int) -> bytes:
    """The purest raw data block that is small enough."""
    frequency = repeating(tone, aac.RATE, aac.HOP)
    samples = sine(frequency, aac.RATE, FRAMES * aac.HOP)
    plain = ["-aac_tns", "0", "-aac_pns", "0", "-aac_is", "0", "-cutoff", "4000", "-f", "adts"]
    candidates = sorted(
        {
            frame
            for bit_rate in AAC_BIT_RATES
            for frame in adts_frames(
                encoded(
                    samples,
                    aac.RATE,
                    ["-c:a", "aac", "-aac_coder", "fast", "-b:a", str(bit_rate), *plain],
                )
            )[FRAMES // 2 : -2]
            if len(frame) <= AAC_HEADER + AAC_LARGEST
        }
    )
    repeats = 8
    stream = b"".join(frame * repeats for frame in candidates)
    command = ["ffmpeg", "-v", "error", "-f", "aac", "-i", "-", "-f", "s16le", "-"]
    heard = subprocess.run(command, input=stream, stdout=subprocess.PIPE, check=True).stdout
    hop = 2 * aac.HOP
    best = max(
        range(len(candidates)),
        key=lambda at: purity(
            heard[(at * repeats + 4) * hop : (at * repeats + 6) * hop], frequency, aac.RATE
        ),
    )
    return candidates[best][AAC_HEADER:]


def adts_frames(stream: bytes) -> list[bytes]:
    frames = []
    while stream:
        size = int.from_bytes(stream[3:6]) >> 5 & 0x1FFF
        frames.append(stream[:size])
        stream = stream[size:]
    return frames


# Opus


def opus_packet(tone: int, size: int) -> bytes:
    """The purest packet of *size* bytes, over four phases of the tone."""
    candidates = sorted(
        {packet for phase in range(4) for packet in opus_packets(tone, size, phase * math.pi / 4)}
    )
    return max(candidates, key=lambda packet: purity(opus_heard(packet), tone, opus.RATE))


def opus_packets(tone: int, size: int, phase: float) -> list[bytes]:
    """Encode with the CELT layer alone, up to 4 kHz, at a constant size, without prediction."""
    restricted_low_delay, narrowband = 2051, 1101
    requests = {4002: size * 400, 4006: 0, 4008: narrowband, 4010: 10, 4042: 1}
    library = opus_library()
    encoder = library.opus_encoder_create(opus.RATE, 1, restricted_low_delay, None)
    for request, value in requests.items():
        if library.opus_encoder_ctl(ctypes.c_void_p(encoder), request, ctypes.c_int(value)):
            raise ValueError(f"libopus refuses request {request}")
    frame = sine(tone, opus.RATE, opus.HOP, phase)
    packets = []
    for _ in range(FRAMES):
        packet = ctypes.create_string_buffer(size)
        library.opus_encode(ctypes.c_void_p(encoder), frame, opus.HOP, packet, size)
        packets.append(packet.raw)
    library.opus_encoder_destroy(ctypes.c_void_p(encoder))
    return packets[FRAMES // 2 :]


def opus_heard(packet: bytes) -> bytes:
    """A steady frame of samples out of the repeated *packet*."""
    library = opus_library()
    decoder = library.opus_decoder_create(opus.RATE, 1, None)
    samples = ctypes.create_string_buffer(2 * opus.HOP)
    for _ in range(8):
        library.opus_decode(ctypes.c_void_p(decoder), packet, len(packet), samples, opus.HOP, 0)
    library.opus_decoder_destroy(ctypes.c_void_p(decoder))
    return samples.raw


def opus_library() -> ctypes.CDLL:
    library = ctypes.CDLL("libopus.so.0")
    library.opus_encoder_create.restype = ctypes.c_void_p
    library.opus_decoder_create.restype = ctypes.c_void_p
    return library


# Tones


def repeating(tone: int, rate: int, hop: int) -> float:
    """The frequency nearest to *tone* that repeats at each hop."""
    return round(tone * hop / rate) * rate / hop


def sine(frequency: float, rate: int, count: int, phase: float = 0) -> bytes:
    turn = 2 * math.pi * frequency / rate
    return struct.pack(
        f"<{count}h", *(round(AMPLITUDE * math.sin(turn * at + phase)) for at in range(count))
    )


def encoded(samples: bytes, rate: int, options: list[str]) -> bytes:
    """What ffmpeg makes of *samples*."""
    source = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-"]
    # Without the special instructions of a processor: the same bytes on each.
    command = ["ffmpeg", "-v", "error", "-cpuflags", "0", *source, *options, "-"]
    return subprocess.run(command, input=samples, stdout=subprocess.PIPE, check=True).stdout


def purity(samples: bytes, frequency: float, rate: int) -> float:
    """The share of the energy of whole periods in *samples* that is at *frequency*.

    A tone that is far too loud or too soft has none.
    """
    heard: list[int] = [sample for (sample,) in struct.iter_unpack("<h", samples)]
    turn = 2 * math.pi * frequency / rate
    in_phase = sum(sample * math.cos(turn * at) for at, sample in enumerate(heard))
    across = sum(sample * math.sin(turn * at) for at, sample in enumerate(heard))
    energy = 2 * (in_phase**2 + across**2) / len(heard)
    height = math.sqrt(2 * energy / len(heard))
    if not AMPLITUDE / 2 < height < AMPLITUDE * 2:
        return 0
    return energy / sum(sample * sample for sample in heard)


if __name__ == "__main__":
    main()
