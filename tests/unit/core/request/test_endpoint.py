"""Where a callback goes, and what may not be a callback URL at all."""

import base64
from urllib.parse import urlsplit

import pytest

from ringback.core.base.rejection import Rejection
from ringback.core.request.endpoint import (
    DEFAULT_PORTS,
    INVALID_CALLBACK,
    PERMITTED_PORTS,
    CallbackRules,
    Endpoint,
    is_below,
    read_origin,
    read_place,
    split,
    unresolved,
)
from tests.conftest import an_endpoint


def fault_of(url: str) -> str:
    """The sentence that says what is wrong with *url*."""
    sentence = split(url)
    assert isinstance(sentence, str), sentence
    return sentence


def refusal_of(url: str, rules: CallbackRules | None = None) -> Rejection:
    """The answer to a request whose callback is *url*."""
    rejection = (rules or CallbackRules()).read(url)
    assert isinstance(rejection, Rejection), rejection
    return rejection


# -- what is accepted ------------------------------------------------------------------------------

LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])

PLAIN = [
    ("https://app.example", "https", "app.example", 443, "/"),
    ("https://app.example/", "https", "app.example", 443, "/"),
    ("https://example.com/callback", "https", "example.com", 443, "/callback"),
    ("http://app.example/hook", "http", "app.example", 80, "/hook"),
    ("HTTPS://APP.Example/Hook", "https", "app.example", 443, "/Hook"),
    ("https://app.example:/hook", "https", "app.example", 443, "/hook"),
    ("http://app.example:8080/hook", "http", "app.example", 8080, "/hook"),
    ("https://app.example:80", "https", "app.example", 80, "/"),
    ("http://app.example:443", "http", "app.example", 443, "/"),
    ("http://app.example:00080/", "http", "app.example", 80, "/"),
    ("https://app.example:8443/a/b/c", "https", "app.example", 8443, "/a/b/c"),
    ("https://app.example?done=1", "https", "app.example", 443, "/?done=1"),
    ("https://app.example#part", "https", "app.example", 443, "/"),
    ("https://app.example/hook#part", "https", "app.example", 443, "/hook"),
    ("https://app.example/hook?a=1#b?c#d", "https", "app.example", 443, "/hook?a=1"),
    ("http://localhost/", "http", "localhost", 80, "/"),
    ("http://hooks.localhost:8080/", "http", "hooks.localhost", 8080, "/"),
    ("http://worker_1:8080/", "http", "worker_1", 8080, "/"),
    ("http://a--b.example/", "http", "a--b.example", 80, "/"),
    ("http://app.example./", "http", "app.example.", 80, "/"),
    ("http://1app.2example/", "http", "1app.2example", 80, "/"),
    ("https://https://app.example", "https", "https", 443, "//app.example"),
    (f"http://{'a' * 63}.example/", "http", f"{'a' * 63}.example", 80, "/"),
    (f"http://{LONGEST}/", "http", LONGEST, 80, "/"),
]

ADDRESSES = [
    ("http://127.0.0.1/", "127.0.0.1"),
    ("http://0.0.0.0/", "0.0.0.0"),
    ("http://255.255.255.255/", "255.255.255.255"),
    ("http://169.254.169.254/latest", "169.254.169.254"),
    ("http://[::1]:8080/", "::1"),
    ("http://[::]/", "::"),
    ("http://[2001:DB8::1]/", "2001:db8::1"),
    ("http://[0:0:0:0:0:0:0:1]/", "::1"),
    ("http://[1:2:3:4:5:6:7:8]/", "1:2:3:4:5:6:7:8"),
    ("http://[1:2:3:4:5:6:7::]/", "1:2:3:4:5:6:7:0"),
    ("http://[1:2:3:4:5:6:1.2.3.4]/", "1:2:3:4:5:6:102:304"),
    ("http://[64:ff9b::10.0.0.1]/", "64:ff9b::a00:1"),
]

