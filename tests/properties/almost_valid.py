"""Requests that the service accepts, and the same with a few mistakes in them."""

import json
from dataclasses import dataclass, replace
from urllib.parse import quote

from hypothesis import strategies as st

from ringback.core.request.editions import V1

TEXTS = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip)
PLAIN_TEXTS = TEXTS.filter(lambda text: not set(text) & set("\\{}"))
"""Without what begins a control."""

CALLBACKS = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", "", "ada:s3cret@", "a%40b:%25@"]),
    st.sampled_from(["app.example", "app.example:8080", "bücher.example", "192.0.2.7:443"]),
    st.sampled_from(["", "/", "/hook", "/hook?id=7&x=%20", "/\N{SNOWMAN}", "?a", "/a#b"]),
)
FORMATS = [
    {},
    *({"encoding": encoding} for encoding in V1.outputs),
    {"encoding": "mp3", "bit_rate": "32000"},
    {"encoding": "linear16", "container": "none", "sample_rate": "8000"},
    {"encoding": "linear16", "container": "wav", "sample_rate": "48000.0"},
    {"encoding": "opus", "container": "ogg", "bit_rate": "12000"},
    {"encoding": "flac", "sample_rate": "16000"},
    {"encoding": "mulaw", "container": "wav"},
]
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(sorted(V1.voices)),
        "speed": st.sampled_from(["0.7", "1", "1.25", "1.5", "1e0"]),
        "mip_opt_out": st.sampled_from(["true", "false"]),
        "tag": TEXTS,
        "unknown": TEXTS,
    },
)
DELIVERED = st.fixed_dictionaries(
    {"callback": CALLBACKS},
    optional={"callback_method": st.sampled_from(["POST", "PUT", "put", "post"])},
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sends: *pairs* are a query's, their values as they are meant."""

    pairs: tuple[tuple[str, str], ...]
    content_type: str | None
    body: bytes

    @property
    def query(self) -> bytes:
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in self.pairs).encode()


def _sent(
    options: dict[str, str],
    sound: dict[str, str],
    delivered: dict[str, str],
    text: str,
    plain: bool,
) -> Sent:
    pairs = tuple({**options, **sound, **delivered}.items())
    if plain:
        return Sent(pairs, "text/plain", text.encode())
    return Sent(pairs, "application/json", json.dumps({"text": text}).encode())


VALID = st.builds(
    _sent,
    OPTIONS,
    st.sampled_from(FORMATS),
    st.one_of(st.just({}), DELIVERED, DELIVERED, DELIVERED),
    PLAIN_TEXTS,
    st.booleans(),
)
"""Three of four have a callback."""


@st.composite
def mistaken(
    draw: st.DrawFn,
    values: st.SearchStrategy[str],
    bodies: st.SearchStrategy[bytes],
    content_types: st.SearchStrategy[str | None],
) -> tuple[bytes, str | None, bytes]:
    """Query, content type and body of a valid request after one or two mistakes."""
    sent = draw(VALID)
    query: bytes | None = None
    for mistake in draw(st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=2)):
        match mistake:
            case "another value" if sent.pairs:
                at = draw(st.integers(0, len(sent.pairs) - 1))
                name = sent.pairs[at][0]
                pairs = (*sent.pairs[:at], (name, draw(values)), *sent.pairs[at + 1 :])
                sent = replace(sent, pairs=pairs)
            case "one more":
                name = draw(st.sampled_from([*V1.parameters, "callback_url", ""]))
                sent = replace(sent, pairs=(*sent.pairs, (name, draw(values))))
            case "a broken query":
                at = draw(st.integers(0, len(sent.query)))
                query = sent.query[:at] + draw(st.binary(max_size=3)) + sent.query[at + 1 :]
            case "another body":
                sent = replace(sent, body=draw(bodies))
            case "a broken body":
                at = draw(st.integers(0, len(sent.body)))
                body = sent.body[:at] + draw(st.binary(max_size=3)) + sent.body[at + 1 :]
                sent = replace(sent, body=body)
            case "another type":
                sent = replace(sent, content_type=draw(content_types))
            case _:
                pass
    return sent.query if query is None else query, sent.content_type, sent.body


MISTAKES = [
    *("another value", "one more", "a broken query"),
    *("another body", "a broken body", "another type"),
]
