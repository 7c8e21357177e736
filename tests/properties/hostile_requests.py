"""Requests that no client library would let through, drawn from a seed.

Each is made of valid pieces and of evil ones, and half of them are mutated after that. The same
seed and index make the same request: `hostile_request(seed, index)` repeats a failure.
"""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from ringback.core.base.ids import IdSource
from ringback.core.request.body import MAX_BODY
from ringback.core.request.editions import V2
from ringback.core.request.encodings import Container, Encoding
from ringback.core.request.parameters import BASE
from ringback.core.request.voices import AURA, FLUX

KEY = "key-that-nobody-must-see"
PASSWORD = "hunter2"
SECRETS = (KEY, PASSWORD, base64.b64encode(f"ada:{PASSWORD}".encode()).decode())
"""What must be in no log and no `repr`, however it was sent."""

PROJECT = IdSource().identifier("project")
VOICE = AURA["aura-2-thalia-en"]

Draw = random.Random


@dataclass(frozen=True)
class HostileRequest:
    """One request. *pieces* are those of its body, and then the caller may hang up."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    pieces: tuple[bytes, ...]
    hangs_up: bool = False

    @property
    def scope(self) -> dict[str, object]:
        """The request as an ASGI server would announce it."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": quote(self.path, safe="/%", errors="replace").encode(),
            "root_path": "",
            "query_string": self.query,
            "headers": [*self.headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }


def hostile_request(seed: int, index: int) -> HostileRequest:
    """The request with that *index*."""
    draw = random.Random(f"{seed}:{index}")
    path = draw.choice(PATHS)(draw)
    content_type, body = draw.choice(BODIES)(draw)
    query = a_query(draw, path)
    headers = [*an_authorization(draw), *content_type, *some_headers(draw)]
    method = "POST" if draw.random() < 0.95 else draw.choice(METHODS)
    if "grant" not in path and not path.endswith("speak"):
        method = "GET" if draw.random() < 0.9 else method
    match draw.randrange(8):
        case 0:
            body = mutated(draw, body)
        case 1:
            # A password in a broken query may be the value of anything, and the service repeats it.
            query = mutated(draw, query.replace(PASSWORD.encode(), b""))
        case 2 if headers:
            at = draw.randrange(len(headers))
            name, value = headers[at]
            headers[at] = (name, value and mutated(draw, value))
    draw.shuffle(headers)
    return HostileRequest(
        method, path, query, (*headers,), in_pieces(draw, body), hangs_up=draw.random() < 0.02
    )


# -- paths and methods -----------------------------------------------------------------------------

METHODS = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "post", "PÖST"]
METHODS += ["", "POST ", "\x00", "X" * 5000]

EVIL_NAMES = ["", "..", "%2e%2e", "\x00", "\n", "ü", "\ufffd", "{project_id}", "0", "a" * 9000]
EVIL_NAMES += ["' or 1=1 --", "{{7*7}}", "${jndi:x}", "../../etc/passwd", "%", "?", "#", ";", "\\"]


def an_account_path(draw: Draw) -> str:
    """One of the paths besides speech; what it names may not exist."""
    project = draw.choice([PROJECT, PROJECT.upper(), draw.choice(EVIL_NAMES)])
    voice = draw.choice([VOICE.model_uuid, VOICE.name, draw.choice(EVIL_NAMES)])
    return draw.choice(
        [
            *["/v1/auth/grant"] * 4,
            *["/v1/auth/token", "/v1/projects", f"/v1/projects/{project}"],
            *["/v1/models", "/v2/models", f"/v1/models/{voice}"],
            *[f"/v1/projects/{project}/models", f"/v1/projects/{project}/models/{voice}"],
        ]
    )


def an_odd_path(draw: Draw) -> str:
    """A path that looks like one, or like nothing."""
    near = ["/v1/speak/", "//v1/speak", "/V1/SPEAK", "/v1/speak\x00", "/v1/speak;x", "v1/speak", ""]
    return draw.choice([*near, "*", "/v3/speak", "/v1/listen", "/" + draw.choice(EVIL_NAMES)])


