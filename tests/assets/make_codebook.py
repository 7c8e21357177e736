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
from collections.abc import Sequence

from ringback.audio import aac, mp3, opus
from ringback.audio.pcm import AMPLITUDE
from ringback.audio.symbols import TONES

FRAMES = 40
"""How long a tone is encoded, in frames; the first half is not steady."""

REPEATS = 8
"""How often a frame is decoded to be heard; in the middle it is steady."""

MP3_RATES = (22050, 24000)

MP3_BIT_RATE = 8000
"""The smallest frames there are, so that they fit into every other bit rate."""

AAC_BIT_RATES = range(1800, 3200, 400)
"""What the encoder is asked for; it gives more."""

AAC_HEADER = 7

AAC_LARGEST = 16
"""In bytes. What 4000 bit/s, the least that the service offers, leaves after a header."""

OPUS_SIZES = (20, 30)
"""In bytes: the least in which libopus can say a tone, and what the default bit rate gives."""

HEAD = '''"""Encoded frames of the tones, in the order of their symbols: data, not to be edited.

Made by `tests/assets/make_codebook.py`, which names the encoders.
"""
'''


def codebook() -> str:
    """The text of the module."""
    mp3_frames = {rate: [mp3_body(tone, rate) for tone in TONES] for rate in MP3_RATES}
    aac_frames = [aac_block(tone) for tone in TONES]
    opus_frames = {size: [opus_packet(tone, size) for tone in TONES] for size in OPUS_SIZES}
    return (
        f"{HEAD}\nMP3 = {written_by_key(mp3_frames)}\n"
        '"""By sampling rate in hertz: what follows the header of a Layer III frame."""\n'
        f"\nAAC = {written(aac_frames)}\n"
        '"""Raw data blocks at 22050 Hz."""\n'
        f"\nOPUS = {written_by_key(opus_frames)}\n"
        '"""By their size in bytes: packets of one CELT frame of 20 ms."""\n'
    )


def written_by_key(books: dict[int, list[bytes]]) -> str:
    entries = (f"    {key}: {written(frames, 4)},\n" for key, frames in books.items())
    return f"{{\n{''.join(entries)}}}"


def written(frames: list[bytes], indent: int = 0) -> str:
    """A tuple, one frame a line."""
    lines = (f'{"":{indent + 4}}bytes.fromhex("{frame.hex()}"),\n' for frame in frames)
    return f"(\n{''.join(lines)}{'':{indent}})"


