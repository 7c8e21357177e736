"""How often, and how long after a failure, a callback is tried again."""

import pytest

from ringback.core.base.duration import SECOND
from ringback.core.delivery.retry import RetryPolicy


@pytest.mark.rule("delay")
@pytest.mark.parametrize("attempt", range(1, 11))
def test_a_failed_attempt_is_followed_by_thirty_seconds_without_jitter(attempt: int) -> None:
    assert RetryPolicy().wait_after(attempt) == 30 * SECOND


@pytest.mark.rule("retries")
def test_nothing_follows_the_eleventh_attempt() -> None:
    assert RetryPolicy().wait_after(11) is None
    assert RetryPolicy().wait_after(12) is None


@pytest.mark.parametrize("retries", [0, 1, 3, 100])
def test_a_policy_allows_exactly_its_retries(retries: int) -> None:
    policy = RetryPolicy(retries=retries, delay=7)
    waits = [policy.wait_after(attempt) for attempt in range(1, retries + 3)]
    assert waits == [*[7] * retries, None, None]