PATHS: list[Callable[[Draw], str]] = [
    *[lambda _: "/v1/speak"] * 14,
    *[lambda _: "/v2/speak"] * 3,
    *[an_account_path] * 4,
    an_odd_path,
]

# -- queries ---------------------------------------------------------------------------------------

HOSTS = ["app.example", "APP.Example.", "localhost", "127.0.0.1", "127.1", "0x7f.1", "[::1]", "[::"]
HOSTS += ["[::ffff:127.0.0.1]", "[::1%25lo]", "0", "169.254.169.254", "bücher.example", "faß.de"]
HOSTS += [
    "①②⑦.0.0.1",
    "xn--",
    "-a.example",
    "a..b",
    "a" * 64 + ".example",
    "a." * 130,
    "",
    " ",
    "_",
]
HOSTS += ["app.example\\@evil.example", "app.example%2f@x", "evil.example#@app.example"]
USERINFO = ["", "", f"ada:{PASSWORD}@", f"{PASSWORD}@", f":{PASSWORD}@", f"ada:{PASSWORD}:x@"]
USERINFO += [f"ada:{PASSWORD}@@", f"a@b:{PASSWORD}@", f"ada:%{PASSWORD}@", f"ada:{PASSWORD}/@"]
USERINFO += [
    f"ada:{PASSWORD}#@",
    f"ada:{PASSWORD}?@",
    f"ada:\u00fc{PASSWORD}%0a@",
    f"[{PASSWORD}]@",
]
USERINFO += [f"ada:x&{PASSWORD}@", f"ada:x&{PASSWORD}=y@", f"ada:x+{PASSWORD}@"]
SCHEMES = ["https://"] * 6 + [
    "http://",
    "HTTP://",
    "ftp://",
    "file:///",
    "javascript:",
    "//",
    "",
    ":",
]
SCHEMES += ["https:/", "https:\\\\", " https://", "ht\ntp://", "gopher://", "data:,"]
PORTS = ["", "", "", ":443", ":8080", ":8443", ":80", ":", ":0", ":81", ":65536", ":-1", ":0443"]
PORTS += [":\u0664\u0664\u0663", ":443:443", ":4e2", ":" + "9" * 5000]
TARGETS = ["", "/hook", "/hook?x=1&y=2", "/a b", "/%zz", "/\u00fc", "?", "#f", "/\r\nx: y", "/\x00"]
TARGETS += ["/" + "a" * 6000, "/..//../", "/;", "/\\", "/\u202e", "/?a=b#c", "/'\"<>"]


def a_callback(draw: Draw) -> str:
    """A callback URL, seldom a good one."""
    if draw.random() < 0.5:
        return f"https://ada:{PASSWORD}@{draw.choice(HOSTS[:2])}{draw.choice(TARGETS)}"
    return "".join(draw.choice(each) for each in (SCHEMES, USERINFO, HOSTS, PORTS, TARGETS))


EVIL_VALUES = ["", " ", "\x00", "null", "NaN", "inf", "-0", "1e999", "0x10", "1_000", "٣", "½", "²"]
EVIL_VALUES += ["9" * 18, "9" * 19, "9" * 5000, "-1", "--1", "1.", ".5", "24000.0", "true", "True"]
EVIL_VALUES += ["\r\ndg-error: x", "ü" * 300, "\U0001f600" * 2000, "\x7f", "\u2028", "a" * 30000]
EVIL_VALUES += [
    "mp3,opus",
    "[]",
    "{}",
    "%",
    "%00",
    "%ff",
    "+",
    "' --",
    "<script>",
    "\ufeff",
    "\x1b[2J",
]

