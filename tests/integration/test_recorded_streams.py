"""Streams, recorded as their clients had them, and played again."""

from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from ringback import Emulator, Settings, play_scenario
from ringback import read_scenario as read
from ringback.scenario.staging import Over
from tests.integration.streaming import end_of, heard, opened, speak_on

HELLO = ('{"type":"Speak","text":"Hello"}', '{"type":"Flush"}')
FLUX = "model=flux-alexis-en"


def recorded(emulator: Emulator, folder: Path) -> Path:
    (path,) = emulator.record(folder / "told.ringback.yaml")
    return path


def test_a_stream_becomes_a_file_as_somebody_would_write_it() -> None:
    with Emulator() as ringback:
        query = "model=aura-2-thalia-en&encoding=linear16&sample_rate=8000"
        with opened(ringback, query) as stream:
            stream.recv()
            for frame in HELLO:
                stream.send(frame)
            heard(stream)
            ringback.advance(10)
            stream.send('{"type":"Close"}')
            assert end_of(stream)[1] == 1000
        text = ringback.export("scenario")
    assert (
        text
        == """\
# Recorded by Ringback. Secrets are replaced by ***.
version: 2
name: "A stream, and what was said on it"
steps:
  - open: {parameters: {model: aura-2-thalia-en, encoding: linear16, sample_rate: 8000}}
  - send: [{type: Speak, text: Hello}, {type: Flush}]
  - expect_frames:
      - {type: Metadata, request_id: $request_id, model_name: aura-2-thalia-en}
      - audio: 7680
      - {type: Flushed, sequence_id: 0}
  - advance: {to: +10s}
  - send: [{type: Close}]
  - expect_frames: [{close: 1000}]
  - expect: {answer: {status: 101}}
"""
    )


@pytest.mark.parametrize("over", ["process", "sockets"])
def test_streams_between_deliveries_play_to_what_was_recorded(over: Over, tmp_path: Path) -> None:
    with Emulator(Settings(seed=3)) as ringback:
        ringback.receiver("https://app.example", replies=[503, 200])
        delivery = ringback.submit("Hello", callback="https://app.example/hook")
        ringback.fail_requests({"breaks": "cut", "after_bytes": 100})
        with opened(ringback) as broken, opened(ringback, FLUX, "/v2/speak") as flux:
            flux.send(HELLO[0])
            ringback.advance(59)
            assert flux.ping().wait(10)
            ringback.advance(59)
            for stream in (broken, flux):
                for frame in HELLO[-1:] if stream is flux else HELLO:
                    stream.send(frame)
            while heard(flux)[1]["type"] != "SpeechMetadata":
                pass
        with pytest.raises(InvalidStatus), opened(ringback, "modle=x", additional_headers={}):
            pass
        ringback.run_until_idle()
        path = recorded(ringback, tmp_path)
    text = path.read_text("utf-8")
    for said in ("{audio: 100}", "ping", "type: SpeechStarted", "key: none", "{close: 1011"):
        assert said in text
    report = play_scenario(read(path), over=over)
    assert report.failures == []
    assert report.timeline[0].endswith(delivery.timeline[0])


def test_a_message_with_a_thousand_brackets_is_sent_as_it_was(tmp_path: Path) -> None:
    deep = '{"type":"Clear","more":' + "[" * 900 + "]" * 900 + "}"
    with Emulator() as ringback:
        with opened(ringback) as stream:
            stream.send(deep)
            while heard(stream)[1]["type"] != "Cleared":
                pass
        path = recorded(ringback, tmp_path)
    assert play_scenario(read(path)).failures == []


def test_each_stream_gets_a_file_that_is_named_for_its_end(tmp_path: Path) -> None:
    with Emulator() as ringback:
        for closing in ('{"type":"Close"}', "no JSON"):
            with opened(ringback) as stream:
                stream.send(closing)
        with opened(ringback):
            ringback.settle()
            names = [path.name for path in ringback.record(tmp_path / "run")]
    assert names == [
        f"00{n}-{end}.ringback.yaml"
        for n, end in enumerate(["closed-1000", "closed-1008", "pending"], 1)
    ]


def test_messages_that_no_file_can_send_are_counted(tmp_path: Path) -> None:
    with Emulator() as ringback, opened(ringback) as stream:
        speak_on(stream, '{"type":"Speak","text":"' + "o" * 5000 + '"}', HELLO[1])
        ringback.settle()
        text = ringback.export("scenario")
    assert "# Messages on streams that are left out, being binary or very long: 1." in text


def test_a_stream_whose_beginning_is_not_kept_is_left_out_and_counted(tmp_path: Path) -> None:
    with Emulator(Settings(keep=20)) as ringback, opened(ringback) as stream:
        for _ in range(40):
            stream.send('{"type":"Clear"}')
            heard(stream)
        ringback.receiver("https://app.example")
        ringback.submit("Hello", callback="https://app.example/hook")
        ringback.run_until_idle()
        path = recorded(ringback, tmp_path)
    assert "their beginning not kept: 1." in path.read_text("utf-8")
    assert play_scenario(read(path)).failures == []


def test_on_a_clock_that_flows_what_is_said_at_once_is_sent_at_once(tmp_path: Path) -> None:
    with Emulator(Settings(clock="real")) as ringback:
        with opened(ringback) as stream:
            for frame in HELLO:
                stream.send(frame)
            while heard(stream)[1]["type"] != "Flushed":
                pass
        ringback.wait_until(lambda: "closed" in ringback.timeline)
        path = recorded(ringback, tmp_path)
    assert "advance: {to: +0.0" not in path.read_text("utf-8")
    assert play_scenario(read(path)).failures == []