INTERNATIONAL = [
    ("http://bücher.example/", "xn--bcher-kva.example"),
    ("http://BÜCHER.Example/", "xn--bcher-kva.example"),
    ("http://bu\N{COMBINING DIAERESIS}cher.example/", "xn--bcher-kva.example"),
    ("http://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ("http://xn--strae-oqa.example/", "xn--strae-oqa.example"),
    ("http://日本.example/", "xn--wgv71a.example"),
    ("http://😀.example/", "xn--e28h.example"),
    ("http://\N{KELVIN SIGN}.example/", "k.example"),
]


@pytest.mark.rule("schemes")
@pytest.mark.parametrize(("url", "scheme", "host", "port", "target"), PLAIN)
def test_an_ordinary_url_is_taken_apart(
    url: str, scheme: str, host: str, port: int, target: str
) -> None:
    assert split(url) == Endpoint(scheme, host, port, target)


@pytest.mark.parametrize(("url", "host"), ADDRESSES + INTERNATIONAL)
def test_a_host_has_one_spelling(url: str, host: str) -> None:
    assert an_endpoint(url).host == host


# -- what is refused -------------------------------------------------------------------------------

SCHEMELESS = [
    *["app.example/hook", "//app.example/hook", "/hook", "hook", "?", "#", "://app.example"],
    *["http:app.example", "http:/app.example", "http//app.example", "https:", ":8080"],
    *["mailto:ada@app.example", "javascript:alert(1)", "data:text/plain,x", "1http://x/"],
    *["localhost:8080/hook", "ada:s3cret@app.example", "-://x/"],
    "\N{FULLWIDTH LATIN SMALL LETTER H}ttp://x/",
]

OTHER_SCHEMES = [
    *["ws://x/", "wss://x/", "ftp://x/", "file:///etc/passwd", "gopher://x:80/_", "s3://x/"],
    *["unix://x/", "HTTPX://x/", "http+unix://x/", "h2://x/", "blob://x/"],
]

PORTS = [
    *[":0", ":65536", ":99999", ":000080", ":100000", ":-1", ":+8080", ":80_80", ":8080a"],
    *[":0x50", ":80:80", "::80", ":http", ":\N{FULLWIDTH DIGIT EIGHT}080"],
    *[":\N{ARABIC-INDIC DIGIT EIGHT}080", ":8080\N{SUPERSCRIPT TWO}"],
]

UNFIT = [
    *[" https://app.example/", "https://app.example/ ", "https://app.example/a b", "\thttp://x/"],
    *["ht\ttp://app.example/", "http://app\t.example/", "http://app.example/\r\nX-Injected: 1"],
    *["http://app.example/\n", "\nhttp://app.example/", "\x00http://app.example/"],
    *["http://a\x00b/", "http://app.example/\x1b[31m", "http://app.example/\x7f"],
    *["http://app.example: 8080/", "http://app .example/", "http://app.example#\x01"],
    *["http://us er@app.example/", "http://127.0.0.1:8080\\@169.254.169.254/"],
    *["http:\\\\app.example\\hook", "http://app.example/\\hook", "http://app.example/#\\"],
    *["http://app.example/\ud800", "http://\udfff/", "http://ada:\udc80@app.example/"],
]

HOSTS = [
    *["", ".", "..", ".example", "app..example", "app.example..", "-app.example", "app-.example"],
    *["app.-example", "ex%61mple", "app%2eexample", "app,example", "app;example", "app!", "*"],
    *["*.example", "app$example", "app'", 'app"', "a(b)", "a<b>", "a{b}", "a|b", "a^b", "a`b"],
    *["a~b", "a&b", "a=b", "a+b", "xn--", "a" * 64, f"{LONGEST}d", "a." * 127],
]

NUMBERS = [
    *["127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0x", "0"],
    *["0177.0.0.1", "127.0.0.01", "127.0.0.1.", "127.0.0.256", "1.2.3.4.5", "app.123"],
    *["app.0x1", "app.0X1", "1.2.3", "1.2.3.4."],
]

BRACKETS = [
    *["[", "]", "[]", "[::1", "::1", "::1]", "[::1]a", "a[::1]", "[::1]]", "[[::1]]", "[v1.x]"],
    *["[::1%25lo]", "[::1%lo]", "[:::]", "[::1::]", "[:1]", "[1:]", "[1:2:3:4:5:6:7]"],
    *["[1:2:3:4:5:6:7:8:9]", "[1:2:3:4::5:6:7:8]", "[g::]", "[12345::]", "[127.0.0.1]"],
    *["[::127.1]", "[::1.2.3.256]", "[::01.2.3.4]", "[1.2.3.4::]", "[app.example]"],
    "[::\N{FULLWIDTH DIGIT ONE}]",
]

TWO_READINGS = [
    *["faß.example", "βόλος.example", "\N{LATIN CAPITAL LETTER SHARP S}.example"],
    *["a\N{ZERO WIDTH JOINER}b.example", "a\N{ZERO WIDTH NON-JOINER}b.example"],
    *["①②⑦.⓪.⓪.①", "127。0。0。1", "app\N{FULLWIDTH FULL STOP}example", "app｡example"],
    *["\N{FULLWIDTH LATIN SMALL LETTER L}ocalhost", "local\N{SOFT HYPHEN}host"],
    *["㎏.example", "℻.example", "⒈com", "a\N{ONE DOT LEADER}b", "\N{CHEROKEE LETTER A}.example"],
    *["a\N{FULLWIDTH SOLIDUS}b", "a\N{FULLWIDTH COMMERCIAL AT}b", "xn--bcher-kva.bücher"],
    *["a\N{FULLWIDTH COLON}80", "a\N{FULLWIDTH QUESTION MARK}b"],
]

IMPOSSIBLE_NAMES = [
    *["a\u0085b", "a\N{IDEOGRAPHIC SPACE}b", "\U000e0080.com", "a\u0378b", "\ue000.example"],
    *["ü..example", "אa", "ü" * 64, "ü" * 254],
]

USERINFO = [
    *["ada:%@", "ada:%4@", "ada:%zz@", "a%3Ada:s3cret@"],
    *["us%0d%0aX-Inj:1@", "ada:%00@", "ada:%7f@", "[ada]:s3cret@", "ada:[]@"],
]


@pytest.mark.rule("schemes")
@pytest.mark.parametrize("url", SCHEMELESS)
def test_a_url_needs_a_scheme_and_a_host(url: str) -> None:
    assert fault_of(url) == "The URL has no scheme and host; write it as https://host/path."


def test_an_empty_url_is_no_url() -> None:
    assert fault_of("") == "The URL is empty."


@pytest.mark.rule("schemes")
@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_a_scheme_is_http_or_https(url: str) -> None:
    scheme = url.partition(":")[0].lower()
    assert fault_of(url) == f"The scheme {scheme!r} is not supported; use http or https."


@pytest.mark.parametrize("port", PORTS)
def test_a_port_is_a_number_that_all_parsers_read_alike(port: str) -> None:
    assert fault_of(f"http://app.example{port}/").startswith("The port")


@pytest.mark.parametrize("url", UNFIT)
def test_a_character_that_parsers_drop_or_turn_is_refused_before_anything_is_read(url: str) -> None:
    assert fault_of(url).startswith("The URL contains '")
    assert fault_of(url).endswith("'; percent-encode it.")


@pytest.mark.parametrize(
    "host", HOSTS + NUMBERS + BRACKETS + TWO_READINGS + IMPOSSIBLE_NAMES, ids=ascii
)
def test_a_host_is_a_name_or_an_address_that_all_parsers_read_alike(host: str) -> None:
    url = f"http://{host}/"
    assert fault_of(url).startswith(("The host", "The port")), an_endpoint(url)


@pytest.mark.parametrize("userinfo", USERINFO)
def test_credentials_are_refused_where_no_header_could_carry_what_was_meant(userinfo: str) -> None:
    assert fault_of(f"https://{userinfo}app.example/").startswith(("The cred", "The user name"))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://a b/", "The URL contains ' '; percent-encode it."),
        ("http://a/\r\n", "The URL contains '\\r'; percent-encode it."),
        ("http://a\\b/", "The URL contains '\\\\'; percent-encode it."),
        (
            "http://127.1/",
            "The host '127.1' is no host name or address that all clients read alike.",
        ),
        ("http://a:0/", "The port is not a number from 1 to 65535."),
        ("http://a:0/@", "The port is not a number from 1 to 65535."),
        ("http://$/@", "The host is no host name or address that all clients read alike."),
        ("http://a[@c/", "The credentials contain '['; percent-encode it as %5B."),
        ("http://a%@c/", "The credentials contain a '%' that escapes nothing; write it as %25."),
        (
            "http://a%3Ab@c/",
            "The user name contains ':', which Basic authentication cannot carry.",
        ),
        ("http://a:%1F@c/", "The credentials contain a control character."),
    ],
)
def test_the_sentence_says_what_to_do(url: str, sentence: str) -> None:
    assert fault_of(url) == sentence


