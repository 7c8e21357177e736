"""Random runs of an emulator, as somebody might make them, and what became of each."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ringback import Delivery, Emulator, NothingDue, Refused, Reply, RingbackError, Settings
from ringback.scenario.acting.talks import Talk, open_here
from ringback.scenario.story.streaming import Open

ORIGINS = ("https://one.example", "https://two.example:8443")

REPLIES = st.lists(
    st.sampled_from([200, 204, 301, 404, 500, 503, "timeout", "refused", "reset"])
    | st.builds(
        Reply,
        st.sampled_from([204, 302, 429, 503]),
        st.sampled_from([{}, {"Retry-After": "7"}, {"Location": "https://a:b@c.example/?sig=x"}]),
        after=st.sampled_from([0, 0.25, 4, 10, 11, 30]),
    ),
    min_size=1,
    max_size=6,
)
FAULTS = st.lists(
    st.sampled_from(
        [
            None,
            500,
            "timeout",
            "refused",
            "answer lost",
            "duplicate",
            "two at once",
            "reset after",
            "garbage",
        ]
    ),
    max_size=3,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20) | (
    st.sampled_from(["Hello", "a: b", "# no", "'\"\n\t", "null", "1"])
)
PARAMETERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "callback_method": st.sampled_from(["put", "PUT", "post"]),
        "model": st.sampled_from(["aura-2-thalia-en", "aura-asteria-en", "no-such"]),
        "encoding": st.sampled_from(["mp3", "linear16", "flac", "wav"]),
        "speed": st.sampled_from([1, 0.9, 1.2, 9]),
        "tag": st.sampled_from(["a", ["a", "b: c"], "me@secret"]),
        "mip_opt_out": st.booleans(),
        "modle": st.just("x"),
        "content_type": st.sampled_from(["text/plain", "application/json; charset=utf-8"]),
    },
)
TARGETS = st.sampled_from(["/hook", "/", "/a/b?token=t0ken&x=1", "?x=%20"])
FAILURES = st.sampled_from(
    [
        *(402, 429, 503, "cut"),
        {"status": 503, "code": "BUSY", "message": "$later", "headers": {"retry-after": 3}},
        {"status": 502, "body": "<h1>x</h1>"},
        {"breaks": "cut", "after_bytes": 3},
    ]
)

OPENINGS = st.fixed_dictionaries(
    {},
    optional={
        "path": st.just("/v2/speak"),
        "parameters": st.fixed_dictionaries(
            {},
            optional={
                "encoding": st.sampled_from(["linear16", "mulaw", "mp3"]),
                "sample_rate": st.sampled_from([8000, 16000, 7]),
                "speed": st.sampled_from([1, 1.2, 9]),
                "mip_opt_out": st.booleans(),
                "modle": st.just("x&y"),
            },
        ),
        "key": st.sampled_from(["none", "wrong"]),
    },
)
FRAMES = st.one_of(
    st.builds(lambda text: {"type": "Speak", "text": text}, TEXTS).map(json.dumps),
    st.sampled_from(
        [
            *('{"type":"Flush"}', '{"type":"Flush"}', '{"type":"Clear"}', '{"type":"Close"}'),
            *('{"type":"Interrupt"}', '{"type":"Configure","speed":1.2}', '{"type":"$any"}'),
            *("no JSON", '{"type":"Speak","text":"\\ud800"}', '{"type":"Speak","type":"Flush"}'),
            '{"type":"Speak","text":"","more":[1,2.5,null,{"a: b":true}]}',
            '{"type":"Speak","text":"","more":' + "[" * 900 + "]" * 900 + "}",
            '{"type":"Speak","text":' + f'"{"long " * 500}"' + "}",
        ]
    ),
)

SAYINGS = st.lists(FRAMES, min_size=1, max_size=4) | TEXTS.map(
    lambda text: [json.dumps({"type": "Speak", "text": text}), '{"type":"Flush"}']
)

Act = tuple[str, Any]

ACTS: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("submit"), st.tuples(TEXTS, st.sampled_from(ORIGINS), TARGETS, PARAMETERS)),
    st.tuples(st.just("submit"), st.tuples(TEXTS, st.sampled_from(ORIGINS), TARGETS, st.just({}))),
    st.tuples(st.just("misplaced"), st.sampled_from(["https://one.example:3000/", "ftp://x/"])),
    st.tuples(st.just("plain"), TEXTS),
    st.tuples(st.just("receiver"), st.tuples(st.sampled_from(ORIGINS), REPLIES, FAULTS)),
    st.tuples(st.just("fail_requests"), FAILURES),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("fail_job"), st.integers(0, 5)),
    st.tuples(st.just("redeliver"), st.integers(0, 5)),
    st.tuples(st.just("open"), OPENINGS),
    st.tuples(st.just("say"), st.tuples(st.integers(0, 3), SAYINGS)),
    st.tuples(st.just("ping"), st.integers(0, 3)),
    st.tuples(st.just("leave"), st.integers(0, 3)),
    st.tuples(st.just("settle"), st.none()),
    st.tuples(st.just("step"), st.none()),
    st.tuples(st.just("advance_to_next"), st.none()),
    st.tuples(st.just("advance"), st.sampled_from([0, 0.25, 5, 10, 30, 35.5, 100, 3600])),
    st.tuples(st.just("run_until_idle"), st.none()),
)

SETTINGS = st.builds(
    Settings,
    seed=st.sampled_from([None, 7]),
    retries=st.sampled_from([0, 1, 3, 10]),
    retry_delay=st.sampled_from([0.5, 7, 30]),
    processing_time=st.sampled_from([0, 0, 2.5]),
    callback_errors=st.booleans(),
    dg_token=st.booleans(),
)


def run(settings: Settings, acts: list[Act]) -> Emulator:
    """The emulator on which *acts* have been done, which is open still."""
    emulator = Emulator(settings).open()
    for origin in ORIGINS:
        emulator.receiver(origin, replies=[503, 204])
    talks: list[Talk] = []
    for verb, said in acts:
        with suppress(Refused, NothingDue, RingbackError, IndexError):
            if verb in _TALKING:
                _TALKING[verb](emulator, talks, said)
            else:
                _ACTS.get(verb, _move)(emulator, verb, said)
    for talk in talks:
        talk.leave()
    return emulator


def _move(emulator: Emulator, verb: str, said: Any) -> None:
    getattr(emulator, verb)(*([] if said is None else [said]))


def _submit(emulator: Emulator, _: str, said: Any) -> None:
    text, origin, target, parameters = said
    emulator.submit(text, callback=origin + target, **parameters)


def _plain(emulator: Emulator, _: str, text: str) -> None:
    """A request without a callback, made to the service as its server does."""
    service = emulator._live_service
    answer = service.speak(
        b"model=aura-2-thalia-en",
        f"Token {emulator.api_key}",
        "text/plain",
        text.encode(),
        headers=((b"authorization", b"Token x"), (b"content-type", b"text/plain")),
    )
    service.made(answer)
    service.answered(answer)


def _open(emulator: Emulator, talks: list[Talk], said: Any) -> None:
    model = "flux-alexis-en" if "path" in said else "aura-2-thalia-en"
    parameters = {"model": model, **said.get("parameters", {})}
    opening = Open.model_validate({**said, "parameters": parameters})
    talks.append(open_here(emulator._live_service, opening))


def _talk(talks: list[Talk], index: int) -> Talk:
    return talks[index % max(len(talks), 1)]


def _say(_: Emulator, talks: list[Talk], said: Any) -> None:
    index, frames = said
    for frame in frames:
        _talk(talks, index).send(frame)


_TALKING: dict[str, Callable[[Emulator, list[Talk], Any], object]] = {
    "open": _open,
    "say": _say,
    "ping": lambda _, talks, index: _talk(talks, index).ping(),
    "leave": lambda _, talks, index: _talk(talks, index).leave(),
}


def _delivery(emulator: Emulator, index: int) -> Delivery:
    return emulator.deliveries[index % max(len(emulator.deliveries), 1)]


_ACTS: dict[str, Callable[[Emulator, str, Any], object]] = {
    "submit": _submit,
    "plain": _plain,
    "misplaced": lambda emulator, _, url: emulator.submit("Hi", callback=url),
    "receiver": lambda emulator, _, said: emulator.receiver(*said),
    "fail_requests": lambda emulator, _, failure: emulator.fail_requests(failure),
    "cancel": lambda emulator, _, index: emulator.cancel(_delivery(emulator, index), "no use"),
    "fail_job": lambda emulator, _, index: emulator.fail_job(_delivery(emulator, index)),
    "redeliver": lambda emulator, _, index: emulator.redeliver(_delivery(emulator, index)),
}


def replayed(text: str, folder: Path) -> str:
    """The timeline of an emulator on which the recording *text* has been played."""
    from ringback.scenario.reading import check
    from ringback.scenario.source import Source

    path = folder / "recorded.ringback.yaml"
    path.write_text(text, "utf-8")
    file = check(Source.of(text))
    with Emulator(Settings(**file.scenario.settings.given)) as emulator:
        emulator.play(path)
        return emulator.timeline
