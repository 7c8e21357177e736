"""Whatever arrives is a request or a refusal, never an exception."""

import base64
import json
from urllib.parse import quote, unquote_to_bytes, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.base.rejection import Rejection
from ringback.core.delivery.message import MessageRules
from ringback.core.request.body import BodyRules
from ringback.core.request.editions import V1
from ringback.core.request.endpoint import DEFAULT_PORTS, CallbackRules, Endpoint, split
from ringback.core.request.keys import Credential, read_authorization
from ringback.core.request.speak import Query, SpeakRequest, SpeakRules
from tests.budgets import budget
from tests.properties.almost_valid import VALID, Sent, mistaken

ANY_TEXT = st.text() | st.text(st.characters() | st.integers(0xD800, 0xDFFF).map(chr))
"""Text with lone surrogates too, which no wire carries but a caller in Python may hand in."""

WORDS = [
    *["", "aura-asteria-en", "mp3", "linear16", "opus", "wav", "none", "ogg", "24000", "24000.0"],
    *["48000", "-1", "1e9", "NaN", "1.25", "9", "true", "False", "PUT", "post", "GET"],
    *["https://app.example/hook", "http://ada:s3cret@[::1]:8080?x#y", "ftp://x", "http://x:81/"],
]
VALUES = st.one_of(
    st.sampled_from(WORDS).map(quote),
    st.sampled_from(WORDS),
    st.text().map(quote),
    st.sampled_from(["%", "%zz", "%ff", "%00", "+", ";", "=", "%26", "\N{FULLWIDTH DIGIT ONE}"]),
)
PAIRS = st.tuples(st.sampled_from([*V1.parameters, "unknown", "", "%ff"]), VALUES).map("=".join)
QUERIES = st.one_of(
    st.binary(max_size=200), st.lists(PAIRS, max_size=8).map(lambda pairs: "&".join(pairs).encode())
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["text", "url", "x"]), inner),
    max_leaves=5,
)
BODIES = st.one_of(
    st.binary(max_size=200), st.text().map(str.encode), JSON.map(json.dumps).map(str.encode)
)
CONTENT_TYPES = st.one_of(
    st.none(),
    st.sampled_from(["application/json", "text/plain; charset=x", "TEXT/PLAIN"]),
    st.text(),
)
RULES = SpeakRules()

thoroughly = settings(max_examples=budget(60, 500))


def assert_sound(rejection: Rejection) -> None:
    """A refusal has a status of its own fault and travels as JSON."""
    assert 400 <= rejection.status <= 499
    assert json.loads(rejection.body("request-1")) == rejection.payload("request-1")


def read(raw: bytes, content_type: str | None, body: bytes) -> SpeakRequest | None:
    """What was asked, after a look at it; None where it was refused, soundly."""
    query = RULES.read_query(raw)
    if isinstance(query, Rejection):
        assert_sound(query)
        return None
    assert isinstance(query, Query)
    request = RULES.read_request(query, content_type, body)
    if isinstance(request, Rejection):
        assert_sound(request)
        return None
    assert isinstance(request, SpeakRequest)
    assert 1 <= len(request.text) <= 2000
    request.text.encode()
    if request.callback is not None:
        message = MessageRules().compose(request, request.callback, "request-1", "key-1", b"")
        for name, value in message.headers.items_as_sent:
            assert (name + value).isascii()
            assert (name + value).isprintable()
    return request


@thoroughly
@given(QUERIES, CONTENT_TYPES, BODIES)
def test_noise_is_read_or_refused(raw: bytes, content_type: str | None, body: bytes) -> None:
    read(raw, content_type, body)


@thoroughly
@given(VALID)
def test_a_valid_request_is_read(sent: Sent) -> None:
    request = read(sent.query, sent.content_type, sent.body)
    assert request is not None
    asked = dict(sent.pairs)
    assert (request.callback is not None) == ("callback" in asked)
    assert request.method == asked.get("callback_method", "POST").upper()
    assert request.tags == tuple(filter(None, [asked.get("tag")]))


def test_a_request_is_read_or_refused() -> None:
    """Of those with a mistake in them not all are refused, and not all are read."""
    requests: list[SpeakRequest | None] = []

    @thoroughly
    @given(mistaken(VALUES, BODIES, CONTENT_TYPES))
    def look(sent: tuple[bytes, str | None, bytes]) -> None:
        requests.append(read(*sent))

    look()
    assert 0 < requests.count(None) < len(requests)


