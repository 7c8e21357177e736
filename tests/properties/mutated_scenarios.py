"""Scenario files that are valid, and the same with a few slips of a pen in them."""

import random
from pathlib import Path

SHIPPED = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "scenarios").glob("*.ringback.yaml"))
]
RICH = """\
$schema: https://example.com/scenario.json
version: 1
name: Everything that a file may say
why: "So that every key is near to a slip."
submit:
  text: Hello, how can I help you today?
  callback: http://ada:s3cr3t@app.example/hook?a=b%20c
  callback_method: put
  content_type: text/plain
  model: aura-2-thalia-en
  encoding: linear16
  container: wav
  sample_rate: 8000
  speed: 1.1
  tag: [one, two]
  mip_opt_out: true
receiver: [503, timeout, {status: 500, headers: {retry-after: "5"}, body: x, after: 2s}, 204]
faults: [null, duplicate, answer lost]
failed_job: {status: 422, err_code: A, err_msg: B}
settings:
  retries: 3
  retry_delay: 500ms
  epoch: 2026-01-01T00:00:00Z
  permitted_ports: [80, 443]
  request_failure: {delay: 2s, breaks: cut, after_bytes: 3}
  callback_framing: chunked
  callback_user_agent: x/1
expect:
  answer: cut
  attempts:
    - +0s
    - {at: 30s, got: timeout, method: PUT, url: "http://app.example/hook?a=b%20c"}
    - {at: 70s, headers: {dg-token: $key_id, x-a: null}, body: {same_as: 1, bytes: 5}}
  each: {headers: {authorization: Basic YWRhOnMzY3IzdA==, cookie: "$regex:s3cr3t.*"}}
  state: exhausted
"""
TURNED_DOWN = """\
version: 1
name: A request that is turned down
submit: {text: Hello, callback: "http://app.example/hook"}
settings: {request_failure: {status: 503, code: A, message: Please wait., body: "<p>", delay: 1m}}
expect: {answer: {status: 503, err_code: $any, err_msg: "$regex:Please.*"}, attempts: []}
"""
ON_THE_WAY = """\
version: 1
name: A line that is bad
submit: {text: Hello, callback: "http://app.example/hook"}
receiver: [503, timeout, 500, {status: 500, after: 3s}, 200, 204]
faults: [null, duplicate, answer lost, reset]
settings: {retries: 5, retry_delay: 0, attempt_timeout: 2s}
expect:
  attempts: [0s, 0s, {at: 0s, got: answer lost}, 0s, +0s]
  state: delivered
"""
STORY = """\
$schema: https://example.com/scenario.json
version: 2
name: Everything that a story may say
why: "So that every key is near to a slip."
tags: [one, two]
xfail: it leaves too much behind
allow: [pending, replies, failures, faults]
settings: {retries: $matrix.retries, epoch: 2026-01-01T00:00:00Z}
defaults:
  submit: {text: Hello, callback: "http://ada:s3cr3t@app.example/hook"}
  receiver: {at: "http://app.example"}
  open: {path: /v1/speak}
matrix: {retries: [1, 2], replies: [[503, 200]]}
steps:
  - receiver: {replies: $matrix.replies, faults: [null, duplicate], down: [{from: 0s, to: 40s}]}
  - connect: {at: "http://other.example", to: "http://127.0.0.1:9", faults: [refused]}
  - fail_requests: [429, null, {status: 503, delay: 2s}, cut]
  - submit: {as: first}
  - submit:
      - {as: second, callback_method: put, parameters: {tag: [a, b], speed: 1.5, mip: true}}
      - {as: third, text: Hello, query: "callback=x", path: /v1/speek, method: PUT, key: wrong}
      - {body: "{", content_type: text/plain, headers: {x-a: b, authorization: null}, at: 1s}
  - fail_job: {of: second, status: 422, err_code: A, err_msg: B}
  - advance: 35s
  - advance: {to: 2026-01-01T00:01:05Z}
  - settle
  - step:
  - expect:
      of: second
      answer: {status: 200, headers: {dg-request-id: $request_id}, body: {contains: [request_id]}}
      attempts: [+0s, {at: 2026-01-01T00:00:30Z, got: refused, copy: 409, body: {same_as: 1}}]
      each: {method: PUT, headers: {dg-token: $key_id, x-a: null}, body: {json: {a: [$any, 1]}}}
      state: pending
      due: +70s
  - redeliver: {of: second, as: again}
  - cancel: {of: again, reason: enough}
  - expect: {of: again, state: cancelled, reason: enough}
  - wait: {for: request, count: 3, within: 1ms}
  - expect: {deliveries: 2, pending: 1, requests: 4, received: {"http://app.example": 2}}
  - open: {as: talk, parameters: {encoding: linear16, sample_rate: 8000}}
  - send: [{type: Speak, text: Hello}, {type: Flush}, "no JSON"]
  - expect_frames: [{type: Metadata}, audio, {type: Flushed}, {audio: 7}, {close: 1008}, close]
  - close: talk
  - run_until_idle
"""
SEEDS = [RICH, TURNED_DOWN, ON_THE_WAY, STORY, STORY, *SHIPPED]

