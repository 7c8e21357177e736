"""Under any plan of faults the same happens, whoever receives."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ringback import Emulator, Fault, Receiver, Settings
from ringback.core.delivery.fault import FaultLike, fault_as_plain, read_fault
from ringback.core.delivery.fault_words import WORDS
from ringback.core.delivery.reply import Reply, answer_of
from ringback.core.delivery.shape import shape_of
from tests.budgets import budget
from tests.integration.storing import WAYS, Store, listening

APP = "https://app.example"
SECRET = "https://ada:s3cret@app.example/hook"

spans = st.sampled_from([0, 1, 5, 10, 12.5, 30, 60, timedelta(seconds=45)])
numbers: dict[str, st.SearchStrategy[Any]] = {
    "after": spans,
    "at": st.integers(0, 40_000),
    "status": st.sampled_from([200, 204, 302, 409, 500, 504]),
}


@st.composite
def faults(draw: st.DrawFn) -> FaultLike:
    """Any fault that takes no real time."""
    # Which of two at once comes first to a receiver in threads is not for us to say.
    word = draw(st.sampled_from(sorted(WORDS.keys() - {"two at once"})))
    kind = WORDS[word]
    chosen = [name for name in kind.takes if name != "real" and draw(st.booleans())]
    return Fault(word, **{name: draw(numbers[name]) for name in (*kind.needs, *chosen)})


entries = st.one_of(
    st.none(),
    faults(),
    numbers["status"],
    st.builds(Reply, numbers["status"], after=st.sampled_from([0, 3, 11])),
)


class Plan(NamedTuple):
    """Faults for an origin and of its own for each delivery, which come at *gaps* of seconds."""

    shared: list[FaultLike]
    own: list[list[FaultLike]]
    gaps: list[int]
    statuses: list[int]


plans = st.builds(
    Plan,
    st.lists(entries, max_size=4),
    st.lists(st.lists(entries, max_size=4), min_size=1, max_size=3),
    st.lists(st.sampled_from([0, 0, 3, 30]), min_size=3, max_size=3),
    st.lists(st.sampled_from([200, 204, 409, 500, 503]), min_size=1, max_size=6),
)


class Wired(NamedTuple):
    """A store that listens on a socket, at *url*."""

    store: Store
    url: str


@pytest.fixture(scope="module")
def wired() -> Iterator[Wired]:
    store = Store()
    with listening(store) as url:
        yield Wired(store, url)


def played(plan: Plan, way: str, wired: Wired) -> dict[str, object]:
    """All that a test can see of *plan*, by what it is."""
    store = wired.store
    store.begin_again(plan.statuses)
    with Emulator(Settings(retries=4, seed=7)) as ringback:
        to: Any = wired.url if way == "socket" else getattr(store, way, None)
        if way == "scripted":
            to = Receiver(APP)
            to.answer = lambda message: answer_of(
                Reply(store.take(message.headers, message.body), body="done")
            )
        ringback.connect(APP, to, plan.shared)
        for number, own in enumerate(plan.own):
            ringback.submit(f"Hello, {number}", callback=SECRET, faults=own)
            ringback.advance(plan.gaps[number])
        ringback.run_until_idle()
        attempts = [each for delivery in ringback.deliveries for each in delivery.attempts]
        return {
            "timelines": [each.timeline for each in ringback.deliveries],
            "outcomes": [(str(each.outcome), each.fault, each.finished_at) for each in attempts],
            "copies": [(str(each.copy), each.copied_at) for each in attempts],
            "bodies": [each.request.body for each in attempts],
            "states": [each.state for each in ringback.deliveries],
            "moved": ringback.clock.elapsed,
            "stored": [
                (
                    headers["dg-request-id"],
                    headers.get("authorization"),
                    headers.get("dg-token"),
                    headers["content-length"],
                    body,
                )
                for headers, body in store.stored
            ],
            "leftovers": ringback.leftovers(),
        }


@given(plan=plans)
@hypothesis_settings(max_examples=budget(12, 300))
def test_any_plan_of_faults_is_the_same_in_process_and_over_sockets(
    wired: Wired, plan: Plan
) -> None:
    first, *others = (played(plan, way, wired) for way in WAYS)
    for way, other in zip(WAYS[1:], others, strict=True):
        for what, seen in first.items():
            assert other[what] == seen, f"{what} of {way}"


@given(entry=entries)
def test_any_fault_is_read_again_from_its_plain_form(entry: FaultLike) -> None:
    fault = read_fault(entry)
    assert shape_of(read_fault(fault_as_plain(fault))) == shape_of(fault)
