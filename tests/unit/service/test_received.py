"""What arrived, as others may see it."""

import pytest

from ringback.core.base.duration import SECOND
from ringback.service.received import ReceivedRequests, Reception


def a_reception(number: int = 1) -> Reception:
    return Reception(
        at=number * SECOND,
        method="POST",
        path="/v1/speak",
        query=b"model=aura-2-thalia-en",
        headers=((b"x-trace", b"one"),),
        content_type="text/plain",
        body=b"Hello",
        size=5,
        status=200,
        request_id=f"request-{number}",
    )


def test_what_arrives_later_is_seen() -> None:
    receptions = [a_reception(1), a_reception(2)]
    requests = ReceivedRequests(receptions)
    receptions.append(a_reception(3))
    assert [each.at for each in requests] == [1, 2, 3]
    assert (len(requests), requests[-1].request_id) == (3, "request-3")
    assert [each.request_id for each in requests[1:]] == ["request-2", "request-3"]
    with pytest.raises(IndexError):
        requests[3]


def test_they_equal_a_list_of_the_same() -> None:
    requests = ReceivedRequests([a_reception(1), a_reception(2)])
    assert requests == list(requests)
    assert requests == ReceivedRequests([a_reception(1), a_reception(2)])
    assert requests != list(requests)[:1]
    assert requests != "requests"
    assert not ReceivedRequests([])


def test_nothing_can_be_changed_through_them() -> None:
    requests = ReceivedRequests([a_reception()])
    with pytest.raises(TypeError):
        requests[0] = requests[0]  # type: ignore[index]
    with pytest.raises(AttributeError):
        requests[0].status = 500  # type: ignore[misc]
    with pytest.raises(TypeError):
        hash(requests)
