"""What time it is to an emulator in frozen time, and which dates it can be sent to."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from freezegun import freeze_time

from ringback import AsyncEmulator, ClockBackwards, ClockError, ClockLeap, Emulator, Settings
from ringback.cli.standalone import default_settings
from ringback.core.facts import ClockMoved
from tests.integration.streaming import opened

APP = "https://app.example"
HOOK = "https://app.example/hook"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
SECONDS = timedelta(seconds=1)

Freezer = Callable[[datetime], AbstractContextManager[Any]]


@pytest.fixture(params=["freezegun", "time-machine"])
def freeze(request: pytest.FixtureRequest) -> Freezer:
    freezers: dict[str, Freezer] = {
        "freezegun": freeze_time,
        "time-machine": lambda moment: time_machine.travel(moment, tick=False),
    }
    return freezers[request.param]


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    """An emulator that began before time was frozen."""
    with Emulator() as emulator:
        emulator.receiver(APP, [500])
        yield emulator


def offsets(attempts: list[Any]) -> list[float]:
    return [attempt.offset for attempt in attempts]


# -- the freezer's moment is what time it is -----------------------------------------------------


def test_an_emulator_that_begins_in_frozen_time_takes_its_moment(freeze: Freezer) -> None:
    with freeze(MAY), Emulator() as ringback:
        assert ringback.clock.now == datetime.now(UTC) == MAY
        assert ringback.clock.elapsed == 0
        ringback.receiver(APP, [500])
        ringback.submit("Hello", callback=HOOK)
        made = ringback.advance_to(datetime.now(UTC) + 45 * SECONDS)
        assert offsets(made) == [0, 30]


def test_an_emulator_takes_the_moment_at_which_its_first_job_is_accepted(
    ringback: Emulator, freeze: Freezer
) -> None:
    ringback.advance(10)
    with freeze(MAY):
        ringback.submit("Hello", callback=HOOK)
        assert ringback.clock.now == MAY
        assert offsets(ringback.advance_to(datetime.now(UTC) + 45 * SECONDS)) == [0, 30]
        assert ringback.clock.elapsed == 55


def test_a_job_that_comes_over_http_is_answered_at_the_freezers_moment(
    ringback: Emulator, freeze: Freezer
) -> None:
    with freeze(MAY):
        answer = httpx.post(
            f"{ringback.url}/v1/speak",
            params={"callback": HOOK},
            headers={"authorization": f"Token {ringback.api_key}"},
            json={"text": "Hello"},
            trust_env=False,
        )
        assert answer.headers["date"] == "Fri, 01 May 2026 00:00:00 GMT"
        assert offsets(ringback.advance_to(MAY + 45 * SECONDS)) == [0, 30]


@pytest.mark.asyncio
@pytest.mark.parametrize("begins", ["before", "inside"])
async def test_the_awaited_emulator_takes_it_as_well(freeze: Freezer, begins: str) -> None:
    async with AsyncEmulator() as early:
        with freeze(MAY):
            async with AsyncEmulator() as late:
                ringback = early if begins == "before" else late
                ringback.receiver(APP, [500])
                ringback.submit("Hello", callback=HOOK)
                made = await ringback.advance_to(datetime.now(UTC) + 45 * SECONDS)
                assert offsets(made) == [0, 30]


def test_what_is_delivered_again_takes_it_as_well(ringback: Emulator, freeze: Freezer) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.cancel(delivery, "enough")
    with freeze(MAY):
        ringback.redeliver(delivery)
        assert offsets(ringback.advance_to(MAY + 45 * SECONDS)) == [0, 30]


def test_an_emulator_takes_the_moment_at_which_a_stream_is_opened(
    ringback: Emulator, freeze: Freezer
) -> None:
    url = ringback.url
    assert url
    with freeze(MAY), opened(ringback) as stream:
        assert stream.response is not None
        assert stream.response.headers["date"] == "Fri, 01 May 2026 00:00:00 GMT"
        assert ringback.clock.now == MAY


def test_a_scenario_that_is_played_takes_it_as_well(
    ringback: Emulator, freeze: Freezer, tmp_path: Path
) -> None:
    path = tmp_path / "one.ringback.yaml"
    path.write_text(
        "version: 1\nname: One\nsubmit: {text: Hello, callback: https://app.example/hook}\n"
        "receiver: [204]\nexpect: {attempts: [+0s]}\n"
    )
    with freeze(MAY):
        ringback.play(path)
        assert ringback.clock.now == MAY


def test_an_emulator_that_is_reset_begins_at_the_freezers_moment(
    ringback: Emulator, freeze: Freezer
) -> None:
    with freeze(MAY):
        ringback.reset()
        assert ringback.clock.now == MAY


def test_a_freezer_that_is_observed_is_the_emulators_time(
    ringback: Emulator, freeze: Freezer
) -> None:
    with freeze(MAY):
        ringback.clock.observe()
        ringback.clock.observe()
        assert ringback.clock.now == MAY
    assert [fact for fact in ringback.journal if isinstance(fact, ClockMoved)] == []


def test_the_freezers_moment_is_taken_once_and_passes_with_the_clock(
    ringback: Emulator, freeze: Freezer
) -> None:
    with freeze(MAY):
        for seconds in (0, 10, 20):
            ringback.submit("Hello", callback=HOOK)
            assert ringback.clock.now == MAY + seconds * SECONDS
            ringback.advance(10)


def test_a_flowing_clock_flows_on_from_the_freezers_moment(freeze: Freezer) -> None:
    with freeze(MAY), Emulator(Settings(clock="real")) as ringback:
        assert MAY <= ringback.clock.now < MAY + 60 * SECONDS


def test_a_freezer_that_moves_is_followed_by_sync_alone(
    ringback: Emulator, freeze: Freezer
) -> None:
    with freeze(MAY):
        ringback.submit("Hello", callback=HOOK)
    with freeze(MAY + 30 * SECONDS):
        ringback.submit("Hello", callback=HOOK)
        assert ringback.clock.now == MAY
        ringback.clock.sync()
        assert ringback.clock.now == MAY + 30 * SECONDS


def test_what_serves_begins_at_the_present_that_the_process_is_told(freeze: Freezer) -> None:
    with freeze(MAY), Emulator(default_settings()) as ringback:
        assert MAY <= ringback.clock.now < MAY + 60 * SECONDS


# -- an epoch that was set -----------------------------------------------------------------------


def test_an_epoch_that_was_set_stands_until_the_freezer_is_followed(freeze: Freezer) -> None:
    march = datetime(2026, 3, 1, tzinfo=UTC)
    with freeze(MAY), Emulator(Settings(epoch=march)) as ringback:
        ringback.receiver(APP)
        ringback.submit("Hello", callback=HOOK)
        ringback.clock.observe()
        assert ringback.clock.now == march
        ringback.clock.sync()
        assert ringback.clock.now == MAY


def test_an_epoch_that_was_set_stands_when_a_job_is_accepted_in_frozen_time(
    freeze: Freezer,
) -> None:
    march = datetime(2026, 3, 1, tzinfo=UTC)
    with Emulator(Settings(epoch=march)) as ringback:
        ringback.receiver(APP)
        with freeze(MAY):
            ringback.submit("Hello", callback=HOOK)
            assert ringback.clock.now == march
            ringback.settle()


# -- leaps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epoch", "year_later"),
    [
        (EPOCH, datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC)),
    ],
)
def test_no_date_leads_more_than_a_year_ahead(epoch: datetime, year_later: datetime) -> None:
    with Emulator(Settings(epoch=epoch)) as ringback:
        with pytest.raises(ClockLeap, match="more than a year ahead") as refused:
            ringback.advance_to(year_later + timedelta(microseconds=1))
        assert ringback.clock.elapsed == 0
        ringback.advance_to(year_later)
        assert ringback.clock.now == year_later
    for moment in (epoch, year_later + timedelta(microseconds=1)):
        assert str(moment) in str(refused.value)
    assert isinstance(refused.value, ClockError)
    assert isinstance(refused.value, ValueError)


def test_a_frozen_date_that_is_not_followed_is_no_leap_but_an_error(ringback: Emulator) -> None:
    ringback.submit("Hello", callback=HOOK)
    with freeze_time("2031-05-17"), pytest.raises(ClockLeap, match=r"clock\.sync\(\)"):
        ringback.advance_to(datetime.now(UTC) + 45 * SECONDS)
    assert ringback.deliveries.only().attempts == []


@pytest.mark.asyncio
async def test_no_date_leads_an_awaited_clock_further_either() -> None:
    async with AsyncEmulator() as ringback:
        with pytest.raises(ClockLeap):
            await ringback.advance_to(EPOCH + timedelta(days=366))


def test_a_span_may_be_as_long_as_it_is_said_to_be(ringback: Emulator) -> None:
    ringback.advance(timedelta(days=4000))
    ringback.advance_to(timedelta(days=8000))
    assert ringback.clock.elapsed == 8000 * 86_400


def test_in_the_last_of_all_years_every_date_is_within_one() -> None:
    last = datetime(9999, 6, 1, tzinfo=UTC)
    with Emulator(Settings(epoch=last)) as ringback:
        ringback.advance_to(last + timedelta(days=30))
        assert ringback.clock.elapsed == 30 * 86_400


def test_who_is_sent_back_to_a_date_is_told_both_dates(ringback: Emulator) -> None:
    ringback.advance(10)
    with pytest.raises(ClockBackwards) as refused:
        ringback.advance_to(EPOCH)
    assert f"from {EPOCH + 10 * SECONDS} to {EPOCH}" in str(refused.value)
