"""The likely cause of a failure, in a sentence: decided by what is known, and by nothing else."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ringback import Rule

MOST = 2
"""How many causes are told: whoever is told of more looks for none of them."""


class Evidence(NamedTuple):
    """What is known of one emulator when a test fails.

    *crashes*, *unknown_keys*, *wrong_paths* and *unrouted* are the sentences of leftovers of these
    kinds. *disagreement* is the clock's; *ahead* says how many seconds a freezer has moved on
    alone. *stands* is whether the clock waits for a verb, and *moved* whether there ever was one.
    *rules* are those that the service followed where what was expected did not happen.
    """

    crashes: Sequence[str] = ()
    unknown_keys: Sequence[str] = ()
    wrong_paths: Sequence[str] = ()
    unrouted: Sequence[str] = ()
    disagreement: str = ""
    ahead: float = 0
    pending: int = 0
    stands: bool = True
    moved: bool = False
    rules: "Sequence[Rule]" = ()


def likely_causes(evidence: Evidence) -> list[str]:
    """The likeliest causes of a failure, `MOST` of them at most, the likeliest first."""
    return [said for cause in _CAUSES for said in cause(evidence)][:MOST]


def _crashed(evidence: Evidence) -> Iterator[str]:
    yield from _first("the application raised an error", evidence.crashes)


def _key_unknown(evidence: Evidence) -> Iterator[str]:
    yield from _first("a key that is unknown", evidence.unknown_keys)


def _wrong_path(evidence: Evidence) -> Iterator[str]:
    yield from _first("a path that there is not", evidence.wrong_paths)


def _nothing_connected(evidence: Evidence) -> Iterator[str]:
    yield from _first("nothing is connected there", evidence.unrouted)


def _freezer_ahead(evidence: Evidence) -> Iterator[str]:
    if evidence.disagreement:
        yield f"a freezer of time that goes its own way: {evidence.disagreement}"
    elif evidence.ahead > 0 and evidence.pending:
        yield (
            f"a freezer is ahead: frozen time moved on by {evidence.ahead:g} s, and this clock did"
            " not. clock.sync() follows it there, and clock.follow(frozen) each time"
        )


def _clock_not_moved(evidence: Evidence) -> Iterator[str]:
    if evidence.pending and evidence.stands and not evidence.moved:
        pending = "1 delivery is" if evidence.pending == 1 else f"{evidence.pending} deliveries are"
        yield (
            f"the clock was never moved, and {pending} pending: settle() runs what is due now,"
            " advance(30) what is due by then, run_until_idle() all of it"
        )


def _rule_assumed(evidence: Evidence) -> Iterator[str]:
    assumed = [rule for rule in evidence.rules if rule.standing == "assumed"]
    for rule in sorted(assumed, key=lambda rule: not rule.setting):
        change = f"Settings({rule.setting}=…)" if rule.setting else "no setting"
        yield f"{rule.name} is assumed: {change} changes it. {rule.statement}"


def _first(what: str, sentences: Sequence[str]) -> Iterator[str]:
    """The first of *sentences*, and how many more there are."""
    if sentences:
        more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
        yield f"{what}: {sentences[0]}{more}"


_CAUSES: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    _crashed,
    _freezer_ahead,
    _key_unknown,
    _wrong_path,
    _nothing_connected,
    _clock_not_moved,
    _rule_assumed,
)
"""What may be the cause, the likeliest first."""
