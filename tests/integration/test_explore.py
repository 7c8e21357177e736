"""`explore`: every history of faults, the shortest that breaks a story first."""

from collections.abc import Callable, Generator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ringback import (
    Emulator,
    Exploration,
    HistoryBroken,
    RingbackError,
    Settings,
    SettingsError,
    Story,
    StoryError,
    explore,
    play_scenario,
    read_scenario,
)
from ringback.core.delivery.fault import FaultLike

ORIGIN, CALLBACK = "https://app.example", "https://app.example/done"
LOST, REFUSED, SILENT, TWICE = "answer lost", "refused", "timeout", "duplicate"


def application(take: Callable[[str], int]) -> ASGIApp:
    """An ASGI application that answers what *take* makes of the request id."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        status = take(dict(scope["headers"])[b"dg-request-id"].decode())
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def storing(ringback: Emulator, stored: list[str]) -> int:
    """Connect what appends each callback to *stored*, and submit once."""

    def take(request_id: str) -> int:
        stored.append(request_id)
        return 204

    ringback.connect(ORIGIN, application(take))
    ringback.submit("Hello", callback=CALLBACK)
    return 0


def stores_once(ringback: Emulator) -> Generator[None, None, None]:
    stored: list[str] = []
    storing(ringback, stored)
    yield
    assert len(stored) == 1


def stores_at_least_once(ringback: Emulator) -> Generator[None, None, None]:
    stored: list[str] = []
    storing(ringback, stored)
    yield
    assert stored


def accepts(ringback: Emulator) -> Generator[None, None, None]:
    ringback.receiver(ORIGIN)
    delivery = ringback.submit("Hello", callback=CALLBACK)
    yield
    assert delivery.settled


def accepts_two(ringback: Emulator) -> Generator[None, None, None]:
    ringback.receiver(ORIGIN)
    for text in ("one", "two"):
        ringback.submit(text, callback=CALLBACK)
    yield
    assert not ringback.pending


def broken(story: Callable[[Emulator], Any], **options: Any) -> HistoryBroken:
    with pytest.raises(HistoryBroken) as raised:
        explore(story, **options)
    return raised.value


# -- what is found ---------------------------------------------------------------------------------


def test_a_story_that_takes_something_else_than_an_emulator_is_refused() -> None:
    def of_nothing() -> Generator[None, None, None]:
        yield

    def of_two(ringback: Emulator, text: str) -> Generator[None, None, None]:
        yield

    stories: list[Any] = [of_nothing, of_two]
    for story in stories:
        with pytest.raises(StoryError, match="a story takes one argument, the emulator"):
            explore(story, depth=1)


def test_a_story_made_by_a_function_is_annotated_by_a_public_name() -> None:
    def made(text: str) -> Story:
        def story(ringback: Emulator) -> Generator[None, None, None]:
            ringback.receiver(ORIGIN, replies=[204])
            delivery = ringback.submit(text, callback=CALLBACK)
            yield
            assert delivery.settled

        return story

    assert explore(made("Hello"), faults=["timeout"], depth=1).histories == 2


def test_a_receiver_that_stores_twice_is_found_by_the_shortest_history() -> None:
    found = broken(stores_once, faults=[500, SILENT, LOST])
    assert found.history == "answer lost"
    assert "+30s POST 204" in found.timeline
    assert isinstance(found.__cause__, AssertionError)
    assert isinstance(found, AssertionError)
    assert isinstance(found, RingbackError)
    assert "stores_once() breaks under answer lost (history 4)" in str(found)


def test_a_broken_history_comes_with_a_scenario_file_for_the_application(tmp_path: Path) -> None:
    found = broken(stores_once, faults=[500, SILENT, LOST])
    file = tmp_path / "lost.ringback.yaml"
    file.write_text(found.scenario)
    assert "receiver" not in found.scenario
    stored: list[str] = []

    def take(request_id: str) -> int:
        stored.append(request_id)
        return 204

    assert play_scenario(read_scenario(file), to=application(take)).passed
    assert len(stored) == 2


def test_with_a_scripted_receiver_its_file_plays_by_itself(tmp_path: Path) -> None:
    def one_attempt(ringback: Emulator) -> Generator[None, None, None]:
        ringback.receiver(ORIGIN)
        delivery = ringback.submit("Hello", callback=CALLBACK)
        yield
        assert len(delivery.attempts) == 1

    file = tmp_path / "refused.ringback.yaml"
    file.write_text(broken(one_attempt, faults=[503]).scenario)
    with Emulator() as ringback:
        assert ringback.play(file).timeline == ("+0s POST 503", "+30s POST 200")


def test_what_takes_two_faults_is_found_after_all_that_take_one() -> None:
    def survives_one(ringback: Emulator) -> Generator[None, None, None]:
        stored: list[str] = []
        storing(ringback, stored)
        yield
        assert len(stored) < 3

    found = broken(survives_one, faults=[REFUSED, LOST], depth=4)
    assert found.history == "answer lost, then answer lost"


def test_a_story_that_holds_is_told_under_every_history() -> None:
    found = explore(stores_at_least_once)
    assert found == Exploration(histories=53, expected=53)


@pytest.mark.parametrize("story", [accepts, accepts_two])
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("faults", [[], [LOST], [503, SILENT], [TWICE, REFUSED, 204]])
def test_as_many_histories_are_tried_as_were_told_beforehand(
    story: Callable[[Emulator], Any], faults: list[FaultLike], depth: int
) -> None:
    found = explore(story, faults, depth)
    assert found.histories == found.expected > 0


def test_a_receiver_that_refuses_by_itself_has_more_histories_than_expected() -> None:
    def refuses(ringback: Emulator) -> Generator[None, None, None]:
        ringback.receiver(ORIGIN, replies=[503, 200])
        ringback.submit("Hello", callback=CALLBACK)
        yield

    found = explore(refuses, [LOST], depth=2)
    assert (found.expected, found.histories) == (3, 4)


def test_the_number_of_histories_is_said_before_they_are_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said_before: list[str] = []

    def tells(ringback: Emulator) -> Generator[None, None, None]:
        said_before.append(capsys.readouterr().err)
        yield from accepts(ringback)

    explore(tells, [LOST])
    assert said_before[:2] == ["", "tells(): 4 histories\n"]
    assert not capsys.readouterr().err


def test_a_story_that_breaks_without_any_fault_says_so() -> None:
    def fails(ringback: Emulator) -> Generator[None, None, None]:
        yield
        raise ValueError("always")

    found = broken(fails)
    assert found.history == "no fault at all"
    assert str(found).endswith("ValueError: always")


def test_all_broken_histories_can_be_asked_for() -> None:
    found = explore(stores_once, [LOST, REFUSED], depth=2, find_all=True)
    assert [each.history for each in found.broken] == [
        "answer lost",
        "answer lost, then answer lost",
        "answer lost, then refused",
        "refused, then answer lost",
    ]
    assert found.histories == 7


def test_an_application_that_raises_breaks_a_history_unless_that_is_allowed() -> None:
    def raises(ringback: Emulator) -> Generator[None, None, None]:
        seen: list[str] = []

        def take(request_id: str) -> int:
            seen.append(request_id)
            if len(seen) == 2:
                raise KeyError(request_id)
            return 200

        ringback.connect(ORIGIN, application(take))
        ringback.submit("Hello", callback=CALLBACK)
        yield

    found = broken(raises)
    assert found.history == "answer lost"
    assert "KeyError" in str(found)
    assert not explore(raises, strict=False).broken


def test_what_ends_a_test_at_once_tells_under_which_history() -> None:
    def gives_up(ringback: Emulator) -> Generator[None, None, None]:
        stored: list[str] = []
        storing(ringback, stored)
        yield
        if len(stored) > 1:
            pytest.fail("twice")

    with pytest.raises(pytest.fail.Exception) as raised:
        explore(gives_up)
    assert "POST answer lost" in raised.value.__notes__[0]


# -- orders ----------------------------------------------------------------------------------------


def in_order(ringback: Emulator) -> Generator[None, None, None]:
    stored: list[str] = []
    storing(ringback, stored)
    second = ringback.submit("World", callback=CALLBACK)
    yield
    assert stored.index(second.request_id) == 1


def test_what_depends_on_the_order_of_attempts_at_one_moment_is_found() -> None:
    assert broken(in_order, faults=[]).history == "another order"
    assert not explore(in_order, [], interleavings=False).broken


@pytest.mark.parametrize(("count", "orders"), [(1, 1), (2, 2), (3, 6)])
def test_all_orders_are_tried(count: int, orders: int) -> None:
    seen = set()

    def several(ringback: Emulator) -> Generator[None, None, None]:
        stored: list[str] = []
        storing(ringback, stored)
        for _ in range(count - 1):
            ringback.submit("World", callback=CALLBACK)
        yield
        seen.add(tuple(stored))

    assert explore(several, []).histories == len(seen) == orders


# -- a clean beginning -----------------------------------------------------------------------------


def test_a_story_that_keeps_something_from_one_history_to_the_next_is_told_so() -> None:
    stored: list[str] = []

    def keeps(ringback: Emulator) -> Generator[None, None, None]:
        storing(ringback, stored)
        yield
        assert len(stored) < 5

    with pytest.raises(StoryError, match=r"keeps\(\) keeps something from one history to the next"):
        explore(keeps)


def test_a_receiver_that_remembers_earlier_histories_is_told_so() -> None:
    refused: list[str] = []

    def remembers(ringback: Emulator) -> Generator[None, None, None]:
        def take(request_id: str) -> int:
            refused.append(request_id)
            return 503 if len(refused) % 5 == 0 else 200

        ringback.connect(ORIGIN, application(take))
        ringback.submit("Hello", callback=CALLBACK)
        yield

    with pytest.raises(StoryError, match="anew before the yield"):
        explore(remembers)


def test_what_an_application_leaves_running_does_not_reach_the_next_history() -> None:
    import asyncio

    ended: list[str] = []

    def leaves(ringback: Emulator) -> Generator[None, None, None]:
        tasks = []

        async def forever(request_id: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(request_id)

        def take(request_id: str) -> int:
            tasks.append(asyncio.get_running_loop().create_task(forever(request_id)))
            return 200

        ringback.connect(ORIGIN, application(take))
        ringback.submit("Hello", callback=CALLBACK)
        yield

    found = explore(leaves, [LOST], depth=1)
    assert len(ended) == found.histories + 3  # two tasks where it came twice; two tries beside


# -- many ------------------------------------------------------------------------------------------


def test_more_than_a_million_histories_are_refused_with_their_number() -> None:
    with pytest.raises(SettingsError, match=r"5,592,405 histories of accepts\(\).*limit=10_000"):
        explore(accepts, [500, 502, 503, 504], depth=11)


def test_a_sample_has_so_many_histories_and_is_the_same_for_its_seed() -> None:
    def told(seed: int) -> list[str]:
        found: list[str] = []

        def notes(ringback: Emulator) -> Generator[None, None, None]:
            yield from accepts(ringback)
            found.append("\n".join(ringback.deliveries.only().timeline))

        explored = explore(notes, depth=8, limit=40, seed=seed)
        assert explored.sampled
        assert explored.histories == 40
        return found

    assert told(1) == told(1) != told(2)


def test_a_sampled_history_is_made_as_short_as_it_gets() -> None:
    assert broken(stores_once, depth=8, limit=30, faults=[500, LOST]).history.count(LOST) == 1


def test_a_limit_that_is_not_reached_leaves_nothing_out() -> None:
    found = explore(accepts, limit=1000)
    assert not found.sampled
    assert found.histories == found.expected


def test_shares_make_up_the_whole() -> None:
    parts = [explore(accepts_two, [LOST, REFUSED], 2, share=(each, 3)) for each in range(3)]
    whole = explore(accepts_two, [LOST, REFUSED], 2)
    assert sum(part.histories for part in parts) == whole.histories


# -- what cannot be told ---------------------------------------------------------------------------


def without_yield(ringback: Emulator) -> None:
    ringback.receiver(ORIGIN)


def with_two_yields(ringback: Emulator) -> Generator[None, None, None]:
    ringback.receiver(ORIGIN)
    yield
    yield


def without_reaching_it(ringback: Emulator) -> Generator[None, None, None]:
    if ringback.deliveries:
        yield


async def waits(ringback: Emulator) -> None:
    ringback.receiver(ORIGIN)


@pytest.mark.parametrize(
    ("story", "message"),
    [
        (without_yield, r"without_yield\(\) has no yield: what comes before it arranges"),
        (with_two_yields, r"with_two_yields\(\) has two yields"),
        (without_reaching_it, r"came to its end without its yield"),
        (waits, r"waits\(\) is async: write a plain function"),
        ("a story", r"'a story' is no story"),
    ],
)
def test_what_is_no_story_is_refused(story: Any, message: str) -> None:
    with pytest.raises(StoryError, match=message):
        explore(story)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": -1}, "depth=-1"),
        ({"limit": 0}, "limit=0"),
        ({"share": (3, 3)}, "share="),
        ({"faults": [None]}, "the history without a fault is tried by itself"),
        ({"faults": ["anser lost"]}, "did you mean 'answer lost'"),
        ({"faults": 500}, "faults must be a list"),
        ({"settings": Settings(clock="real")}, "clock='paused'"),
    ],
)
def test_what_cannot_be_explored_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        explore(accepts, **options)


@pytest.mark.asyncio
async def test_inside_a_running_loop_it_is_refused() -> None:
    with pytest.raises(RingbackError, match="running event loop"):
        explore(accepts)


# -- the model -------------------------------------------------------------------------------------


def test_what_was_tried_is_each_sequence_of_faults_once() -> None:
    told: list[tuple[str | None, ...]] = []

    def notes(ringback: Emulator) -> Generator[None, None, None]:
        yield from accepts(ringback)
        told.append(tuple(each.fault for each in ringback.deliveries.only().attempts))

    faults = [LOST, SILENT]
    explore(notes, faults, depth=3)
    words = list(map(str, faults))
    tried = {tuple(each) for length in range(4) for each in product(words, repeat=length)}
    # The first and the last are the one without faults, which is tried again at the end.
    assert {tuple(word for word in each if word) for each in told} == tried
    assert len(told) == len(tried) + 2