@pytest.mark.rule("basic-auth")
@pytest.mark.parametrize(
    "url",
    [
        "https://ada:s3/cret@app.example/",
        "https://ada:s3?cret@app.example/",
        "https://ada:s3#cret@app.example/",
        "https://s3$/cret@app.example/",
        "https://ada:s3[cret@app.example/",
        "https://ada:s3%cret@app.example/",
        "https://ada:s3:cret@[app.example/",
        "https://ada:s3cret@app.example:99999/",
    ],
)
def test_the_sentence_never_shows_a_piece_of_the_credentials(url: str) -> None:
    assert "s3" not in fault_of(url)
    assert "cret" not in repr(CallbackRules().read(url))


def test_the_largest_urls_are_read_in_one_go() -> None:
    assert an_endpoint("http://x/" + "a" * 1_000_000).target == "/" + "a" * 1_000_000
    assert an_endpoint("http://" + "a@" * 500_000 + "x/").host == "x"
    assert "The host" in fault_of("http://" + "ü" * 500_000 + "/")


# -- credentials -----------------------------------------------------------------------------------


@pytest.mark.rule("basic-auth")
@pytest.mark.parametrize(
    ("userinfo", "pair"),
    [
        ("ada:s3cret", b"ada:s3cret"),
        ("ada", b"ada:"),
        ("ada:", b"ada:"),
        (":s3cret", b":s3cret"),
        (":", b":"),
        ("ada:s3:cr:et", b"ada:s3:cr:et"),
        ("us%40er:p%C3%A4%3As", "us@er:pä:s".encode()),
        ("jürgen:straße", "jürgen:straße".encode()),
        ("a%20b:c+d", b"a b:c+d"),
        ("ada:%ff", b"ada:\xff"),
        ("ada:%2525", b"ada:%25"),
        ("ada:!$&'()*,;=~", b"ada:!$&'()*,;=~"),
    ],
)
def test_credentials_become_a_basic_header_percent_decoded(userinfo: str, pair: bytes) -> None:
    endpoint = an_endpoint(f"https://{userinfo}@app.example/hook")
    assert endpoint.authorization == "Basic " + base64.b64encode(pair).decode()


