import pytest

from ringback.interception.variables import variables


def told(**environ: str) -> dict[str, str]:
    """What is set over *environ*."""
    return variables(
        environ, proxy="http://127.0.0.1:1", bundle="/b.pem", more="/m.pem", script="/a b/lead.cjs"
    )


def test_clients_find_the_proxy_and_what_to_trust() -> None:
    assert told() == {
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "https_proxy": "http://127.0.0.1:1",
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "no_proxy": "127.0.0.1,localhost,::1",
        "SSL_CERT_FILE": "/b.pem",
        "REQUESTS_CA_BUNDLE": "/b.pem",
        "CURL_CA_BUNDLE": "/b.pem",
        "NODE_EXTRA_CA_CERTS": "/m.pem",
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": '--require "/a b/lead.cjs"',
    }


def test_what_node_was_told_before_still_holds() -> None:
    assert told(NODE_OPTIONS="--inspect")["NODE_OPTIONS"] == '--inspect --require "/a b/lead.cjs"'


def test_what_is_set_already_is_not_set_twice() -> None:
    assert told(**told()) == told()


@pytest.mark.parametrize(
    "entry",
    ["*", "api.deepgram.com", "API.deepgram.com:443", ".deepgram.com", "*.deepgram.com", "com"],
)
def test_nothing_leads_past_the_proxy_to_the_service(entry: str) -> None:
    spared = told(no_proxy=f"internal.example, {entry},localhost")["NO_PROXY"]
    assert spared == "internal.example,localhost,127.0.0.1,::1"


@pytest.mark.parametrize(
    "entry", ["10.0.0.0/8", "fe80::1", "::ffff", "deepgram.com.example", "gram.com", "app.example"]
)
def test_whoever_else_is_spared_a_proxy_stays_so(entry: str) -> None:
    assert told(NO_PROXY=entry)["no_proxy"] == f"{entry},127.0.0.1,localhost,::1"
