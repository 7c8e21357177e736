"""Which combinations of encoding, container and rates exist, and why the others do not."""

from itertools import product

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import V1
from ringback.core.request.encodings import FLUX_OUTPUTS, OUTPUTS, AudioFormat, Container, Encoding
from ringback.core.request.formats import FormatRules
from ringback.core.request.parameters import Schema
from ringback.core.request.query import Values, read_values

RULES = FormatRules()


def read_format(raw: str, rules: FormatRules = RULES) -> AudioFormat | Rejection:
    """What a query string asks for."""
    read = read_values(raw.encode(), Schema(V1.parameters))
    assert isinstance(read, Values)
    return rules.read(read.values, OUTPUTS)


def rate(read: AudioFormat | Rejection) -> int:
    """The sample rate of a format that exists."""
    assert isinstance(read, AudioFormat)
    return read.sample_rate


def refusal(raw: str, rules: FormatRules) -> str:
    """Why a format does not exist."""
    read = read_format(raw, rules)
    assert isinstance(read, Rejection)
    return read.message


LATER = [32000, 40000, 48000, 192000]
WAV_OR_NONE: set[str | None] = {"wav", "none", None}
MATRIX: dict[str, tuple[set[str | None], set[int | None], set[int | None]]] = {
    "linear16": (WAV_OR_NONE, {8000, 16000, 24000, 32000, 48000, None}, {None}),
    "mulaw": (WAV_OR_NONE, {8000, 16000, None}, {None}),
    "alaw": (WAV_OR_NONE, {8000, 16000, None}, {None}),
    "mp3": ({None}, {22050, None}, {8000, 16000, 24000, 32000, 40000, 48000, None}),
    "opus": (
        {"ogg", None},
        {48000, None},
        {4000, 8000, 12000, 16000, 24000, *LATER, 192001, 650000, None},
    ),
    "flac": ({None}, {8000, 16000, 22050, 32000, 48000, None}, {None}),
    "aac": ({None}, {22050, None}, {4000, 8000, 12000, 16000, 24000, *LATER, None}),
}
CONTAINERS = ["wav", "none", "ogg", None]
SAMPLE_RATES = [0, -1, 8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 1_000_000_000, None]
BIT_RATES = [
    *[-1, 3999, 4000, 8000, 12000, 16000, 24000, *LATER],
    *[192001, 650000, 650001, None],
]


@pytest.mark.rule("outputs")
@pytest.mark.parametrize("encoding", MATRIX)
def test_a_combination_is_accepted_exactly_if_the_table_has_it(encoding: str) -> None:
    containers, sample_rates, bit_rates = MATRIX[encoding]
    for container, sample_rate, bit_rate in product(CONTAINERS, SAMPLE_RATES, BIT_RATES):
        asked = {"container": container, "sample_rate": sample_rate, "bit_rate": bit_rate}
        written = "".join(f"&{name}={value}" for name, value in asked.items() if value is not None)
        read = read_format(f"encoding={encoding}{written}")
        fits = container in containers and sample_rate in sample_rates and bit_rate in bit_rates
        if not fits:
            assert isinstance(read, Rejection), (encoding, written)
            assert (read.status, read.code) == (400, "UNSUPPORTED_AUDIO_FORMAT")
            continue
        assert isinstance(read, AudioFormat), (encoding, written)
        assert read.encoding == encoding
        assert container in (None, read.container)
        assert sample_rate in (None, read.sample_rate)
        assert bit_rate in (None, read.bit_rate)