@pytest.mark.rule("userinfo")
@pytest.mark.parametrize(
    ("userinfo", "pair"),
    [
        ("ada:p@ss", "ada:p@ss"),
        ("ada@home:p", "ada@home:p"),
        ("ada@home", "ada@home:"),
        ("ada:@@%40@", "ada:@@@@"),
        ("@", "@:"),
        ("ada:x@evil.example:80", "ada:x@evil.example:80"),
    ],
)
def test_credentials_end_at_the_last_at_sign(userinfo: str, pair: str) -> None:
    url = f"https://{userinfo}@app.example:8443/hook@x?y=@"
    endpoint = an_endpoint(url)
    assert (endpoint.host, endpoint.port, endpoint.target) == ("app.example", 8443, "/hook@x?y=@")
    assert endpoint.authorization == "Basic " + base64.b64encode(pair.encode()).decode()
    assert urlsplit(url).hostname == "app.example"


@pytest.mark.rule("basic-auth")
def test_credentials_appear_in_nothing_but_their_header() -> None:
    endpoint = an_endpoint("https://ada:s3cret@app.example:8443/hook")
    shown = [repr(endpoint), str(endpoint), endpoint.url, endpoint.origin, endpoint.authority]
    assert shown[1:] == [
        "https://app.example:8443/hook",
        "https://app.example:8443/hook",
        "https://app.example:8443",
        "app.example:8443",
    ]
    assert not [text for text in shown if "ada" in text or "s3cret" in text or "YWRh" in text]


