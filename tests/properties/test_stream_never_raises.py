"""Whatever a client sends, a session answers in well-formed JSON, or ends, and never raises."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.duration import SECOND
from ringback.core.stream import HangUp, Play, Say, Stream

ANY_TEXT = st.text() | st.text(st.characters() | st.integers(0xD800, 0xDFFF).map(chr))
"""Text with lone surrogates too, which no wire carries but a server in Python may hand in."""

KINDS = st.sampled_from(["Speak", "Flush", "Clear", "Close", "KeepAlive", "speak", ""])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "text", "x"]), inner),
    max_leaves=4,
)
COMMANDS = st.fixed_dictionaries(
    {"type": KINDS | ANYTHING}, optional={"text": ANY_TEXT | st.just("a" * 1999) | ANYTHING}
)
FRAMES = st.one_of(
    st.binary(max_size=20),
    ANY_TEXT,
    ANYTHING.map(json.dumps),
    COMMANDS.map(json.dumps),
    st.sampled_from(["Flush", "Clear"]).map(lambda kind: json.dumps({"type": kind})),
)
CLIENTS = st.lists(st.tuples(FRAMES, st.sampled_from([0, 1, 30, 60])), max_size=40)

REPLIES = {
    "Flushed": {"sequence_id"},
    "Cleared": {"sequence_id"},
    "Warning": {"description", "code"},
}


@settings(max_examples=250, deadline=None)
@given(CLIENTS, st.booleans())
def test_a_session_answers_every_client(
    client: list[tuple[str | bytes, int]], limited: bool
) -> None:
    stream, now, sequence = Stream(limited=limited), 0, 0
    for frame, wait in client:
        now += wait * SECOND
        was_over = stream.ended
        effects = stream.receive(frame, now)
        assert not (was_over and effects)
        for position, effect in enumerate(effects):
            match effect:
                case Say():
                    message = json.loads(effect.text.encode())
                    assert message.keys() == {"type"} | REPLIES[message["type"]]
                    if "sequence_id" in message:
                        assert message["sequence_id"] == sequence
                        sequence += 1
                case Play():
                    assert effect.text.encode()
                case HangUp():
                    assert stream.ended
                    assert position == len(effects) - 1
                    assert effect.code in (1000, 1003, 1008, 1009)