GOOD_VALUES: dict[str, list[str]] = {
    "model": [*AURA, *FLUX],
    "encoding": [*Encoding],
    "container": [*Container],
    "sample_rate": ["8000", "16000", "22050", "24000", "32000", "44100", "48000", "48000.0"],
    "bit_rate": ["4000", "8000", "32000", "48000", "192000", "650000"],
    "speed": ["0.7", "1", "1.25", "1.5", "0.55"],
    "callback_method": ["POST", "put"],
    "tag": ["a", "b" * 128, "b" * 129],
    "mip_opt_out": ["true", "false"],
    "expressivity": ["-2", "0", "2", "3"],
    "priority": ["low"],
}
NAMES = [*V2.parameters, "callback_url", "tags", "extra", "Model", "", "ttl_seconds", "\x00", "ü"]


def a_query(draw: Draw, path: str) -> bytes:
    """A query: good and evil values under known and unknown names, in all ways of encoding."""
    pairs = []
    if path == V2.path and draw.random() < 0.9:
        pairs.append(("model", draw.choice([*FLUX])))
    elif draw.random() < 0.4:
        pairs.append(("model", VOICE.name))
    if draw.random() < 0.5:
        pairs.append(("callback", a_callback(draw)))
    if draw.random() < 0.4:
        pairs.append(("encoding", draw.choice([*Encoding])))
    while draw.random() < 0.35:
        name = draw.choice(NAMES)
        good = GOOD_VALUES.get(name, ["x"])
        pairs.append((name, draw.choice(good if draw.random() < 0.7 else EVIL_VALUES)))
    draw.shuffle(pairs)
    separator = draw.choice([b"&"] * 9 + [b"&&", b";", b"?", b"\x00"])
    return separator.join(
        encode(name) + b"=" + encode(value)
        for name, value in pairs
        for encode in [draw.choice(ENCODERS)]
    )


ENCODERS: list[Callable[[str], bytes]] = [
    *[lambda text: quote(text, safe="").encode()] * 6,
    lambda text: quote_plus(text).encode(),
    lambda text: text.encode(),
    lambda text: text.encode("latin-1", "replace"),
    lambda text: quote(text.encode("utf-16")).encode(),
    lambda text: b"".join(b"%%%02x" % byte for byte in text.encode()[:3000]),
]

# -- headers ---------------------------------------------------------------------------------------


def a_token(draw: Draw) -> str:
    """A JWT that nobody signed, of parts that may be none."""
    parts = ['{"alg":"HS256","typ":"JWT"}', '{"alg":"none"}', '{"alg":["HS256"]}', "[]", "{", ""]
    claims = [
        '{"iss":"x","exp":9e9}',
        '{"iss":{}}',
        "[1]",
        '"x"',
        "9" * 5000,
        "[" * 3000,
        '{"exp":"x"}',
    ]
    coded = (
        base64.urlsafe_b64encode(draw.choice(each).encode()).rstrip(b"=").decode()
        for each in (parts, claims, ["", "x" * 32])
    )
    return ".".join(coded)


def an_authorization(draw: Draw) -> list[tuple[bytes, bytes]]:
    """The header that says whose request it is: mostly the right one, once."""
    name = b"authorization"
    right = f"Token {KEY}".encode()
    if draw.random() < 0.8:
        return [(name, right)]
    evil = [
        *[
            b"",
            b"Token",
            b"Token ",
            b"token  " + KEY.encode(),
            b"TOKEN\t" + KEY.encode(),
            b"Bearer",
        ],
        *[
            right + b" x",
            right + b"\xff",
            right[:-1],
            right.upper(),
            b"Basic " + right,
            b"\xff\x00",
        ],
        *[KEY.encode(), b"Token " + b"x" * 30000, b"Bearer " + KEY.encode(), b"Token \xfc\xdf"],
        *[b"Bearer " + a_token(draw).encode()] * 8,
    ]
    count = draw.choice([0, 1, 1, 1, 1, 2, 3])
    return [(name, draw.choice([right, *evil])) for _ in range(count)]


