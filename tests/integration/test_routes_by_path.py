"""Routes by path: whoever stands at the longest one answers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest

from ringback import AsyncEmulator, Emulator, Settings, SettingsError

APP = "https://app.example"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator(Settings(retries=1)) as emulator:
        yield emulator


class App:
    """An application that answers with a status of its own, and keeps the paths it was asked."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.paths: list[str] = []

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Answer."""
        self.paths.append(scope["path"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body"})


def test_the_longest_path_prefix_wins(ringback: Emulator) -> None:
    whole, first, second = App(200), App(201), App(202)
    ringback.connect(f"{APP}/a/b", second)
    ringback.connect(APP, whole)
    ringback.connect(f"{APP}/a", first)
    targets = ["/", "/ab", "/a", "/a/", "/a/bc?d=/a/b", "/a/b", "/a/b/c"]
    for target in targets:
        ringback.submit("Hello", callback=APP + target)
    ringback.run_until_idle()
    got = [each.statuses for each in ringback.deliveries]
    assert got == [[200], [200], [201], [201], [201], [202], [202]]
    assert second.paths == ["/a/b", "/a/b/c"]  # as over a socket, it sees the whole path


def test_receivers_stand_at_paths_each_with_its_replies_and_faults(ringback: Emulator) -> None:
    first = ringback.receiver(f"{APP}/a/", replies=[503, 204])
    second = ringback.receiver(f"{APP}/b", faults=["timeout"])
    one = ringback.submit("Hello", callback=f"{APP}/a/1")
    two = ringback.submit("Hello", callback=f"{APP}/b/1")
    ringback.run_until_idle()
    one.assert_timeline(["+0s POST 503", "+30s POST 204"])
    two.assert_timeline(["+0s POST timeout", "+40s POST 200"])
    assert (first.url, second.url) == (f"{APP}/a", f"{APP}/b")
    first.assert_received(times=2, path="/a/1")
    assert list(ringback.deliveries.to(first.url)) == [one]
    assert list(ringback.deliveries.to(f"{APP}/b/1")) == [two]
    assert list(ringback.deliveries.to(APP)) == [one, two]
    assert not any(ringback.leftovers().values())


def test_a_path_that_leads_nowhere_is_told_with_those_that_lead_somewhere(
    ringback: Emulator,
) -> None:
    ringback.receiver(f"{APP}/a")
    ringback.receiver(f"{APP}/b/c")
    ringback.submit("Hello", callback=f"{APP}/b")
    ringback.run_until_idle()
    (told,) = ringback.leftovers()["unrouted"]
    assert told.startswith(f"2 attempts to {APP} led nowhere: ")
    assert told.endswith(f"Connected there are only {APP}/a, {APP}/b/c")


def test_two_applications_on_one_path_are_refused_or_told(ringback: Emulator) -> None:
    with pytest.raises(SettingsError, match="a route leads to one receiver, and these are 2"):
        ringback.connect(f"{APP}/a", [App(200), App(201)])
    ringback.connect(f"{APP}/a", App(200))
    ringback.connect(f"{APP}/a/", App(201))
    delivery = ringback.submit("Hello", callback=f"{APP}/a")
    ringback.run_until_idle()
    assert delivery.statuses == [201]
    (told,) = ringback.leftovers()["faults"]
    assert told.startswith(f"{APP}/a: no attempt reached what was connected there first")


def test_redirects_and_late_copies_go_by_path_too() -> None:
    with Emulator(Settings(follow_redirects=True)) as ringback:
        ringback.receiver(APP, replies=[400])
        moved = ringback.receiver(f"{APP}/new")

        async def moves(scope: Any, receive: Any, send: Any) -> None:
            headers = [(b"location", b"/new/place")]
            await send({"type": "http.response.start", "status": 307, "headers": headers})
            await send({"type": "http.response.body"})

        ringback.connect(f"{APP}/old", moves)
        delivery = ringback.submit("Hello", callback=f"{APP}/old")
        ringback.run_until_idle()
        assert delivery.statuses == [200]
        moved.assert_received(times=1, path="/new/place")
    with Emulator() as ringback:
        whole = ringback.receiver(APP, replies=[400])
        below = ringback.receiver(f"{APP}/a", faults=["late copy"])
        ringback.submit("Hello", callback=f"{APP}/a")
        ringback.run_until_idle()
        assert (len(below.requests), len(whole.requests)) == (2, 0)


def test_the_awaited_face_has_them_too() -> None:
    async def test() -> None:
        async with AsyncEmulator() as ringback:
            one, two = App(201), App(202)
            ringback.connect(f"{APP}/one", one)
            ringback.connect(f"{APP}/two", two)
            first = ringback.submit("Hello", callback=f"{APP}/one")
            second = ringback.submit("Hello", callback=f"{APP}/two")
            await ringback.run_until_idle()
            assert (first.statuses, second.statuses) == ([201], [202])

    asyncio.run(test())


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (f"{APP}/a?b=c", "has a query, and a receiver stands at an origin or a path"),
        ("app.example/a", "is no origin"),
    ],
)
def test_what_is_no_place_is_refused(ringback: Emulator, place: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        ringback.connect(place, App(200))
    with pytest.raises(SettingsError, match=said):
        ringback.receiver(place)
