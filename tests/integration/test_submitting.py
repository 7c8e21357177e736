"""What a test submits without a client of its own, and what of it arrives."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from ringback import Emulator, Refused, RequestFailure, SettingsError

HOOK = "https://app.example/hook"


@pytest.mark.ringback(allow_pending=True)
def test_a_parameter_that_is_none_is_not_given(ringback: Emulator) -> None:
    delivery = ringback.submit(
        "Hello", callback=HOOK, model=None, sample_rate=None, tag=["a", None], mip_opt_out=None
    )
    plain = ringback.submit("Hello", callback=HOOK, tag=["a"])
    assert delivery.request == plain.request
    assert parse_qs(ringback.requests[0].query) == {"callback": [HOOK], "tag": ["a"]}


def test_a_delivery_without_a_callback_is_refused_before_anything_is_asked(
    ringback: Emulator,
) -> None:
    nothing: Any = None
    with pytest.raises(SettingsError, match="needs a callback"):
        ringback.submit("Hello", callback=nothing)
    assert not ringback.requests


@pytest.mark.parametrize("page", ["<h1>Bad Gateway</h1>", "", "[1]", '{"error": 502}'])
def test_a_page_of_a_proxy_refuses_a_submission_as_the_service_would(
    page: str, ringback: Emulator
) -> None:
    ringback.fail_requests(RequestFailure(502, body=page))
    with pytest.raises(Refused) as caught:
        ringback.submit("Hello", callback=HOOK)
    assert caught.value.status == 502
    assert caught.value.payload == {"err_code": "", "err_msg": page}
    assert str(caught.value).startswith(f"502: {page}")
