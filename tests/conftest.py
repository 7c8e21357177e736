"""Builders: small values in which everything that a test does not care about is filled in."""

import gc

import freezegun
import pytest

from ringback.core.delivery.delivery import Attempt, Job
from ringback.core.delivery.message import CallbackMessage, MessageRules
from ringback.core.delivery.outcome import Answered, Outcome
from ringback.core.request.endpoint import Endpoint, split
from ringback.core.request.speak import Query, SpeakRequest, SpeakRules
from tests.budgets import load_profile
from tests.time_limit import TimeLimit

# freezegun looks at every name of every module. The SDK imports what it holds back when it is
# looked at, and pydantic refuses models whose `datetime` is freezegun's.
freezegun.configure(extend_ignore_list=["deepgram"])


def pytest_configure(config: pytest.Config) -> None:
    """Let no test hang, and none try for longer than this run is meant to take."""
    config.pluginmanager.register(TimeLimit(), "time limit")
    if config.pluginmanager.has_plugin("hypothesispytest"):  # it takes long to import
        load_profile()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Have no collection of garbage look at all tests again: they live as long as the session."""
    gc.collect()
    gc.freeze()


HOOK = "https://app.example/hook"
REQUEST_ID = "01b0a7ea-7c00-7000-8000-000000000001"
KEY_ID = "9f5a0c3e-3c52-4f0e-8f0e-0d5f5b1f6a11"


def an_endpoint(url: str = HOOK) -> Endpoint:
    """The endpoint that *url* names."""
    endpoint = split(url)
    assert isinstance(endpoint, Endpoint), endpoint
    return endpoint


def a_request(query: bytes = b"", text: str = "Hello", callback: str = HOOK) -> SpeakRequest:
    """A request that was accepted, with *query* in front of its callback."""
    rules = SpeakRules()
    read = rules.read_query(query + b"&callback=" + callback.encode())
    assert isinstance(read, Query), read
    request = rules.read_request(read, "text/plain", text.encode())
    assert isinstance(request, SpeakRequest), request
    return request


def a_message(body: bytes = b"audio") -> CallbackMessage:
    """What an attempt sends."""
    return MessageRules().compose(a_request(), an_endpoint(), REQUEST_ID, KEY_ID, body)


def a_job(request_id: str = REQUEST_ID, accepted_at: int = 0) -> Job:
    """A job that was accepted."""
    return Job(request_id, KEY_ID, _REQUEST, _ENDPOINT, accepted_at)


def an_attempt(
    number: int = 1, outcome: Outcome | int = 503, at: int = 0, took: int = 0
) -> Attempt:
    """An attempt that ended; an int is the status that was answered."""
    ended = Answered(outcome) if isinstance(outcome, int) else outcome
    return Attempt(number, at, at + took, _MESSAGE, ended)


_REQUEST = a_request()
_ENDPOINT = an_endpoint()
_MESSAGE = a_message()