TOKENS = [
    *["null", "~", "true", "-1", "0", "1e3", ".inf", "012", "0x1f", "99999999999999999999", "''"],
    *["[]", "{}", "[[]]", "{a: 1}", "- x", "? x", ": ", "#", "# x", "*a", "&a x", "!t x", "<<: x"],
    *['"', "'", "\\", '"\\p"', '"\\ud800"', "\t", "|", ">", "%", "@", "`", "---", "...", "\x85"],
    *["€", "日本", "\u2028", "\ufeff", "\x00", "\x1b[0m", "\N{ZERO WIDTH JOINER}", "e\u0301"],
    *[
        "+30s",
        "1m30s",
        "1:30",
        "99999h",
        "-5s",
        "$key_id",
        "$foo",
        "a $any",
        "$regex:(",
        "$regex:[[a]",
    ],
    *[
        "cut",
        "stalled",
        "timeout",
        "refused",
        "reset",
        "answer lost",
        "duplicate",
        "put",
        "delivered",
    ],
    *[
        "https://ada:s3/cr@t@app.example/",
        "ftp://x",
        "http://127.0.0.1:1/",
        "http://[::1]/",
        "x" * 300,
    ],
    *["$regex:a{99999999999}", "2026-01-01", "0001-01-01T00:00:00Z", "200", "204", "302", "600"],
]


def slipped(text: str, seed: int) -> str:
    """*text* with one to three slips, which *seed* decides."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(SLIPS)(text, chance)
    return text


def _value(text: str, chance: random.Random) -> str:
    """Another value behind one of the keys."""
    lines = text.split("\n")
    number = chance.randrange(len(lines))
    key, colon, _ = lines[number].partition(": ")
    lines[number] = f"{key}{colon or ' '}{chance.choice(TOKENS)}"
    return "\n".join(lines)


def _token(text: str, chance: random.Random) -> str:
    """A token somewhere, in place of some characters or of none."""
    start = chance.randrange(len(text) + 1)
    return text[:start] + chance.choice(TOKENS) + text[start + chance.choice([0, 0, 1, 5]) :]


def _cut(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.randint(1, 12) :]


def _line_twice(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return "\n".join(lines)


def _line_away(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def _indented(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    number = chance.randrange(len(lines))
    lines[number] = chance.choice(["  ", " ", "\t"]) + lines[number]
    return "\n".join(lines)


def _element(text: str, chance: random.Random) -> str:
    """Another entry of a list or mapping in brackets."""
    commas = [index for index, character in enumerate(text) if character in ",[{"]
    if not commas:
        return text
    start = chance.choice(commas) + 1
    ends = [index for mark in ",]}\n" if (index := text.find(mark, start)) >= 0]
    end = min(ends, default=len(text))
    return f"{text[:start]} {chance.choice(TOKENS)}{text[end:]}"


SLIPS = [_value, _value, _token, _cut, _line_twice, _line_away, _indented, _element, _element]