@pytest.mark.rule("outputs")
@pytest.mark.parametrize(
    ("encoding", "container", "sample_rate", "bit_rate"),
    [
        ("linear16", "wav", 24000, None),
        ("mulaw", "wav", 8000, None),
        ("alaw", "wav", 8000, None),
        ("mp3", "none", 22050, 48000),
        ("opus", "ogg", 48000, 12000),
        ("flac", "none", 48000, None),
        ("aac", "none", 22050, 48000),
    ],
)
def test_an_encoding_alone_is_completed(
    encoding: str, container: str, sample_rate: int, bit_rate: int | None
) -> None:
    assert read_format(f"encoding={encoding}") == AudioFormat(
        Encoding(encoding), Container(container), sample_rate, bit_rate
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("container=wav", "`container` is not applicable when `encoding=mp3`."),
        ("encoding=flac&container=none", "`container` is not applicable when `encoding=flac`."),
        (
            "encoding=linear16&container=ogg",
            "`container=ogg` is invalid when `encoding=linear16`.",
        ),
        ("encoding=opus&container=none", "`container=none` is invalid when `encoding=opus`."),
        ("sample_rate=24000", "`sample_rate` is not applicable when `encoding=mp3`."),
        (
            "encoding=aac&sample_rate=8000",
            "`sample_rate` is not applicable when `encoding=aac`.",
        ),
        (
            "encoding=linear16&sample_rate=44100",
            "`sample_rate` must be 8000, 16000, 24000, 32000, or 48000 when `encoding=linear16`.",
        ),
        (
            "encoding=mulaw&sample_rate=24000",
            "`sample_rate` must be 8000 or 16000 when `encoding=mulaw`.",
        ),
        (
            "encoding=linear16&bit_rate=48000",
            "`bit_rate` is not applicable when `encoding=linear16`.",
        ),
        (
            "bit_rate=64000",
            "`bit_rate` must be 8000, 16000, 24000, 32000, 40000, or 48000 when `encoding=mp3`.",
        ),
        (
            "encoding=opus&bit_rate=650001",
            "`bit_rate` must be between 4000 and 650000 when `encoding=opus`.",
        ),
        (
            "encoding=aac&bit_rate=3999",
            "`bit_rate` must be between 4000 and 192000 when `encoding=aac`.",
        ),
    ],
)
def test_a_format_that_does_not_exist_is_refused_with_its_reason(raw: str, reason: str) -> None:
    assert read_format(raw) == Rejection(
        400, "UNSUPPORTED_AUDIO_FORMAT", f"Unsupported audio format: {reason}"
    )


@pytest.mark.rule("mp3-rate")
def test_naming_exactly_the_rate_of_mp3_is_accepted() -> None:
    assert read_format("sample_rate=22050") == read_format("")


@pytest.mark.rule("mp3-rate")
def test_the_rate_of_mp3_and_of_nothing_else_can_be_set() -> None:
    rules = FormatRules(mp3_sample_rate=24000)
    assert rate(read_format("", rules)) == 24000
    assert rate(read_format("sample_rate=24000", rules)) == 24000
    assert isinstance(read_format("sample_rate=22050", rules), Rejection)
    assert rate(read_format("encoding=aac", rules)) == 22050


@pytest.mark.rule("mp3-bit-rates")
def test_the_bit_rates_of_mp3_can_be_those_of_its_own_table() -> None:
    rules = FormatRules(mp3_bit_rates=(32000, 48000))
    assert isinstance(read_format("bit_rate=32000", rules), AudioFormat)
    assert read_format("bit_rate=8000", rules) == Rejection(
        400,
        "UNSUPPORTED_AUDIO_FORMAT",
        "Unsupported audio format: `bit_rate` must be 32000 or 48000 when `encoding=mp3`.",
    )
    assert "must be 48000 when" in refusal("bit_rate=1", FormatRules(mp3_bit_rates=(48000,)))


@pytest.mark.rule("flac-rate")
def test_the_rate_of_flac_is_48000_unless_another_is_set() -> None:
    assert rate(read_format("encoding=flac")) == 48000
    rules = FormatRules(flac_sample_rate=16000)
    assert rate(read_format("encoding=flac", rules)) == 16000
    assert rate(read_format("encoding=flac&sample_rate=48000", rules)) == 48000


@pytest.mark.rule("format-errors")
def test_a_format_may_be_refused_as_the_documents_print_it() -> None:
    rules = FormatRules(error_code="INVALID_QUERY_PARAMETER")
    assert read_format("sample_rate=24000", rules) == Rejection(
        400,
        "INVALID_QUERY_PARAMETER",
        "`sample_rate` is not applicable when `encoding=mp3`.",
    )


def test_flux_has_a_rate_that_aura_has_not() -> None:
    values = {"encoding": "linear16", "sample_rate": 44100}
    assert rate(FormatRules().read(values, FLUX_OUTPUTS)) == 44100
    assert isinstance(FormatRules().read(values, OUTPUTS), Rejection)
