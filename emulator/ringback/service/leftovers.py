"""What a strict test would not leave behind, in sentences, by kind."""

from collections.abc import Iterable, Sequence
from traceback import format_exception_only

from ringback.core.journal import Fact, RequestRejected
from ringback.receiving.scripted import Receiver
from ringback.service.views import Delivery

KINDS = ("pending", "replies", "failures", "errors", "unknown_keys")
"""`pending` (deliveries not settled), `replies` (scripted and never used), `failures` (ordered and
never met), `errors` (of predicates, that no verb has raised yet) and `unknown_keys` (requests
refused for their key)."""


def leftovers(
    pending: Sequence[Delivery],
    receivers: Iterable[Receiver],
    unmet: int,
    unheard: Iterable[BaseException],
    journal: Iterable[Fact],
) -> dict[str, list[str]]:
    """What is left behind, of every kind: *unmet* failures, *unheard* errors."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for delivery in pending:
        found["pending"].append(
            f"{delivery!r} is still pending: run_until_idle() delivers it, cancel() gives it up"
        )
    for receiver in receivers:
        if receiver.unused:
            found["replies"].append(
                f"{receiver!r}: {receiver.unused} of its scripted replies were never used"
            )
    if unmet:
        noun = "failure was" if unmet == 1 else "failures were"
        found["failures"].append(f"{unmet} ordered {noun} never met by a request")
    for error in unheard:
        found["errors"].append(" ".join(map(str.strip, format_exception_only(error))))
    for fact in journal:
        if not isinstance(fact, RequestRejected) or fact.ordered:
            continue
        if fact.rejection.status == 401:
            found["unknown_keys"].append(
                f"request {fact.request_id} was refused for its key. The application must use"
                " ringback.api_key"
            )
    return found