def some_headers(draw: Draw) -> list[tuple[bytes, bytes]]:
    """Headers that mean nothing here, or something else than they say."""
    if draw.random() < 0.7:
        return []
    odd = [
        *[(b"content-length", b"-1"), (b"content-length", b"999999"), (b"expect", b"100-continue")],
        *[(b"transfer-encoding", b"chunked, gzip"), (b"content-encoding", b"gzip"), (b"", b"")],
        *[
            (b"accept", b"text/html"),
            (b"accept-encoding", b"br"),
            (b"origin", b"null"),
            (b"te", b"x"),
        ],
        *[
            (b"host", b""),
            (b"host", b"evil\r\nx: y"),
            (b"cookie", b"a=" + b"b" * 20000),
            (b"\xff", b"\0"),
        ],
        *[(b"x-forwarded-for", b"127.0.0.1"), (b"range", b"bytes=0-"), (b"if-none-match", b"*")],
        *[
            (b"content-type", b"text/plain"),
            (b"x-http-method-override", b"DELETE"),
            (b"via", b"\xff"),
        ],
    ]
    return draw.choices(odd, k=draw.choice([1, 1, 2, 5, 100]))


# -- bodies ----------------------------------------------------------------------------------------

Body = tuple[list[tuple[bytes, bytes]], bytes]

TEXTS = [
    "Hello",
    "Hello, world.",
    " ",
    "",
    "\x00",
    "\n",
    "a",
    "ü" * 40,
    "\U0001f469\u200d\U0001f467",
]
TEXTS += [
    "<speak>hi</speak>",
    '\\{"word":"a","pronounce":"b"}',
    '\\{"word":"\\ud800","pronounce":"b"}',
    '\\{"word":"\\ud800","pronounce":"' + "b" * 30 + '"}',
    'a \\{"word":"x","pronounce":"\\udc00"} \\{"word":1} \\{',
    '\\{"word":"\\u0000","pronounce":"\\n"}' * 40,
    "{pause:500ms}",
    "\\{" * 900,
    "e\u0301" * 99,
    "\u202e",
]
LONG_TEXTS = ["x" * 1999, "ü" * 2000, "\U0001f600" * 2000, "x" * 2001, "\u0301" * 2001]

EVIL_JSON = [
    *[
        "",
        " ",
        "null",
        "true",
        "0",
        '"text"',
        "[]",
        "{}",
        "[" * 5000,
        '{"text":' * 3000,
        "{" * 9000,
    ],
    *[
        '{"text":"a","text":"b"}',
        '{"text":"a","url":"b"}',
        '{"text":1}',
        '{"text":null}',
        "NaN",
        "{,}",
    ],
    *[
        '{"text":"\\ud800"}',
        '{"text":"\\udc00\\ud800"}',
        '{"text":"a"}x',
        '{"text":"a",}',
        "'",
        "\ufeff",
    ],
    *[
        '{"text":["a"]}',
        '{"TEXT":"a"}',
        '{"text\\u0000":"a"}',
        '{"te\\u0078t":"a"}',
        '{"text":1e999}',
    ],
    *['{"url":"http://[::1"}', '{"url":"http://169.254.169.254/"}', '{"url":"file:///etc/passwd"}'],
    *[
        '{"url":"\\ud800"}',
        '{"url":""}',
        "9" * 5000,
        '{"text":' + "9" * 5000 + "}",
        "-",
        '"\\u',
        "/**/{}",
    ],
    *[
        '{"ttl_seconds":1}',
        '{"ttl_seconds":3600.0}',
        '{"ttl_seconds":1e999}',
        '{"ttl_seconds":"30"}',
    ],
    *[
        '{"ttl_seconds":true}',
        '{"ttl_seconds":-1}',
        '{"ttl_seconds":' + "9" * 5000 + "}",
        '{"a":NaN}',
    ],
]

