"""How much may be in progress at once."""

import pytest

from ringback.service.concurrency import Concurrency
from ringback.settings.settings import Settings


def limits(pending: int = 0, **settings: object) -> Concurrency:
    """What *settings* allow, while so many callback jobs are *pending*."""
    return Concurrency(Settings().changed(**settings), lambda: pending)


def room(concurrency: Concurrency) -> tuple[int, int]:
    """How many requests and how many streams find a place, of ten each."""
    requests = streams = 0
    while requests < 10 and concurrency.refusal_of_a_request() is None:
        concurrency.request_began()
        requests += 1
    while streams < 10 and concurrency.refusal_of_a_stream() is None:
        concurrency.stream_opened()
        streams += 1
    return requests, streams


@pytest.mark.rule("too-many-requests", "stream-concurrency")
@pytest.mark.parametrize(
    ("requests", "streams", "found"),
    [
        (None, None, (10, 10)),
        (2, None, (2, 2)),
        (2, 3, (2, 3)),
        (3, 1, (3, 1)),
        (None, 4, (10, 4)),
    ],
)
def test_requests_and_streams_have_a_limit_each(
    requests: int | None, streams: int | None, found: tuple[int, int]
) -> None:
    allowed = limits(concurrency_limit=requests, stream_concurrency_limit=streams)
    assert room(allowed) == found


@pytest.mark.rule("stream-concurrency")
def test_what_ends_makes_room_for_its_own_kind() -> None:
    concurrency = limits(concurrency_limit=1)
    assert room(concurrency) == (1, 1)
    concurrency.stream_closed()
    assert room(concurrency) == (0, 1)
    concurrency.request_ended()
    assert room(concurrency) == (1, 0)


@pytest.mark.rule("concurrency-of-callbacks")
@pytest.mark.parametrize(("counts", "found"), [(False, (2, 2)), (True, (1, 2))])
def test_a_pending_job_takes_the_place_of_a_request_where_that_is_set(
    counts: bool, found: tuple[int, int]
) -> None:
    assert room(limits(1, concurrency_limit=2, concurrency_counts_callbacks=counts)) == found


@pytest.mark.rule("too-many-requests-text")
@pytest.mark.parametrize(
    ("form", "code"), [("speak", "Too Many Requests"), ("general", "TOO_MANY_REQUESTS")]
)
def test_a_refusal_has_the_form_that_is_set_and_names_the_setting(form: str, code: str) -> None:
    concurrency = limits(concurrency_limit=1, too_many_requests=form)
    room(concurrency)
    refusals = concurrency.refusal_of_a_request(), concurrency.refusal_of_a_stream()
    assert [each and (each.status, each.code) for each in refusals] == [(429, code)] * 2
    assert [each and "concurrency_limit" in each.hint for each in refusals] == [True, True]
