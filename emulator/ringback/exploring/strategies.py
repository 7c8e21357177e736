"""Hypothesis strategies: what receivers reply, what happens on the way, what is asked, and when.

Each shrinks to what is simplest: no fault at all, a status, a short text, a small step. So what a
failing property ends at has nothing in it that is not needed.

>>> from hypothesis import given
>>> from ringback import strategies
>>> @given(faults=strategies.histories())
... def test_whatever_happens_it_is_stored_once(make_ringback, faults): ...
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

try:
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, rule
except ImportError as error:
    raise ImportError(
        "ringback.strategies are for hypothesis, which is not installed: pip install hypothesis"
    ) from error

from ringback.core.delivery.fault import Fault, FaultLike, read_fault
from ringback.core.delivery.fault_words import WORDS
from ringback.core.delivery.reply import Reply, ReplyLike
from ringback.core.request.encodings import OUTPUTS
from ringback.faces.async_emulator import AsyncEmulator
from ringback.faces.emulator import Emulator
from ringback.settings.settings import Settings

STATUSES = (200, 204, 202, 301, 400, 404, 409, 410, 429, 500, 502, 503, 504)
"""Statuses of answers, the simplest first."""

SECONDS = (0, 1, 9, 10, 11, 29, 30, 31, 300)
"""Spans that matter: around the attempt limit, the delay, and all of the retries."""

ATTEMPTS = 11

BY_CHANCE = "two at once"
"""The fault that a receiver in threads may survive once, and not the next time."""


def replies(*, most: int = ATTEMPTS) -> st.SearchStrategy[list[ReplyLike]]:
    """What `receiver(…, replies=…)` takes: a list of 1 to *most* entries."""
    return st.lists(_replies(), min_size=1, max_size=most)


def faults(words: Iterable[FaultLike] | None = None) -> st.SearchStrategy[FaultLike]:
    """One entry of `faults=[…]`: None, a status, a word, or a `Fault` with its numbers.

    *words* are those to choose from, beside None; if nothing is said, all there are but
    `"two at once"`, of which something else may come each time. Raises `SettingsError` for one that
    is none.
    """
    if words is not None:
        chosen = list(words)
        for each in chosen:
            read_fault(each)
        return st.sampled_from([None, *chosen])
    alone = [word for word, kind in WORDS.items() if not kind.needs and word != BY_CHANCE]
    return st.one_of(
        st.none(),
        st.sampled_from([500, 503]),
        st.sampled_from(alone),
        st.builds(Fault, st.just("slow"), after=st.sampled_from(SECONDS)),
        st.builds(Fault, st.just("duplicate"), after=st.sampled_from(SECONDS)),
        st.builds(Fault, st.just("answer replaced"), status=st.sampled_from(STATUSES)),
    )


def histories(
    words: Iterable[FaultLike] | None = None, *, depth: int = ATTEMPTS
) -> st.SearchStrategy[list[FaultLike]]:
    """What `faults=` takes: one entry for each of up to *depth* attempts of a delivery."""
    return st.lists(faults(words), max_size=depth)


def requests() -> st.SearchStrategy[dict[str, Any]]:
    """What `submit` takes beside `callback`: requests that the service accepts.

    Use it as `ringback.submit(callback=…, **request)`.
    """
    text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), min_size=1)
    return st.fixed_dictionaries(
        {"text": text.map(str.strip).filter(bool).map(lambda each: each[:200])},
        optional={
            "callback_method": st.sampled_from(["post", "put"]),
            "encoding": st.sampled_from(sorted(OUTPUTS)),
            "tag": st.sampled_from(["one", "two"]),
        },
    )


class Move(NamedTuple):
    """A verb of the clock, and what it is called with."""

    verb: str
    arguments: tuple[float, ...] = ()

    def __call__(self, ringback: Emulator | AsyncEmulator) -> Any:
        """Move *ringback*; what an `AsyncEmulator` returns is to be awaited."""
        return getattr(ringback, self.verb)(*self.arguments)

    def __repr__(self) -> str:
        return f"{self.verb}({', '.join(map(repr, self.arguments))})"


def clock_moves() -> st.SearchStrategy[Move]:
    """Steps through time: call one with an emulator, `move(ringback)`."""
    return st.one_of(
        st.just(Move("settle")),
        st.sampled_from(SECONDS).map(lambda span: Move("advance", (span,))),
        st.just(Move("run_until_idle")),
    )


class CallbackMachine(RuleBasedStateMachine):
    """Submits and moves the clock in any order, under any faults. Write what must hold.

    A subclass makes and connects its application in `arrange`, adds rules and invariants of its own
    as hypothesis has them, and looks at the end in `at_the_end`, when nothing is pending any more.
    """

    emulator_settings: ClassVar[Settings] = Settings()
    origin: ClassVar[str] = "https://app.example"
    path: ClassVar[str] = "/done"

    def __init__(self) -> None:
        """Begin at a clean emulator, `ringback`."""
        super().__init__()
        self.ringback = Emulator(self.emulator_settings).open()
        self.arrange()

    def arrange(self) -> None:
        """Make the application anew, and connect it."""
        self.ringback.receiver(self.origin)

    def at_the_end(self) -> None:
        """Assert what must hold when everything has come to its end."""

    @rule(request=requests(), faults=histories(depth=3))
    def submit(self, request: dict[str, Any], faults: Sequence[FaultLike]) -> None:
        """Do what a client would do."""
        self.ringback.submit(callback=self.origin + self.path, faults=faults, **request)

    @rule(move=clock_moves())
    def move(self, move: Move) -> None:
        """Let time pass."""
        move(self.ringback)

    def teardown(self) -> None:
        """Come to the end, look, and close."""
        try:
            self.ringback.run_until_idle()
            self.at_the_end()
        finally:
            self.ringback.close()


def _replies() -> st.SearchStrategy[ReplyLike]:
    return st.one_of(
        st.sampled_from(STATUSES),
        st.sampled_from(["timeout", "refused", "reset"]),
        st.builds(
            Reply,
            st.sampled_from(STATUSES),
            body=st.sampled_from(["", "busy"]),
            after=st.sampled_from(SECONDS),
        ),
    )