EVIL_BYTES = [
    *[
        b"\xff\xfe",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x00" * 50,
        b"\x1f\x8b\x08",
    ],
    *["{}".encode("utf-16"), '{"text":"a"}'.encode("utf-16"), '{"text":"a"}'.encode("utf-32-be")],
    *[b"\xef\xbb\xbf" + b'{"text":"a"}', b"text=Hello", b"--x\r\n\r\n--x--", b"\x80" * 3000],
]

CONTENT_TYPES = ["application/json"] * 4 + ["text/plain"] * 3
CONTENT_TYPES += ["APPLICATION/JSON; charset=utf-16", "text/plain; charset=\xff", "text/plain;;;"]
CONTENT_TYPES += [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/html",
]
CONTENT_TYPES += [
    "application/json, text/plain",
    "application/ssml+xml",
    "",
    " ",
    "json",
    "\x00",
    "*/*",
]
CONTENT_TYPES += ["audio/wav", "application/json\r\nx: y", "x" * 9000, "text/plain" + ";a=b" * 3000]


def declared(content_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", content_type.encode("latin-1"))]


def a_good_body(draw: Draw) -> Body:
    """A text, short as most are, in JSON or plain."""
    text = draw.choice(TEXTS if draw.random() < 0.97 else LONG_TEXTS)
    if draw.random() < 0.5:
        return declared("text/plain"), text.encode()
    dumped = json.dumps({"text": text}, ensure_ascii=draw.random() < 0.5)
    return declared("application/json"), dumped.encode()


def an_evil_body(draw: Draw) -> Body:
    """Any type, or none, or two, on top of what may be no JSON, and no text either."""
    types = [declared(draw.choice(CONTENT_TYPES)) for _ in range(draw.choice([0, 1, 1, 1, 1, 2]))]
    body = draw.choice([*(each.encode() for each in EVIL_JSON), *EVIL_BYTES])
    return [pair for each in types for pair in each], body


def a_huge_body(draw: Draw) -> Body:
    """A body about as large as may be, seldom: it takes its time."""
    if draw.random() < 0.98:
        return a_good_body(draw)
    size = MAX_BODY + draw.choice([-1, 0, 1, 100_000])
    return declared(draw.choice(CONTENT_TYPES[:8])), b" " * size


BODIES: list[Callable[[Draw], Body]] = [*[a_good_body] * 6, *[an_evil_body] * 3, a_huge_body]


def in_pieces(draw: Draw, body: bytes) -> tuple[bytes, ...]:
    """The body as it arrives: whole, or in pieces of which some are empty."""
    if draw.random() < 0.8:
        return (body,)
    cuts = sorted(draw.randint(0, len(body)) for _ in range(draw.randint(1, 5)))
    return tuple(body[start:stop] for start, stop in zip([0, *cuts], [*cuts, None], strict=True))


# -- mutations -------------------------------------------------------------------------------------

TOKENS = [
    b"\x00",
    b"\xff",
    b"%",
    b"%00",
    b"%0d%0a",
    b"&",
    b"=",
    b"\r\n",
    b"\\",
    b'"',
    b"{",
    b"]",
    b"@",
]
TOKENS += [
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"-1",
    b"1e999",
    b"\\ud800",
    b"callback=",
    b"tag=",
    b" ",
]


def mutated(draw: Draw, data: bytes) -> bytes:
    """*data* with a few bytes changed, lost, repeated or put in between."""
    changed = bytearray(data[:5000])
    for _ in range(draw.randint(1, 4)):
        at, length = draw.randint(0, len(changed)), draw.randint(1, 8)
        match draw.randrange(5):
            case 0 if at < len(changed):
                changed[at] ^= 1 << draw.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length] * draw.choice([1, 2, 50])
            case 3:
                del changed[at:]
            case _:
                changed[at:at] = draw.choice(TOKENS)
    return bytes(changed)


assert {each.name for each in BASE} <= {*GOOD_VALUES, "callback"}, "a parameter is never drawn"