@pytest.mark.parametrize("url", ["https://app.example/", "https://@app.example/"])
def test_without_credentials_there_is_no_header(url: str) -> None:
    assert an_endpoint(url).authorization is None


# -- the request line ------------------------------------------------------------------------------


@pytest.mark.rule("request-line")
@pytest.mark.parametrize(
    "target",
    [
        "/a/../b/./c",
        "//double//slash",
        "/%7Euser/%2e%2e/%2F%zz%",
        "/?",
        "/hook?",
        "/hook?a=1&b=+%20&&c",
        "/;p=1?q=a/b?c:d@e",
        '/|^`{}"<>[]',
        "/!$&'()*+,;=:@~-._",
    ],
)
def test_path_and_query_are_sent_byte_for_byte_as_written(target: str) -> None:
    endpoint = an_endpoint(f"https://app.example{target}#fragment")
    assert endpoint.target == target
    assert endpoint.url == f"https://app.example{target}"


@pytest.mark.rule("request-line")
def test_what_no_request_line_can_hold_is_percent_encoded_and_nothing_beside_it() -> None:
    target = an_endpoint("https://app.example/grün/%7E?straße=\u2028#ü").target
    assert target == "/gr%C3%BCn/%7E?stra%C3%9Fe=%E2%80%A8"


