"""Which web pages may talk to the server: a decision on headers alone."""

import pytest

from ringback.core.request.origin import Origins

OURS = ("host", "127.0.0.1:8088")
STRICT = Origins()
OPEN = Origins.of(["https://App.example", "null"], ["Ringback.internal."])


def refused(
    *headers: tuple[str, str], origins: Origins = STRICT, address: str = "127.0.0.1"
) -> str:
    """What the refusal of *headers* says, empty if they are let in."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    rejection = origins.refusal(raw, address)
    if rejection is None:
        return ""
    assert (rejection.status, rejection.code) == (403, "FORBIDDEN_ORIGIN")
    return rejection.message


@pytest.mark.parametrize("host", ["evil.example", "", "203.0.113.7", "a.b:80", "[::1"])
def test_a_program_that_is_no_browser_is_let_in_whatever_it_calls_the_server(host: str) -> None:
    assert not refused(("host", host), ("user-agent", "curl/8"), ("sec-fetch-mode", "cors"))


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost",
        "http://localhost:3000",
        "HTTPS://LOCALHOST:3000",
        "http://app.localhost:5173",
        "http://localhost.",
        "http://127.0.0.1:49152",
        "http://127.9.9.9",
        "http://[::1]:3000",
        "http://[::ffff:127.0.0.1]",
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
def test_a_page_on_loopback_is_let_in_whatever_the_metadata_says(origin: str, site: str) -> None:
    assert not refused(OURS, ("origin", origin), ("sec-fetch-site", site))


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example:8088",
        "null",
        "",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://evil.example/http://localhost",
        "http://2130706433",
        "http://10.0.0.1",
        "http://[::2]",
        "file://",
        "chrome-extension://localhost",
        "localhost",
        "http://localhost http://evil.example",
        "https://app.example.evil",
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
def test_a_page_of_a_stranger_is_refused_whatever_the_metadata_says(origin: str, site: str) -> None:
    message = refused(OURS, ("origin", origin), ("sec-fetch-site", site))
    assert message == f"Origin {origin!r} may not talk to this server."


def test_a_stranger_behind_a_second_origin_is_refused() -> None:
    for pair in (("http://localhost", "http://evil.example"), ("http://evil.example", "null")):
        assert refused(OURS, *(("origin", each) for each in pair))


def test_what_another_site_asks_for_without_naming_itself_is_refused() -> None:
    message = "Sec-Fetch-Site 'cross-site' may not talk to this server."
    assert refused(OURS, ("sec-fetch-site", "cross-site")) == message
    assert refused(OURS, ("sec-fetch-site", " Cross-Site ")) == message
    assert refused(OURS, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")) == message
    for site in ("same-origin", "same-site", "none"):
        assert not refused(OURS, ("sec-fetch-site", site))


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost",
            "localhost:8088",
            "app.localhost",
            "api.deepgram.com",  # led here
            "127.0.0.1:1",
            "[::1]:8088",
            "LOCALHOST.",
        ),
        *("ringback", "ringback:8088", "my_container-1"),
        "192.0.2.1:8088",
    ],
)
def test_a_browser_may_call_the_server_by_names_that_no_stranger_can_own(host: str) -> None:
    headers = (("host", host), ("sec-fetch-site", "same-origin"))
    assert not refused(*headers, address="192.0.2.1")
    assert not refused(*headers, ("origin", f"http://{host}"), address="192.0.2.1")


@pytest.mark.parametrize(
    "host", ["evil.example", "192.0.2.7", "2130706433", "0x7f000001", "", "a@b"]
)
@pytest.mark.parametrize(
    "browser",
    [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-user", "?1"),
        ("referer", "http://evil.example/"),
        ("origin", "http://localhost:3000"),
        ("origin", "http://evil.example"),
    ],
)
def test_a_name_that_was_rebound_to_this_machine_is_refused(
    host: str, browser: tuple[str, str]
) -> None:
    message = f"Host {host!r} is no name of this server's."
    assert refused(("host", host), browser, address="192.0.2.1") == message


def test_a_browser_without_a_host_is_refused() -> None:
    assert refused(("origin", "http://localhost"))


def test_an_origin_and_a_name_may_be_allowed() -> None:
    for origin in ("https://app.example", "HTTPS://APP.EXAMPLE", "null"):
        for site in ("cross-site", "same-site"):
            headers = (("origin", origin), ("sec-fetch-site", site))
            assert not refused(OURS, *headers, origins=OPEN)
            assert not refused(("host", "RINGBACK.internal:1"), *headers, origins=OPEN)
    for origin in ("https://app.example:8443", "http://app.example", "https://b.app.example"):
        assert refused(OURS, ("origin", origin), origins=OPEN)


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("127.0.0.1:8088", False),
        ("localhost", False),
        ("ringback:8088", False),
        ("allowed.example", False),
        ("evil.example", True),
        ("", True),
    ],
)
def test_a_name_of_the_server_may_be_asked_for_by_itself(host: str, refused: bool) -> None:
    origins = Origins.of((), ("allowed.example",))
    assert (origins.refusal_of_host([host]) is not None) is refused
    assert origins.refusal_of_host([]) is None
