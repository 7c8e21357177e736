"""Where callbacks lead: by origin, and by the longest path that fits."""

import pytest

from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome
from ringback.core.request.endpoint import Endpoint, split
from ringback.sending.routes import Route, Routes
from ringback.sending.sender import Limits, Sender
from tests.conftest import an_endpoint

APP = "https://app.example"


def nobody() -> Sender:
    raise AssertionError("nothing is to go elsewhere")


def routes(*paths: str) -> Routes:
    """Something at each of *paths* of one origin."""
    made = Routes(nobody)
    for path in paths:
        made.connect(APP, Route(), path)
    return made


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", ""),
        ("/b", ""),
        ("/ab", ""),
        ("/a", "/a"),
        ("/a/", "/a"),
        ("/a?for=/a/b", "/a"),
        ("/a/bc", "/a"),
        ("/a/b", "/a/b"),
        ("/a/b/c/d", "/a/b"),
        ("//a/b", ""),
    ],
)
def test_the_longest_path_counts_and_a_word_counts_as_a_whole(target: str, path: str) -> None:
    made = routes("", "/a", "/a/b")
    assert made.find(an_endpoint(APP + target)) is made.at(APP + path)


def test_what_no_path_fits_goes_elsewhere() -> None:
    elsewhere = _Nobody()
    made = Routes(lambda: elsewhere)
    made.connect(APP, Route(), "/a")
    assert made.find(an_endpoint(f"{APP}/b")).sender is elsewhere
    assert made.find(an_endpoint("https://two.example/a")).sender is elsewhere


def test_the_last_route_of_a_place_stands_and_all_are_remembered() -> None:
    made = routes("/a", "/a", "")
    assert made.find(an_endpoint(f"{APP}/a")) is made.arranged[1][1]
    assert [place for place, _ in made.arranged] == [f"{APP}/a", f"{APP}/a", APP]


def test_a_host_is_led_to_where_a_path_of_it_is() -> None:
    made = routes("/a")
    assert made.lead_to("app.example")
    assert not made.lead_to("two.example")


def test_without_paths_a_target_is_not_looked_at() -> None:
    """An attempt pays for routes by path only at origins that have some."""
    made = routes("")
    made.connect("https://two.example", Route(), "/a")
    endpoint = split(f"{APP}/a/b")
    assert isinstance(endpoint, Endpoint)
    blind = Endpoint(endpoint.scheme, endpoint.host, endpoint.port, _Unread(endpoint.target))
    assert made.find(blind) is made.at(APP)


class _Unread(str):
    """A target that nobody may take apart."""

    __slots__ = ()

    def partition(self, _: str, /) -> tuple[str, str, str]:
        """Fail: somebody does."""
        raise AssertionError("the target was taken apart")


class _Nobody:
    """A sender that is never asked."""

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Fail: somebody asks."""
        raise AssertionError("nobody was to be asked")
