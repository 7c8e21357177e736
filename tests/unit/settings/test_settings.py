"""A setting that cannot mean anything is found where it was made."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ringback.core.answer.failure import RequestFailure
from ringback.core.base.duration import SECOND
from ringback.errors import SettingsError
from ringback.settings.checks import read_rate
from ringback.settings.settings import Settings, check_setting_name


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("seed", "x", "seed is an int or None, not 'x'"),
        ("seed", True, "seed is an int or None, not True"),
        ("epoch", "2026-01-01", "epoch is an aware datetime:"),
        ("epoch", datetime(2026, 1, 1), "epoch is an aware datetime:"),  # noqa: DTZ001 - the mistake
        ("retries", -1, "retries is 0 or more, not -1"),
        ("retries", 2.0, "retries is 0 or more, not 2.0"),
        ("retry_delay", -0.1, "retry_delay is seconds or a timedelta, 0 or more, not -0.1"),
        ("retry_delay", "30s", "retry_delay is seconds or a timedelta, 0 or more, not '30s'"),
        ("processing_time", True, "processing_time is seconds or a timedelta, 0 or more, not True"),
        ("attempt_timeout", 0, "attempt_timeout is seconds or a timedelta, more than 0, not 0"),
        ("guard", float("nan"), "guard is seconds or a timedelta, more than 0, not nan"),
        ("permitted_ports", 80, "permitted_ports is a tuple or a list, not 80"),
        ("permitted_ports", "80", "permitted_ports is a tuple or a list, not '80'"),
        (
            "permitted_ports",
            (0,),
            "permitted_ports is a tuple of ports from 1 to 65535, or 'any', not (0,)",
        ),
        ("allow_hosts", "app", "allow_hosts is a tuple or a list, not 'app'"),
        ("allow_hosts", ("",), "allow_hosts is a tuple of host names, not ('',)"),
        ("dg_token", "no", "dg_token is True or False, not 'no'"),
        ("permitted_ports", "all", "permitted_ports is a tuple or a list, not 'all'"),
        ("port_refusal", "", "port_refusal is text, not ''"),
        ("port_refusal", None, "port_refusal is text, not None"),
        ("basic_auth", None, "basic_auth is True or False, not None"),
        ("tls_verify", 0, "tls_verify is True or False, not 0"),
        ("acknowledgement_headers", True, "acknowledgement_headers is 'full' or 'minimal', not"),
        ("callback_body", "json", "callback_body is 'raw' or 'json-base64', not 'json'"),
        ("callback_framing", "none", "callback_framing is 'content-length' or 'chunked', not"),
        ("callback_content_type", "", "callback_content_type is printable ASCII text, or None,"),
        ("callback_content_type", 1, "callback_content_type is printable ASCII text, or None,"),
        ("callback_user_agent", " a", "callback_user_agent is printable ASCII text, or None, not"),
        ("callback_user_agent", "a\r\nb", "callback_user_agent is printable ASCII text, or None,"),
        ("callback_status_header", "a b", "callback_status_header is the name of a header that"),
        ("callback_status_header", "Host", "callback_status_header is the name of a header that"),
        ("callback_status_header", "dg-error", "callback_status_header is the name of a header"),
        ("callback_status_header", 1, "callback_status_header is the name of a header that call"),
        ("mp3_sample_rate", 44100, "mp3_sample_rate is 22050 or 24000, not 44100"),
        ("uuid_version", 1, "uuid_version is 4 or 7, not 1"),
        ("speech", "loud", "speech is True or False, not 'loud'"),
        ("wav_sizes", "real", "wav_sizes is 'streamed' or 'exact', not 'real'"),
        ("ca_file", 1, "ca_file is the path of a file of certificates, or None, not 1"),
        ("ca_file", "", "ca_file is the path of a file of certificates, or None, not ''"),
        (
            "ca_file",
            "none.pem",
            "ca_file: 'none.pem' cannot be read as certificates in PEM form (N",
        ),
        ("ca_file", __file__, f"ca_file: {__file__!r} cannot be read as certificates in PEM form"),
        (
            "ca_file",
            ".",
            "ca_file: '.' cannot be read as certificates in PEM form (Is a directory)",
        ),
        ("ca_file", "a\0b", "ca_file: 'a\\x00b' cannot be read as certificates in PEM form"),
        ("clock", "fast", "clock is 'paused', 'auto', 'real' or 'xN' such as 'x100', not 'fast'"),
    ],
)
def test_a_value_that_cannot_mean_anything_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings(**{name: value})
    assert str(refused.value).startswith(message)


def test_a_key_that_is_refused_is_not_shown() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings(api_key="s3cret key")
    assert str(refused.value) == "api_key is text without spaces, or None, not that"


def test_a_key_is_in_no_repr() -> None:
    assert "s3cret" not in repr(Settings(api_key="s3cret"))


def test_spans_are_seconds_or_a_timedelta() -> None:
    assert Settings(retry_delay=timedelta(minutes=1)).retry_policy.delay == 60 * SECOND
    assert Settings(attempt_timeout=0.25).attempt_limit == SECOND // 4


def test_lists_become_tuples_so_that_settings_stay_as_they_were_checked() -> None:
    ports: Any = [80]
    settings = Settings(permitted_ports=ports)
    ports.append(0)
    assert settings.permitted_ports == (80,)


def test_any_port_is_permitted_in_one_word() -> None:
    assert Settings(permitted_ports="any").speak_rules().callbacks.permitted_ports == ()


@pytest.mark.parametrize(
    ("mode", "rate"),
    [("paused", 0), ("auto", 0), ("real", 1), ("x1", 1), ("x100", 100), ("x1000000", 10**6)],
)
def test_a_mode_says_how_fast_the_clock_runs(mode: str, rate: int) -> None:
    assert read_rate(mode) == rate
    assert Settings(clock=mode).rate == rate


@pytest.mark.parametrize("mode", ["", "x", "x0", "x1000001", "100", "x1.5", "X2", "x-1", "Auto"])
def test_no_other_mode_is_read(mode: str) -> None:
    with pytest.raises(SettingsError, match=r"^clock is 'paused', 'auto', 'real' or 'xN'"):
        read_rate(mode)


def test_a_misspelt_setting_is_named_with_the_nearest_one() -> None:
    wrong: Any = {"retris": 3}
    for make in (Settings, Settings().changed):
        with pytest.raises(SettingsError) as error:
            make(**wrong)
        assert str(error.value) == "unknown setting 'retris'; did you mean 'retries'?"
    with pytest.raises(SettingsError, match=r"^unknown keyword 'zzz'\. Known: seed, "):
        check_setting_name("zzz", "keyword")


def test_settings_have_names_and_no_order() -> None:
    positional: Any = (7,)
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        Settings(*positional)


def test_changed_settings_are_checked_too() -> None:
    assert Settings().changed(retries=3).retries == 3
    with pytest.raises(SettingsError, match="retries is 0 or more"):
        Settings().changed(retries=-3)


def test_a_failure_may_be_written_as_a_mapping() -> None:
    settings = Settings(request_failure={"status": 503, "delay": 2})
    assert settings.request_failure == RequestFailure(503, delay=2)
    assert hash(settings) == hash(Settings(request_failure=RequestFailure(503, delay=2)))