def mp3_body(tone: int, rate: int) -> bytes:
    """What follows the header of a frame, without the ancillary bytes at its end."""
    options = ["-c:a", "libmp3lame", "-reservoir", "0", "-b:a", str(MP3_BIT_RATE)]
    bare = ["-write_xing", "0", "-id3v2_version", "0", "-cutoff", "5000", "-f", "mp3"]
    stream = encoded(repeating(tone, rate, mp3.HOP), rate, mp3.HOP, [*options, *bare])
    at = 0
    for _ in range(FRAMES // 2):
        at += mp3.HOP // 8 * MP3_BIT_RATE // rate + (stream[at + 2] >> 1 & 1)
    side = int.from_bytes(stream[at + 4 : at + 13])
    if stream[at : at + 2] != b"\xff\xf3" or side >> 64:
        raise ValueError("not a frame that is independent of its neighbours")
    size = side >> 51 & 0xFFF
    return stream[at + 4 : at + 13 + (size + 7) // 8]


def aac_block(tone: int) -> bytes:
    """The purest raw data block that is small enough."""
    frequency = repeating(tone, aac.RATE, aac.HOP)
    plain = ["-aac_tns", "0", "-aac_pns", "0", "-aac_is", "0", "-cutoff", "4000", "-f", "adts"]
    found = set[bytes]()
    for bit_rate in AAC_BIT_RATES:
        options = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", str(bit_rate), *plain]
        found |= set(adts_frames(encoded(frequency, aac.RATE, aac.HOP, options))[FRAMES // 2 : -2])
    small = sorted(frame for frame in found if len(frame) <= AAC_HEADER + AAC_LARGEST)
    stream = b"".join(frame * REPEATS for frame in small)
    heard = piped(["-f", "aac", "-i", "-", "-f", "s16le"], stream)
    hop = 2 * aac.HOP
    middles = [at * REPEATS + REPEATS // 2 for at in range(len(small))]
    purities = [
        purity(heard[middle * hop : (middle + 2) * hop], frequency, aac.RATE) for middle in middles
    ]
    return small[purities.index(max(purities))][AAC_HEADER:]


def adts_frames(stream: bytes) -> list[bytes]:
    frames = []
    while stream:
        size = int.from_bytes(stream[3:6]) >> 5 & 0x1FFF
        frames.append(stream[:size])
        stream = stream[size:]
    return frames


def opus_packet(tone: int, size: int) -> bytes:
    """The purest packet of *size* bytes, over four phases of the tone."""
    phases = [step * math.pi / 4 for step in range(4)]
    found = sorted({packet for phase in phases for packet in opus_packets(tone, size, phase)})
    return max(found, key=lambda packet: purity(opus_heard(packet), tone, opus.RATE))


def opus_packets(tone: int, size: int, phase: float) -> list[bytes]:
    """Encode with the CELT layer alone, up to 4 kHz, at a constant size, without prediction."""
    library = opus_library()
    low_delay, narrowband = 2051, 1101
    bit_rate, variable, bandwidth, complexity, independent = 4002, 4006, 4008, 4010, 4042
    settings = {
        bit_rate: size * 8 * opus.RATE // opus.HOP,
        variable: 0,
        bandwidth: narrowband,
        complexity: 10,
        independent: 1,
    }
    encoder = ctypes.c_void_p(library.opus_encoder_create(opus.RATE, 1, low_delay, None))
    for setting, value in settings.items():
        if library.opus_encoder_ctl(encoder, setting, ctypes.c_int(value)):
            raise ValueError(f"libopus refuses setting {setting}")
    frame = sine(tone, opus.RATE, opus.HOP, phase)
    packets = []
    for _ in range(FRAMES):
        packet = ctypes.create_string_buffer(size)
        library.opus_encode(encoder, frame, opus.HOP, packet, size)
        packets.append(packet.raw)
    library.opus_encoder_destroy(encoder)
    return packets[FRAMES // 2 :]


def opus_heard(packet: bytes) -> bytes:
    """A steady frame of samples out of the repeated *packet*."""
    library = opus_library()
    decoder = ctypes.c_void_p(library.opus_decoder_create(opus.RATE, 1, None))
    samples = ctypes.create_string_buffer(2 * opus.HOP)
    for _ in range(REPEATS):
        library.opus_decode(decoder, packet, len(packet), samples, opus.HOP, 0)
    library.opus_decoder_destroy(decoder)
    return samples.raw


def opus_library() -> ctypes.CDLL:
    library = ctypes.CDLL("libopus.so.0")
    library.opus_encoder_create.restype = ctypes.c_void_p
    library.opus_decoder_create.restype = ctypes.c_void_p
    return library


def encoded(frequency: float, rate: int, hop: int, options: Sequence[str]) -> bytes:
    """A long tone, encoded by ffmpeg."""
    source = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-"]
    return piped([*source, *options], sine(frequency, rate, FRAMES * hop))


def piped(options: Sequence[str], data: bytes) -> bytes:
    # Without the special instructions of a processor, for the same bytes on each.
    command = ["ffmpeg", "-v", "error", "-cpuflags", "0", *options, "-"]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def repeating(tone: int, rate: int, hop: int) -> float:
    """The frequency nearest to *tone* that repeats at each hop."""
    return round(tone * hop / rate) * rate / hop


def sine(frequency: float, rate: int, count: int, phase: float = 0) -> bytes:
    turn = 2 * math.pi * frequency / rate
    wave = (round(AMPLITUDE * math.sin(turn * at + phase)) for at in range(count))
    return struct.pack(f"<{count}h", *wave)


def purity(samples: bytes, frequency: float, rate: int) -> float:
    """The share of the energy of *samples*, whole periods, that is at *frequency*.

    A tone that is more than twice too loud or too soft has none.
    """
    heard: list[int] = [sample for (sample,) in struct.iter_unpack("<h", samples)]
    turn = 2 * math.pi * frequency / rate
    straight = sum(sample * math.cos(turn * at) for at, sample in enumerate(heard))
    across = sum(sample * math.sin(turn * at) for at, sample in enumerate(heard))
    height = 2 * math.hypot(straight, across) / len(heard)
    if not AMPLITUDE / 2 < height < AMPLITUDE * 2:
        return 0
    return height**2 * len(heard) / 2 / sum(sample * sample for sample in heard)


if __name__ == "__main__":
    sys.stdout.write(codebook())
