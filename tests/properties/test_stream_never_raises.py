"""Whatever a client sends, a session answers in well-formed JSON, or ends, and never raises."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.audio.render import duration
from ringback.core.base.duration import SECOND
from ringback.core.base.ids import IdSource
from ringback.core.request.voices import DEFAULT_VOICE
from ringback.core.stream.aura import TextStream
from ringback.core.stream.flux import TurnStream
from ringback.core.stream.stream import HangUp, Play, Say, Stream
from tests.budgets import budget

ANY_TEXT = st.text() | st.text(st.characters() | st.integers(0xD800, 0xDFFF).map(chr))
"""Text with lone surrogates too, which no wire carries but a server in Python may hand in."""

KINDS = st.sampled_from(
    ["Speak", "Flush", "Clear", "Close", "Interrupt", "Configure", "KeepAlive", "speak", ""]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0.5, 0.55, 1, 1.5, 10**400, 1e308])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "text", "x"]), inner),
    max_leaves=4,
)
COMMANDS = st.fixed_dictionaries(
    {"type": KINDS | ANYTHING},
    optional={
        "text": ANY_TEXT | st.sampled_from(["Hello", "a" * 1999]) | ANYTHING,
        "speed": NUMBERS | ANYTHING,
        "playback_offset": st.fixed_dictionaries({"type": st.just("time_ms"), "value": NUMBERS})
        | ANYTHING,
    },
)
GOOD = (
    '{"type":"Flush"}',
    '{"type":"Clear"}',
    '{"type":"Interrupt"}',
    '{"type":"Configure","speed":1e999}',
    '{"type":"Speak","text":"Hello"}',
)
FRAMES = st.one_of(
    st.binary(max_size=20),
    ANY_TEXT,
    ANYTHING.map(json.dumps),
    COMMANDS.map(json.dumps),
    st.sampled_from(GOOD),
)
CLIENTS = st.lists(
    st.tuples(FRAMES | st.sampled_from(GOOD), st.sampled_from([0, 1, 30, 60])), max_size=40
)


def a_text_stream() -> Stream:
    return TextStream(DEFAULT_VOICE)


def an_unlimited_text_stream() -> Stream:
    return TextStream(DEFAULT_VOICE, limited=False)


def a_turn_stream() -> Stream:
    return TurnStream(DEFAULT_VOICE, IdSource().speech_id, duration)


def no_json(constant: str) -> None:
    pytest.fail(f"{constant} is no JSON")


@pytest.mark.parametrize("begin", [a_text_stream, an_unlimited_text_stream, a_turn_stream])
@settings(max_examples=budget(40, 500))
@given(client=CLIENTS)
def test_a_session_answers_every_client(
    begin: Callable[[], Stream], client: list[tuple[str | bytes, int]]
) -> None:
    stream, now = begin(), 0
    limit = stream.limit[0]
    for frame, wait in client:
        now += wait * SECOND
        was_over = stream.ended
        effects = stream.receive(frame, now)
        assert not (was_over and effects)
        assert stream.limit[0] >= limit
        limit = stream.limit[0]
        for position, effect in enumerate(effects):
            match effect:
                case Say():
                    message: dict[str, Any] = json.loads(
                        effect.text.encode(), parse_constant=no_json
                    )
                    assert message["type"]
                case Play():
                    assert effect.text.encode()
                    assert 0.5 <= effect.speed <= 1.5
                case HangUp():
                    assert stream.ended
                    assert position == len(effects) - 1
                    assert effect.code in (1000, 1003, 1008, 1009)
