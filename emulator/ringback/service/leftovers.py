"""What a strict test would not leave behind, in sentences, by kind.

Each sentence names what is wrong and what to do about it. Each kind is a function of what there is
to look at, and a line of `KINDS`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from traceback import format_exception_only

from ringback.core.base.dataclass import dataclass
from ringback.core.base.duration import words
from ringback.core.base.rejection import INVALID_CREDENTIALS
from ringback.core.delivery.outcome import Unreachable
from ringback.core.delivery.plan import Plan
from ringback.core.facts import AttemptFinished, Fact, RequestMisdirected, RequestRejected
from ringback.core.request.endpoint import read_origin
from ringback.receiving.scripted import Receiver
from ringback.sending.crashes import Crash
from ringback.sending.routes import Route
from ringback.service.views import Delivery

_NEAR = 0.6
"""How alike the hosts of two origins must be for one to be taken for a slip of the other."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What a test has arranged, and what came of it.

    *arranged* are all routes with their places, *plans* the faults that are for some deliveries,
    wherever they go, *copies* what is still to come of them, *unmet* is how many failures no
    request has met, *unheard* are errors that no verb has raised, and *crashes* those of
    applications.
    """

    pending: Sequence[Delivery]
    receivers: Iterable[Receiver]
    arranged: Sequence[tuple[str, Route]]
    plans: Iterable[Plan]
    copies: Iterable[str]
    unmet: int
    unheard: Iterable[BaseException]
    crashes: Iterable[Crash]
    journal: Iterable[Fact]


def leftovers(traces: Traces, *, happened: bool = False) -> dict[str, list[str]]:
    """What is left behind, of every kind, or of those alone that have *happened*."""
    return {
        kind: list(find(traces))
        for kind, find in KINDS.items()
        if not (happened and kind in TO_COME)
    }


def _pending(traces: Traces) -> Iterator[str]:
    for delivery in traces.pending:
        yield f"{delivery!r} is still pending: run_until_idle() delivers it, cancel() gives it up"


def _replies(traces: Traces) -> Iterator[str]:
    for receiver in traces.receivers:
        if receiver.unused:
            yield (
                f"{receiver!r}: {receiver.unused} of its scripted replies were never used. Leave"
                " them out, or let deliveries come as far"
            )


def _failures(traces: Traces) -> Iterator[str]:
    if traces.unmet:
        noun = "failure was" if traces.unmet == 1 else "failures were"
        yield f"{traces.unmet} ordered {noun} never met by a request"


def _faults(traces: Traces) -> Iterator[str]:
    standing = dict(traces.arranged)
    for place, route in traces.arranged:
        if route is not standing[place] and not route.reached and route.owes:
            yield (
                f"{place}: no attempt reached what was connected there first, for something else"
                " was connected there after it. Connect each origin once, or run the deliveries"
                " that are for the first before the second"
            )
        else:
            yield from _faults_of(route.plan if route.owes or route.reached else None)
    for plan in traces.plans:
        yield from _faults_of(plan)
    for copy in traces.copies:
        yield f"{copy}, has not come: run_until_idle() brings what is due"


def _faults_of(plan: Plan | None) -> Iterator[str]:
    """The faults of *plan* that no attempt met."""
    unmet = {
        number: shape.name
        for number, shape in enumerate(plan.shapes if plan else (), start=1)
        if shape is not None and plan and number > plan.reached
    }
    if not unmet or plan is None:
        return
    first, last = min(unmet), max(unmet)
    which = f"entry {first} ({unmet[first]})" if len(unmet) == 1 else f"entries {first} to {last}"
    yield (
        f"{plan.whose}: no attempt reached {which} of faults=[…]. Entry i is for attempt i of"
        " each delivery: leave out what is not needed, or let a delivery come as far"
    )


def _errors(traces: Traces) -> Iterator[str]:
    for error in traces.unheard:
        yield " ".join(map(str.strip, format_exception_only(error)))


def _unknown_keys(traces: Traces) -> Iterator[str]:
    for fact in traces.journal:
        if not isinstance(fact, RequestRejected) or fact.ordered:
            continue
        if fact.rejection.code == INVALID_CREDENTIALS.code:
            yield (
                f"{fact.asked} at {words(fact.at)} was refused for its key (request"
                f" {fact.request_id}). The application must use ringback.api_key"
            )


def _wrong_paths(traces: Traces) -> Iterator[str]:
    for fact in traces.journal:
        if isinstance(fact, RequestMisdirected):
            yield (
                f"{fact.asked} at {words(fact.at)} was answered {fact.rejection.status} (request"
                f" {fact.request_id}): {fact.rejection.hint}"
            )


def _unrouted(traces: Traces) -> Iterator[str]:
    """Attempts that led nowhere, an origin a sentence."""
    lost: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for fact in traces.journal:
        if isinstance(fact, AttemptFinished) and isinstance(fact.attempt.outcome, Unreachable):
            outcome = fact.attempt.outcome
            if outcome.reason == "not allowed":
                origin = read_origin(fact.attempt.message.url) or fact.attempt.message.url
                lost[origin] += 1
                reasons.setdefault(origin, outcome.detail)
    connected = list(dict(traces.arranged))
    for origin, times in lost.items():
        noun = "attempt" if times == 1 else "attempts"
        meant = nearest(origin, connected)
        yield f"{times} {noun} to {origin} led nowhere: {reasons[origin]}{meant}"


def _crashes(traces: Traces) -> Iterator[str]:
    for crash in traces.crashes:
        yield (
            f"{crash}. The service heard 500, and went on: mend the application, or have it answer"
            " what is meant"
        )


def nearest(origin: str, connected: Sequence[str]) -> str:
    """Which of the *connected* places may have been meant by *origin*, as a half-sentence."""
    if origin in connected:
        return ""
    if below := [each for each in connected if each.startswith(f"{origin}/")]:
        return f", whose other paths lead nowhere. Connected there are only {', '.join(below)}"
    hosts = get_close_matches(_place(origin), map(_place, connected), n=1, cutoff=_NEAR)
    if hosts:
        there = [each for each in connected if _place(each) == hosts[0]]
        (meant,) = get_close_matches(origin, there, n=1, cutoff=0)
        return f". Connected is {meant}: did you mean that?"
    return f". Connected are only {', '.join(connected)}" if connected else ". Nothing is connected"


def _place(origin: str) -> str:
    """Host and port: all origins look alike in their schemes."""
    return origin.partition("://")[2]


def complaint(found: Mapping[str, Sequence[str]]) -> str:
    """What was *found*, by kind, as one text: a headline, and a line for each thing."""
    lines = [sentence for sentences in found.values() for sentence in sentences]
    things = "1 thing was" if len(lines) == 1 else f"{len(lines)} things were"
    return "\n".join([f"{things} left behind ({', '.join(found)}):", *(f"- {e}" for e in lines)])


KINDS: dict[str, Callable[[Traces], Iterator[str]]] = {
    "pending": _pending,
    "replies": _replies,
    "failures": _failures,
    "faults": _faults,
    "errors": _errors,
    "unknown_keys": _unknown_keys,
    "wrong_paths": _wrong_paths,
    "unrouted": _unrouted,
    "crashes": _crashes,
}
"""What finds each kind: `pending` (deliveries not settled), `replies` (scripted and never given),
`failures` (ordered and never met), `faults` (scripted and never reached, and connections that were
replaced before they were), `errors` (of predicates, that no verb has raised yet), `unknown_keys`
(requests refused for their key), `wrong_paths` (requests for what there is not), `unrouted`
(attempts that led nowhere) and `crashes` (what applications of this process raised)."""

TO_COME = frozenset({"pending", "replies", "failures", "faults"})
"""Kinds of what was arranged and has not happened yet: a `reset` calls it off. The others have."""
