"""Which rules of the service an attempt's outcome, and what followed it, come from."""

from functools import cache

from ringback.core.delivery.outcome import Aborted, Answered, Outcome, TimedOut
from ringback.core.rules import RULES
from ringback.core.rules.rule import Rule


@cache
def _by_name() -> dict[str, Rule]:
    return {rule.name: rule for rule in RULES}


def behind(outcome: Outcome, *, has_next: bool, is_last: bool) -> tuple[Rule, ...]:
    """The rules behind *outcome* and what followed: another attempt, *has_next*, or nothing.

    *is_last*: the retries were used up. The first rule says why the outcome is what it is.
    """
    names: list[str] = []
    match outcome:
        case Answered(status) if 200 <= status <= 299:
            names += ["success", "one-success"]
        case Answered(status):
            names += ["redirects" if 300 <= status <= 399 else "success"]
            if any(name.lower() == "retry-after" for name in outcome.headers):
                names.append("retry-after-ignored")
        case TimedOut(phase=phase):
            names.append("connect-limit" if phase == "connect" else "attempt-limit")
        case Aborted():
            pass
        case _:
            names.append("success")
    if has_next:
        names += ["retries", "delay", "delay-from-the-end"]
    elif is_last:
        names.append("retries")
    return tuple(_by_name()[name] for name in names)
