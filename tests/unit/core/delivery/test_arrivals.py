"""What is expected to have arrived, against what did."""

from typing import Any

import pytest

from ringback.core.base.headers import Headers
from ringback.core.delivery.arrivals import Arrival, expect_arrivals, target_of
from ringback.core.delivery.message import CallbackMessage
from ringback.errors import SettingsError


def message(method: str = "POST", target: str = "/done", **headers: str) -> CallbackMessage:
    """A callback that arrived."""
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return CallbackMessage(method, f"https://app.example{target}", Headers(pairs), b"audio")


@pytest.mark.parametrize(
    "expected",
    [
        Arrival(),
        Arrival(method="PUT"),
        Arrival(method="put"),
        Arrival(path="/done"),
        Arrival(path="/done?key=a"),
        Arrival(headers={"DG-Token": "me"}),
        Arrival(headers={"authorization": None}),
        Arrival(body=b"audio"),
        Arrival("PUT", "/done", {"dg-token": "me"}, b"audio"),
    ],
)
def test_what_is_as_expected_does_not_differ(expected: Arrival) -> None:
    assert list(expected.differences(message("PUT", "/done?key=a", dg_token="me"))) == []


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (Arrival(method="PUT"), "method POST, not PUT"),
        (Arrival(path="/don"), "path /done?key=***, not /don"),
        (Arrival(path="/done?key=b"), "path /done?key=***, not /done?key=***"),
        (Arrival(headers={"dg-token": "you"}), "dg-token 'me', not 'you'"),
        (Arrival(headers={"dg-token": None}), "dg-token 'me', not missing"),
        (Arrival(headers={"x-more": "1"}), "x-more missing, not '1'"),
        (Arrival(body=b"other"), "another body than the 5 bytes expected"),
    ],
)
def test_each_difference_is_said(expected: Arrival, said: str) -> None:
    assert list(expected.differences(message("POST", "/done?key=a", dg_token="me"))) == [said]


def test_credentials_that_differ_are_masked() -> None:
    expected = Arrival(headers={"authorization": "Basic c2VjcmV0"})
    (said,) = expected.differences(message(authorization="Basic cHJpdmF0ZQ=="))
    assert said.startswith("authorization ")
    assert "c2VjcmV0" not in said
    assert "cHJpdmF0ZQ" not in said


def test_a_body_that_is_kept_by_digest_is_compared_all_the_same() -> None:
    assert list(Arrival(body=b"audio").differences(message().by_digest())) == []
    assert list(Arrival(body=b"other").differences(message().by_digest()))


def test_those_that_are_as_expected_are_given() -> None:
    first, second, third = message("PUT"), message(), message("PUT")
    arrived = [first, second, third]
    assert expect_arrivals("it", arrived, Arrival(method="PUT"), 2) == [first, third]
    assert expect_arrivals("it", arrived, Arrival(method="PUT"), None) == [first, third]
    assert expect_arrivals("it", arrived, Arrival(method="GET"), 0) == []


def test_each_request_is_shown_with_its_difference() -> None:
    arrived = [message("PUT", "/a"), message("POST", "/done")]
    with pytest.raises(AssertionError) as failed:
        expect_arrivals("https://app.example", arrived, Arrival(method="PUT"), 2)
    assert str(failed.value).splitlines() == [
        "https://app.example: 1 of the requests that arrived are as expected, not 2",
        "PUT https://app.example/a       as expected",
        "POST https://app.example/done   <-- method POST, not PUT",
    ]


def test_where_nothing_arrived_that_is_said() -> None:
    with pytest.raises(AssertionError) as failed:
        expect_arrivals("it", [], Arrival(), None)
    assert str(failed.value).splitlines() == [
        "it: 0 of the requests that arrived are as expected, not at least 1",
        "(nothing arrived)",
    ]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"method": 1}, "method=…\\) is str, not 1"),
        ({"path": b"/"}, "path=…\\) is str"),
        ({"path": "done"}, "begins with a slash, not 'done'"),
        ({"headers": ["dg-token"]}, "headers=…\\) is Mapping"),
        ({"headers": {"dg token": "a"}}, "'dg token' names no header"),
        ({"body": "audio"}, "body=…\\) is bytes, not 'audio'"),
    ],
)
def test_what_cannot_be_expected_is_refused(said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(SettingsError, match=wrong):
        Arrival(**said)


@pytest.mark.parametrize("times", [-1, True, 1.5, "2"])
def test_times_is_a_whole_number(times: int) -> None:
    with pytest.raises(SettingsError, match="whole number from 0 on"):
        expect_arrivals("it", [], Arrival(), times)


def test_the_target_of_a_url_without_a_path_is_a_slash() -> None:
    assert target_of("https://app.example") == "/"
    assert target_of("https://app.example/a?b=/c") == "/a?b=/c"
