"""Bytes for a socket that are HTTP, nearly HTTP, or not at all, drawn from a seed.

The same seed and index make the same stream: `hostile_stream(seed, index)` repeats a failure.
"""

import random
from collections.abc import Callable
from urllib.parse import quote

from tests.properties.hostile_requests import KEY, Draw, hostile_request, mutated

HEAD = b"%s %s HTTP/1.1\r\nhost: x\r\nauthorization: Token " + KEY.encode() + b"\r\n"
TEXT = b'{"text": "Hello"}'
JSON = b"content-type: application/json\r\n"


def hostile_stream(seed: int, index: int) -> bytes:
    """The stream with that *index*."""
    draw = random.Random(f"{seed}:stream:{index}")
    stream = draw.choice(STREAMS)(draw)
    if draw.random() < 0.25:
        stream = mutated(draw, stream)
    return stream * draw.choice([1, 1, 1, 2])


def a_hostile_request(draw: Draw) -> bytes:
    """A request of `hostile_requests`, as it would travel; what no header can hold stays in it."""
    request = hostile_request(draw.randrange(1_000_000), 0)
    body = b"".join(request.pieces)[:20_000]
    target = quote(request.path.encode("utf-8", "replace")) + "?"
    # An answer to a HEAD tells a length and has no body: it could not be told from a broken one.
    method = request.method.replace("HEAD", "GET").encode()
    lines = [method + b" " + target.encode() + request.query + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in [(b"host", b"x"), *request.headers]]
    lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def an_odd_length(draw: Draw) -> bytes:
    """A body whose length is told wrongly, doubly or not at all."""
    lengths = [
        b"0",
        b"3",
        b"17",
        b"18",
        b"5000",
        b"-1",
        b"+17",
        b"0x11",
        b"1e1",
        b"17, 17",
        b"17, 18",
    ]
    lengths += [b"17\r\ncontent-length: 18", b" 17 ", b"", b"9" * 30, b"9" * 5000, b"1_7", b"\xb2"]
    framing = b"content-length: " + draw.choice(lengths) + b"\r\n"
    return HEAD % (b"POST", b"/v1/speak") + JSON + draw.choice([framing, b""]) + b"\r\n" + TEXT


def odd_chunks(draw: Draw) -> bytes:
    """A body in chunks: right ones, broken ones, or none."""
    good = b"%x\r\n%s\r\n" % (len(TEXT), TEXT)
    chunks = [
        *[
            good + b"0\r\n\r\n",
            good + b"0\r\ntrailer: x\r\n\r\n",
            good,
            b"0\r\n\r\n",
            b"",
            b"zz\r\n",
        ],
        *[
            b"11;a=b\r\n" + TEXT + b"\r\n0\r\n\r\n",
            b"-1\r\n",
            b"f" * 40 + b"\r\n",
            b"11\n" + TEXT,
            b"0",
        ],
        *[b"10\r\n" + TEXT + b"\r\n0\r\n\r\n", b"12\r\n" + TEXT + b"\r\n0\r\n\r\n", b"1" * 5000],
        *[b"1\r\nx\r\n" * 200 + b"0\r\n\r\n", b"11;" + b"a" * 70_000 + b"\r\n" + TEXT, b"0x11\r\n"],
    ]
    codings = [b"chunked"] * 8 + [
        b"Chunked",
        b"chunked, chunked",
        b"gzip, chunked",
        b"x",
        b"\x0bchunked",
    ]
    framing = b"transfer-encoding: " + draw.choice(codings) + b"\r\n"
    framing += draw.choice([b"", b"", b"content-length: 3\r\n", b"transfer-encoding: chunked\r\n"])
    path = draw.choice([b"/v1/speak", b"/v2/speak?model=flux-kai-en", b"/v1/auth/grant"])
    return HEAD % (b"POST", path) + JSON + framing + b"\r\n" + draw.choice(chunks)


def an_odd_head(draw: Draw) -> bytes:
    """A request line or a header as no parser likes it."""
    lines = [
        *[
            b"POST /v1/speak HTTP/1.0",
            b"POST /v1/speak HTTP/0.9",
            b"POST /v1/speak",
            b"POST",
            b"\r\n\r\n",
        ],
        *[
            b"PRI * HTTP/2.0",
            b"OPTIONS * HTTP/1.1",
            b"CONNECT app.example:443 HTTP/1.1",
            b"GET  HTTP/1.1",
        ],
        *[
            b"POST http://app.example/v1/speak HTTP/1.1",
            b"POST\t/v1/speak\tHTTP/1.1",
            b"\x00",
            b"POST ",
        ],
        *[
            b"POST /v1/speak?\xff HTTP/1.1",
            b"POST /v1/speak?%s HTTP/1.1" % (b"a=b&" * 20_000),
            b" ",
        ],
        *[
            b"POST //app.example/v1/speak HTTP/1.1",
            b"POST /v1/speak HTTP/1.1 x",
            b"POST /%ff%fe HTTP/1.1",
        ],
    ]
    headers = [
        *[
            b"host: x",
            b"host: x\r\nhost: y",
            b"x",
            b": x",
            b"x : y",
            b"x:\x00",
            b"x: y\r\n folded",
            b"x:",
        ],
        *[
            b"x: " + b"y" * 70_000,
            b"\xff: x",
            b"host: \xff",
            b"x: y\rz: a",
            b"x: y\nz: a",
            b"x(): y",
        ],
        *[b"expect: 100-continue", b"connection: close, x", b"connection: \x7f", b"upgrade: h2c"],
    ]
    chosen = draw.choices(headers, k=draw.randint(0, 3))
    separator = draw.choice([b"\r\n"] * 5 + [b"\n", b"\r"])
    return separator.join([draw.choice(lines), *chosen, b"", TEXT])


def no_http(draw: Draw) -> bytes:
    """Something else: a TLS greeting, another protocol, noise."""
    return draw.choice(
        [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + draw.randbytes(500),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + draw.randbytes(50),
            b"EHLO x\r\n",
            b"",
            draw.randbytes(draw.randint(1, 3000)),
            b"\r\n" * 5000,
            b"A" * 100_000,
        ]
    )


STREAMS: list[Callable[[Draw], bytes]] = [
    *[a_hostile_request] * 4,
    *[an_odd_length] * 2,
    *[odd_chunks] * 3,
    *[an_odd_head] * 3,
    no_http,
]