@thoroughly
@given(CONTENT_TYPES, BODIES)
def test_a_body_is_a_text_or_a_refusal(content_type: str | None, body: bytes) -> None:
    text = BodyRules().read(content_type, body)
    if isinstance(text, Rejection):
        assert_sound(text)
    else:
        refusal = BodyRules().refusal(text)
        assert (refusal is None) == (1 <= len(text) <= 2000)


@thoroughly
@given(st.none() | ANY_TEXT | ANY_TEXT.map("Token {}".format))
def test_an_authorization_is_a_key_or_a_refusal(header: str | None) -> None:
    key = read_authorization(header)
    if isinstance(key, Rejection):
        assert_sound(key)
    else:
        assert isinstance(key, Credential)
        assert key.secret
        assert " " not in key.secret


USERINFO = st.one_of(
    st.just(""),
    st.sampled_from(["@", ":@", "a:b@", "a:b:c@", "a%40b:%25@", "a@b@", "%@", "ü@", "[]:@"]),
    st.text(max_size=8).map(lambda text: quote(text) + "@"),
)
HOSTS = st.one_of(
    st.sampled_from(
        [
            *["app.example", "APP.Example.", "localhost", "127.0.0.1", "127.1", "0x7f.1", "[::1]"],
            *["[0:0::1]", "[::ffff:1.2.3.4]", "[::1%lo]", "[::1]a", "bücher.example", "faß.de", ""],
        ]
    ),
    st.text(max_size=8),
    st.from_regex(r"\[[0-9a-f:.]{0,20}\]", fullmatch=True),
    st.from_regex(r"[0-9a-zA-Z.-]{1,12}", fullmatch=True),
)
SEPARATED = st.tuples(
    st.sampled_from(["http://", "https://", "HTTP://", "ws://", "http:", "//", ""]),
    USERINFO,
    HOSTS,
    st.sampled_from(["", ":", ":80", ":0443", ":8080", ":65536", ":0", ":x", ":-1"]),
    st.one_of(
        st.sampled_from(["", "/", "?", "#", "/a?b#c", "/\\@x/", "/%zz"]),
        ANY_TEXT,
    ),
)
URLS = st.one_of(ANY_TEXT, SEPARATED.map("".join), ANY_TEXT.map("https://app.example/{}".format))


@thoroughly
@given(URLS)
def test_a_callback_url_is_taken_apart_or_refused_with_a_sentence(url: str) -> None:
    endpoint = split(url)
    if isinstance(endpoint, str):
        assert endpoint.startswith("The ")
        assert endpoint.endswith(".")
        assert isinstance(CallbackRules().read(url), Rejection)
        return
    assert isinstance(endpoint, Endpoint)
    assert endpoint.url.isascii()
    assert endpoint.url.isprintable()
    assert " " not in endpoint.url
    assert endpoint.target.startswith("/")


@thoroughly
@given(URLS)
def test_an_accepted_url_reads_the_same_when_it_is_put_together_again(url: str) -> None:
    endpoint = split(url)
    if isinstance(endpoint, Endpoint):
        again = split(endpoint.url)
        assert isinstance(again, Endpoint)
        assert again == Endpoint(
            endpoint.scheme, endpoint.host, endpoint.port, endpoint.target, authorization=None
        )


@thoroughly
@given(URLS)
def test_another_parser_finds_the_same_host_port_and_target(url: str) -> None:
    endpoint = split(url)
    if isinstance(endpoint, Endpoint):
        other = urlsplit(endpoint.url)
        assert other.hostname == endpoint.host
        assert (other.port or DEFAULT_PORTS[other.scheme]) == endpoint.port
        assert endpoint.url == f"{other.scheme}://{other.netloc}{endpoint.target}"
        assert other.username is None


@thoroughly
@given(st.text(), st.text())
def test_credentials_arrive_as_they_were_meant(user: str, password: str) -> None:
    userinfo = f"{quote(user, safe='')}:{quote(password, safe='')}"
    endpoint = split(f"https://{userinfo}@app.example/")
    pair = f"{user}:{password}"
    if isinstance(endpoint, Endpoint):
        assert endpoint.authorization is not None
        carried = base64.b64decode(endpoint.authorization.removeprefix("Basic "))
        assert carried == pair.encode() == unquote_to_bytes(userinfo)
        assert not any(byte < 0x20 or byte == 0x7F for byte in carried)
    else:
        assert ":" in user or not pair.isprintable()
