"""Threads submit while the test moves the clock: each delivery comes as if it were alone."""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest

from ringback import Emulator
from ringback.core.delivery.reply import ReplyLike
from ringback.core.facts import AttemptStarted
from tests.budgets import budget

pytestmark = pytest.mark.deep

APP = "https://app.example"
THREADS = 4
EACH = budget(8, 80)
WORDS: tuple[ReplyLike, ...] = (500, "timeout", "refused", "reset", 302)


@dataclass(frozen=True)
class Told:
    """What a receiver answers, one after the other, and what has to come of it."""

    replies: list[ReplyLike]

    @property
    def timeline(self) -> list[str]:
        """The model: 30 s from the end of a failed attempt, and a timeout takes 10."""
        moment, lines = 0, []
        for reply in self.replies:
            lines.append(f"+{moment}s POST {reply}")
            moment += 40 if reply == "timeout" else 30
        return lines


def told(random: Random) -> Told:
    """A story that ends well, or after the last retry."""
    failures = random.choice([0, 1, 2, 10, 11])
    replies: list[ReplyLike] = [random.choice(WORDS) for _ in range(failures)]
    return Told(replies if failures == 11 else [*replies, 204])


def in_process(ringback: Emulator, path: str) -> None:
    """Submit by the verb."""
    ringback.submit("Hello", callback=APP + path)


def over_http(ringback: Emulator, path: str) -> None:
    """Submit as an application does."""
    connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=120)
    headers = {
        "authorization": f"Token {ringback.api_key}",
        "content-type": "application/json",
    }
    target = f"/v1/speak?callback={APP}{path}"
    connection.request("POST", target, json.dumps({"text": "Hello"}), headers)
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize("submit", [in_process, over_http])
def test_what_threads_submit_meanwhile_comes_as_the_model_says(
    submit: Callable[[Emulator, str], None],
) -> None:
    random = Random(11)
    stories = {f"/{thread}/{n}": told(random) for thread in range(THREADS) for n in range(EACH)}
    failed: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for path in (each for each in stories if each.startswith(f"/{thread}/")):
                submit(ringback, path)
        except BaseException as error:  # noqa: BLE001 - the test raises it below
            failed.append(error)

    with Emulator() as ringback:
        for path, story in stories.items():
            ringback.receiver(APP + path, replies=story.replies)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
        for each in threads:
            each.start()
        while any(each.is_alive() for each in threads):
            ringback.advance(random.choice([0, 1, 7, 30, 100]))
        ringback.run_until_idle()
        assert failed == []
        assert {each.endpoint.target: each.timeline for each in ringback.deliveries} == {
            path: story.timeline for path, story in stories.items()
        }
        assert len({each.request_id for each in ringback.deliveries}) == len(stories)
        begun = [fact.at for fact in ringback.journal if isinstance(fact, AttemptStarted)]
        assert begun == sorted(begun), "time never goes back"
        assert not any(ringback.leftovers().values())