@pytest.mark.parametrize(
    ("url", "authority", "origin"),
    [
        ("http://app.example/", "app.example", "http://app.example"),
        ("http://app.example:80/", "app.example", "http://app.example"),
        ("https://app.example:443/", "app.example", "https://app.example"),
        ("http://app.example:443/", "app.example:443", "http://app.example:443"),
        ("https://app.example:80/", "app.example:80", "https://app.example:80"),
        ("http://[::1]/", "[::1]", "http://[::1]"),
        ("http://[::1]:8080/", "[::1]:8080", "http://[::1]:8080"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_schemes_own_port_is_left_out(url: str, authority: str, origin: str) -> None:
    endpoint = an_endpoint(url)
    assert (endpoint.authority, endpoint.origin) == (authority, origin)
    assert endpoint.url == str(endpoint) == f"{origin}/"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://App.Example", "https://app.example"),
        ("https://ada:s3cret@app.example/hook?x", "https://app.example"),
        ("http://127.0.0.1:49152", "http://127.0.0.1:49152"),
        ("http://[0:0::1]:80/", "http://[::1]"),
        ("app.example", None),
        ("", None),
    ],
)
def test_an_origin_is_read_from_any_url_under_it(url: str, origin: str | None) -> None:
    assert read_origin(url) == origin


# -- the rules -------------------------------------------------------------------------------------


@pytest.mark.rule("ports")
@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_four_ports_are_permitted_whatever_the_scheme(scheme: str, port: int) -> None:
    endpoint = CallbackRules().read(f"{scheme}://app.example:{port}/")
    assert isinstance(endpoint, Endpoint)
    assert endpoint.port == port


@pytest.mark.rule("ports")
@pytest.mark.parametrize("port", [1, 79, 81, 442, 444, 3000, 5000, 8000, 8081, 8442, 8444, 65535])
def test_any_other_port_is_refused_at_submission(port: int) -> None:
    rejection = refusal_of(f"https://app.example:{port}/")
    assert (rejection.status, rejection.code) == (400, "INVALID_QUERY_PARAMETER")
    assert rejection.message == "Invalid callback url."
    assert rejection.hint == (
        f"Port {port} is not permitted for callbacks, only 80, 443, 8080, 8443 are. Leave the port"
        " out of the URL and say with connect() where it leads, or change"
        " Settings.permitted_ports."
    )


def test_the_ports_of_the_page_are_the_default() -> None:
    assert PERMITTED_PORTS == CallbackRules().permitted_ports == (80, 443, 8080, 8443)
    assert DEFAULT_PORTS == {"http": 80, "https": 443}


def test_other_ports_can_be_permitted_instead_or_all_of_them() -> None:
    assert isinstance(CallbackRules((9000,)).read("http://app.example:9000/"), Endpoint)
    assert "only 9000 are" in refusal_of("http://app.example/", CallbackRules((9000,))).hint
    assert isinstance(CallbackRules(()).read("http://app.example:1/"), Endpoint)


def test_a_bad_url_is_refused_in_the_words_of_the_service() -> None:
    rejection = refusal_of("ftp://app.example/")
    assert (rejection.status, rejection.code) == (400, "INVALID_QUERY_PARAMETER")
    assert rejection.message == "Invalid callback url."
    assert rejection.hint == "The scheme 'ftp' is not supported; use http or https."


@pytest.mark.rule("schemes")
@pytest.mark.parametrize("url", ["ftp://app.example/", "ws://app.example/", "app.example/hook"])
def test_another_scheme_or_none_is_refused_in_the_same_words(url: str) -> None:
    rejection = refusal_of(url, CallbackRules(port_refusal="Port not permitted."))
    assert (rejection.code, rejection.message) == (
        "INVALID_QUERY_PARAMETER",
        "Invalid callback url.",
    )


@pytest.mark.rule("port-refusal")
def test_a_port_is_refused_in_the_words_for_any_bad_url_or_in_words_of_ones_own() -> None:
    url = "https://app.example:3000/"
    assert refusal_of(url).message == refusal_of("nonsense").message == INVALID_CALLBACK
    rejection = refusal_of(url, CallbackRules(port_refusal="Port 3000 is not permitted."))
    assert rejection.message == "Port 3000 is not permitted."
    assert (rejection.status, rejection.code) == (400, "INVALID_QUERY_PARAMETER")


PRIVATE = ["http://localhost/", "http://127.0.0.1/", "http://[::1]/", "http://192.168.1.1:8080/"]


@pytest.mark.rule("private-callbacks")
@pytest.mark.parametrize("url", PRIVATE)
def test_this_machine_and_private_addresses_are_permitted(url: str) -> None:
    assert isinstance(CallbackRules().read(url), Endpoint)


@pytest.mark.rule("private-callbacks")
@pytest.mark.parametrize("url", PRIVATE)
def test_they_can_be_refused(url: str) -> None:
    rejection = refusal_of(url, CallbackRules(private=False))
    assert (rejection.status, rejection.message) == (400, "Invalid callback url.")
    assert rejection.hint == (
        f"{an_endpoint(url).host} is private to a machine or a network, and"
        " Settings.private_callbacks is off. Use a public name, and say with connect() where it"
        " leads."
    )


@pytest.mark.rule("private-callbacks")
def test_public_hosts_are_permitted_then_too() -> None:
    assert isinstance(CallbackRules(private=False).read("https://app.example/"), Endpoint)


@pytest.mark.rule("resolution")
def test_a_host_without_an_address_is_refused_in_the_words_of_another_endpoint() -> None:
    rejection = unresolved(an_endpoint("https://ada:s3cret@nowhere.example/hook"))
    assert (rejection.status, rejection.code, rejection.message) == (
        400,
        "Bad Request",
        "Failed to resolve callback.",
    )
    assert "nowhere.example leads nowhere" in rejection.hint
    assert "connect() where https://nowhere.example leads" in rejection.hint


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://app.example", ("https://app.example", "")),
        ("https://APP.example:443/", ("https://app.example", "")),
        ("https://app.example/a/?b=c#d", ("https://app.example", "/a")),
        ("https://app.example/ä", ("https://app.example", "/%C3%A4")),
        ("app.example/a", None),
    ],
)
def test_a_place_is_an_origin_and_a_path(url: str, place: tuple[str, str] | None) -> None:
    assert read_place(url) == place


def test_a_target_is_below_a_path_by_whole_words() -> None:
    fitting = ["/a", "/a/", "/a?b", "/a/b/c"]
    assert [each for each in [*fitting, "/", "/ab", "/b/a"] if is_below(each, "/a")] == fitting
