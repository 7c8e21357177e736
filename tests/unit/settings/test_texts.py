"""Settings as texts say them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ringback.errors import SettingsError
from ringback.settings.settings import Settings
from ringback.settings.texts import read_text, read_variables


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("retries", "3", 3),
        ("retry_delay", "0.5", 0.5),
        ("dg_token", "false", False),
        ("dg_token", "0", False),
        ("any_key", "1", True),
        ("concurrency_limit", "null", None),
        ("api_key", "12345", "12345"),
        ("api_key", "null", None),
        ("port_refusal", "No: [that", "No: [that"),
        ("permitted_ports", "any", "any"),
        ("permitted_ports", "[80, 8080]", (80, 8080)),
        ("permitted_ports", "80,8080", (80, 8080)),
        ("permitted_ports", "80", (80,)),
        ("allow_hosts", "app.example, two.example", ("app.example", "two.example")),
        ("clock", "x100", "x100"),
        ("epoch", "2026-01-02T00:00:00Z", datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
def test_a_text_says_the_value_of_a_setting(name: str, text: str, value: Any) -> None:
    assert getattr(Settings().changed(**{name: read_text(name, text)}), name) == value


def test_a_text_says_the_value_of_an_option() -> None:
    assert read_text("port", "80") == 80
    assert read_text("tenants", "1") is True
    assert read_text("host", "0") == "0"
    assert read_text("connect", "{https://a.example: http://127.0.0.1:1}") == {
        "https://a.example": "http://127.0.0.1:1"
    }


def test_a_text_that_says_no_value_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^retries: '\[' is no YAML value$"):
        read_text("retries", "[")


def test_variables_are_read_by_their_prefix_and_empty_ones_say_nothing() -> None:
    environ = {
        "RINGBACK_RETRIES": "3",
        "RINGBACK_PORT": "9",
        "RINGBACK_SEED": "",
        "RINGBACK_URL": "http://127.0.0.1:1",
        "RETRIES": "4",
    }
    assert read_variables(environ) == {"retries": "3", "port": "9"}


def test_a_variable_that_looks_like_a_slip_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(SettingsError, match=r"RETRYS: .*; did you mean RINGBACK_RETRIES\?$"):
        read_variables({"RINGBACK_RETRYS": "3"})


def test_what_kubernetes_says_of_a_service_called_ringback_is_no_setting() -> None:
    environ = {
        "RINGBACK_PORT": "tcp://10.0.0.7:8088",
        "RINGBACK_PORT_8088_TCP": "tcp://10.0.0.7:8088",
        "RINGBACK_PORT_8088_TCP_ADDR": "10.0.0.7",
        "RINGBACK_SERVICE_HOST": "10.0.0.7",
        "RINGBACK_SERVICE_PORT_HTTP": "8088",
    }
    assert read_variables(environ) == {}
