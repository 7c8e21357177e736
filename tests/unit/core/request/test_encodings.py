"""The table of audio output combinations, and what each is called on the wire."""

import pytest

from ringback.core.request.encodings import (
    DEFAULT_ENCODING,
    FLUX_OUTPUTS,
    OUTPUTS,
    AudioFormat,
    Choice,
    Container,
    Encoding,
    Output,
)

WAV_OR_NONE = (Container.WAV, Container.NONE)


@pytest.mark.parametrize(
    ("encoding", "output"),
    [
        (
            "linear16",
            Output(WAV_OR_NONE, Choice(24000, (8000, 16000, 24000, 32000, 48000)), None),
        ),
        ("mulaw", Output(WAV_OR_NONE, Choice(8000, (8000, 16000)), None)),
        ("alaw", Output(WAV_OR_NONE, Choice(8000, (8000, 16000)), None)),
        (
            "opus",
            Output(
                (Container.OGG,),
                Choice(48000, (48000,), fixed=True),
                Choice(12000, range(4000, 650_001)),
            ),
        ),
        ("flac", Output((), Choice(48000, (8000, 16000, 22050, 32000, 48000)), None)),
        (
            "aac",
            Output((), Choice(22050, (22050,), fixed=True), Choice(48000, range(4000, 192_001))),
        ),
    ],
)
def test_an_encoding_offers_what_the_official_table_says(encoding: str, output: Output) -> None:
    assert OUTPUTS[Encoding(encoding)] == output


@pytest.mark.rule("mp3-rate")
def test_mp3_is_22050_hertz_at_48_kilobits_or_fewer() -> None:
    assert OUTPUTS[Encoding.MP3] == Output(
        (),
        Choice(22050, (22050,), fixed=True),
        Choice(48000, (8000, 16000, 24000, 32000, 40000, 48000)),
    )


def test_flux_offers_one_rate_more() -> None:
    rates = (8000, 16000, 24000, 32000, 44100, 48000)
    linear16 = Output(WAV_OR_NONE, Choice(24000, rates), None)
    assert {**OUTPUTS, Encoding.LINEAR16: linear16} == FLUX_OUTPUTS


def test_a_choice_may_be_chosen_unless_it_is_called_fixed() -> None:
    assert not Choice(8000, (8000,)).fixed


def test_there_are_seven_encodings_and_mp3_is_the_default() -> None:
    assert {"linear16", "mulaw", "alaw", "mp3", "opus", "flac", "aac"} == set(OUTPUTS)
    assert set(OUTPUTS) == set(Encoding)
    assert DEFAULT_ENCODING == "mp3"


@pytest.mark.parametrize("output", OUTPUTS.values())
def test_a_default_is_among_what_is_allowed(output: Output) -> None:
    assert output.sample_rate.default in output.sample_rate.allowed
    assert output.bit_rate is None or output.bit_rate.default in output.bit_rate.allowed


@pytest.mark.parametrize(
    ("encoding", "container", "expected"),
    [
        ("linear16", "wav", "audio/wav"),
        ("mulaw", "wav", "audio/wav"),
        ("alaw", "wav", "audio/wav"),
        ("linear16", "none", "audio/l16;rate=16000"),
        ("mulaw", "none", "audio/mulaw;rate=16000"),
        ("alaw", "none", "audio/alaw;rate=16000"),
        ("mp3", "none", "audio/mpeg"),
        ("opus", "ogg", "audio/ogg;codecs=opus"),
        ("flac", "none", "audio/flac"),
        ("aac", "none", "audio/aac"),
    ],
)
def test_audio_is_named_as_the_service_names_it(
    encoding: str, container: str, expected: str
) -> None:
    sound = AudioFormat(Encoding(encoding), Container(container), 16000, None)
    assert sound.content_type == expected
