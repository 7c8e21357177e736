"""How often, and how long after a failure, a callback is tried again."""

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import SECOND


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """*retries* after the first attempt, each *delay* nanoseconds after the last one ended.

    "retry the callback up to 10 times with a 30 second delay between attempts" (documented). Read
    as one attempt and ten retries, eleven attempts at most; *between* as from the end of the failed
    attempt (assumed). There is no jitter, and `Retry-After` is not followed (assumed).
    """

    retries: int = 10
    delay: int = 30 * SECOND

    def wait_after(self, attempt: int) -> int | None:
        """Nanoseconds to wait after *attempt* (counted from 1) failed; None if it was the last."""
        return self.delay if attempt <= self.retries else None
