"""Where a redirect leads, for a dispatcher that is set to follow them."""

import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage, MessageRules
from ringback.core.delivery.outcome import Answered, Outcome, TimedOut
from ringback.core.delivery.redirect import Hop, next_hop
from ringback.core.request.endpoint import CallbackRules
from tests.conftest import a_request, an_endpoint

APP = an_endpoint("https://ada:s3cret@app.example/a/hook?x=1")


def message(query: bytes = b"") -> CallbackMessage:
    """A callback to the application, with credentials."""
    return MessageRules().compose(a_request(query), APP, "request-1", "key-1", b"audio")


def hop(location: str, status: int = 307, query: bytes = b"") -> Hop:
    """The hop that *status* to *location* leads to."""
    found = next_hop(message(query), APP, Answered(status, Headers({"Location": location})))
    assert isinstance(found, Hop)
    return found


@pytest.mark.rule("redirects")
@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://app.example/b", "https://app.example/b"),
        ("/b?y=2", "https://app.example/b?y=2"),
        ("b", "https://app.example/a/b"),
        ("//other.example:8443/b", "https://other.example:8443/b"),
        ("http://other.example", "http://other.example/"),
    ],
)
def test_a_location_may_be_relative(location: str, url: str) -> None:
    found = hop(location)
    assert found.message.url == found.endpoint.url == url
    assert found.message.headers.all("host") == [found.endpoint.authority]


@pytest.mark.rule("redirects")
@pytest.mark.parametrize(
    ("status", "query", "method"),
    [
        *[(301, b"", "GET"), (302, b"", "GET"), (303, b"", "GET")],
        *[(307, b"", "POST"), (308, b"", "POST")],
        *[(301, b"callback_method=put", "PUT"), (302, b"callback_method=put", "PUT")],
        *[(303, b"callback_method=put", "GET"), (308, b"callback_method=put", "PUT")],
    ],
)
def test_the_method_changes_as_with_any_client(status: int, query: bytes, method: str) -> None:
    found = hop("/b", status, query).message
    assert found.method == method
    if method == "GET":
        assert found.body == b""
        assert not {"content-type", "content-length", "transfer-encoding"} & set(found.headers)
    else:
        assert found.body is message().body
        assert found.headers == message(query).headers


@pytest.mark.rule("redirects")
@pytest.mark.parametrize("location", ["https://other.example/", "http://app.example/"])
def test_credentials_do_not_go_to_another_origin(location: str) -> None:
    sent = hop(location).message.headers
    assert not {"authorization", "dg-token"} & set(sent)
    assert sent["dg-request-id"] == "request-1"


@pytest.mark.rule("redirects")
def test_credentials_stay_within_an_origin_and_none_are_taken_from_a_location() -> None:
    found = hop("https://eve:other@app.example:443/b")
    assert found.message.headers["authorization"] == message().headers["authorization"]
    assert found.endpoint.authorization is None
    assert "eve" not in found.message.url


@pytest.mark.rule("redirects")
@pytest.mark.parametrize(
    "outcome",
    [
        TimedOut(10),
        Answered(302),
        Answered(200, Headers({"location": "/b"})),
        Answered(300, Headers({"location": "/b"})),
        Answered(304, Headers({"location": "/b"})),
        Answered(302, Headers({"location": "ftp://app.example/"})),
        Answered(302, Headers({"location": "http://[oops/"})),
    ],
    ids=str,
)
def test_whatever_leads_nowhere_is_no_redirect(outcome: Outcome) -> None:
    assert next_hop(message(), APP, outcome) is None


@pytest.mark.rule("redirects-keep-the-rules")
@pytest.mark.parametrize(
    ("location", "rules", "why"),
    [
        ("https://app.example:9999/", CallbackRules(), "Port 9999 is not permitted"),
        ("//other.example:22/x", CallbackRules(), "Port 22 is not permitted"),
        ("https://other.example/", CallbackRules((8443,)), "Port 443 is not permitted"),
        ("http://127.0.0.1/", CallbackRules(private=False), "127.0.0.1 is private"),
    ],
)
def test_a_redirect_goes_nowhere_where_no_callback_may_go(
    location: str, rules: CallbackRules, why: str
) -> None:
    outcome = Answered(307, Headers({"location": location}))
    found = next_hop(message(), APP, outcome, rules)
    assert isinstance(found, str)
    assert why in found
    assert "s3cret" not in found


@pytest.mark.rule("redirects-keep-the-rules")
def test_a_redirect_goes_wherever_the_rules_let_a_callback_go() -> None:
    outcome = Answered(307, Headers({"location": "http://127.0.0.1:9999/"}))
    found = next_hop(message(), APP, outcome, CallbackRules(permitted_ports=()))
    assert isinstance(found, Hop)
    assert found.endpoint.port == 9999
