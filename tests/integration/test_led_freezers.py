"""Freezers that go along with the clock, and a clock that goes along with a freezer."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time

from ringback import (
    AsyncEmulator,
    ClockBusy,
    ClockError,
    Emulator,
    Settings,
    SettingsError,
    WrongFace,
)

APP, HOOK = "https://app.example", "https://app.example/hook"
NOON = datetime(2031, 5, 17, 12, tzinfo=UTC)
FREEZERS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "freezegun": lambda: freeze_time(NOON),
    "time-machine": lambda: time_machine.travel(NOON, tick=False),
}
Freezer = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(params=FREEZERS)
def freezer(request: pytest.FixtureRequest) -> Freezer:
    return FREEZERS[request.param]


class Watch:
    """Applications that note what time they are told, and answer 503."""

    def __init__(self) -> None:
        self.told: list[datetime] = []

    def look(self) -> None:
        self.told.append(datetime.now(UTC))

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        self.look()
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        self.look()
        start_response("503 Service Unavailable", [])
        return [b""]

    @property
    def offsets(self) -> list[float]:
        return [(each - NOON).total_seconds() for each in self.told]


def submit(ringback: Emulator | AsyncEmulator) -> None:
    ringback.submit("Hello", callback=HOOK)


ELEVEN = [30 * each for each in range(11)]


# -- lead ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_the_application_is_told_the_exact_time_at_each_attempt(
    freezer: Freezer, kind: str
) -> None:
    watch = Watch()
    with freezer() as frozen, Emulator() as ringback:
        ringback.clock.lead(frozen)
        ringback.connect(APP, getattr(watch, kind))
        submit(ringback)
        ringback.run_until_idle()
        assert watch.offsets == ELEVEN
        assert ringback.clock.now == datetime.now(UTC)


@pytest.mark.asyncio
async def test_the_same_where_verbs_are_awaited(freezer: Freezer) -> None:
    watch = Watch()
    with freezer() as frozen:
        async with AsyncEmulator() as ringback:
            ringback.clock.lead(frozen)
            ringback.connect(APP, watch.asgi)
            submit(ringback)
            await ringback.run_until_idle()
    assert watch.offsets == ELEVEN


def test_the_same_for_a_receiver_on_a_socket_of_this_process(freezer: Freezer) -> None:
    watch = Watch()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            watch.look()
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response_only(503)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            with freezer() as frozen, Emulator() as ringback:
                ringback.clock.lead(frozen)
                ringback.connect(APP, f"http://127.0.0.1:{server.server_port}")
                submit(ringback)
                ringback.run_until_idle()
        finally:
            server.shutdown()
            thread.join()
    assert watch.offsets == ELEVEN


def test_a_freezer_that_ticks_is_never_put_back() -> None:
    for ticking in (freeze_time(NOON, tick=True), time_machine.travel(NOON, tick=True)):
        watch = Watch()
        with ticking as frozen, Emulator() as ringback:
            ringback.clock.lead(frozen)
            ringback.connect(APP, watch.asgi)
            submit(ringback)
            ringback.run_until_idle()
        late = [told - due for told, due in zip(watch.offsets, ELEVEN, strict=True)]
        assert all(0 <= each < 30 for each in late)
        assert watch.told == sorted(watch.told)


def test_without_a_handle_the_active_freezer_is_led(freezer: Freezer) -> None:
    watch = Watch()
    with freezer(), Emulator() as ringback:
        ringback.clock.lead()
        ringback.connect(APP, watch.asgi)
        submit(ringback)
        ringback.advance(30)
    assert watch.offsets == [0, 30]


@freeze_time(NOON)
def test_a_decorator_is_led_as_well() -> None:
    watch = Watch()
    with Emulator() as ringback:
        ringback.clock.lead()
        ringback.connect(APP, watch.asgi)
        submit(ringback)
        ringback.advance(30)
    assert watch.offsets == [0, 30]


def test_an_emulator_that_is_ahead_when_it_takes_the_lead_moves_the_freezer_there(
    freezer: Freezer,
) -> None:
    with freezer() as frozen, Emulator() as ringback:
        ringback.advance(90)
        ringback.clock.lead(frozen)
        assert datetime.now(UTC) == NOON + timedelta(seconds=90)


def test_an_epoch_that_was_set_is_where_the_freezer_goes(freezer: Freezer) -> None:
    epoch = datetime(2040, 1, 1, tzinfo=UTC)
    with freezer() as frozen, Emulator(Settings(epoch=epoch)) as ringback:
        ringback.clock.lead(frozen)
        assert datetime.now(UTC) == epoch


def test_a_freezer_that_is_moved_beside_its_clock_is_said_to_be(freezer: Freezer) -> None:
    with freezer() as frozen, Emulator() as ringback:
        ringback.clock.lead(frozen)
        (frozen.tick if hasattr(frozen, "tick") else frozen.shift)(5)
        with pytest.raises(ClockError, match=r"clock\.follow\(frozen\)"):
            ringback.advance(30)


def test_sync_counts_nothing_twice(freezer: Freezer) -> None:
    with freezer() as frozen, Emulator() as ringback:
        ringback.clock.lead(frozen)
        ringback.advance(30)
        ringback.clock.sync()
        assert ringback.clock.elapsed == 30


def test_an_auto_clock_leads_too() -> None:
    watch = Watch()
    with freeze_time(NOON) as frozen, Emulator(Settings(clock="auto")) as ringback:
        ringback.clock.lead(frozen)
        ringback.connect(APP, watch.asgi)
        submit(ringback)
        ringback.run_until_idle()
    assert watch.offsets == ELEVEN


@pytest.mark.parametrize("order", ["freeze ends first", "emulator ends first"])
def test_whichever_ends_first_nothing_hangs_and_the_real_time_is_back(
    freezer: Freezer, order: str
) -> None:
    freeze, ringback = freezer(), Emulator().open()
    ringback.clock.lead(freeze.__enter__())
    ringback.receiver(APP, [503])
    submit(ringback)
    if order == "freeze ends first":
        freeze.__exit__(None, None, None)
        ringback.run_until_idle()
        ringback.close()
    else:
        ringback.advance(30)
        ringback.close()
        freeze.__exit__(None, None, None)
    assert datetime.now(UTC) < NOON


# -- follow ----------------------------------------------------------------------------------------


def by_seconds(frozen: Any, offset: float) -> None:
    (frozen.tick if hasattr(frozen, "tick") else frozen.shift)(offset - seconds_after_noon())


def by_a_span(frozen: Any, offset: float) -> None:
    span = timedelta(seconds=offset - seconds_after_noon())
    (frozen.tick if hasattr(frozen, "tick") else frozen.shift)(span)


def to_a_moment(frozen: Any, offset: float) -> None:
    frozen.move_to(NOON + timedelta(seconds=offset))


def seconds_after_noon() -> float:
    return (datetime.now(UTC) - NOON).total_seconds()


@pytest.mark.parametrize("move", [by_seconds, by_a_span, to_a_moment])
def test_moving_the_freezer_delivers_before_it_returns(
    freezer: Freezer, move: Callable[[Any, float], None]
) -> None:
    watch = Watch()
    with freezer() as frozen, Emulator() as ringback:
        ringback.clock.follow(frozen)
        ringback.connect(APP, watch.asgi)
        submit(ringback)
        ringback.settle()
        move(frozen, 30)
        assert watch.offsets == [0, 30]
        move(frozen, 300)
        assert watch.offsets == ELEVEN
        assert ringback.clock.elapsed == 300
        assert datetime.now(UTC) == ringback.clock.now == NOON + timedelta(seconds=300)


def test_a_plain_tick_is_a_second() -> None:
    with freeze_time(NOON) as frozen, Emulator() as ringback:
        ringback.clock.follow(frozen)
        assert frozen.tick() == (NOON + timedelta(seconds=1)).replace(tzinfo=None)
        assert ringback.clock.elapsed == 1


def test_the_fixture_of_time_machine_is_followed() -> None:
    fixture = time_machine.TimeMachineFixture()
    with Emulator() as ringback:
        with pytest.raises(SettingsError, match="stands nowhere yet"):
            ringback.clock.follow(fixture)
        fixture.move_to(NOON, tick=False)
        try:
            ringback.clock.follow(fixture)
            fixture.shift(30)
            fixture.move_to(NOON + timedelta(seconds=60), tick=False)
            assert ringback.clock.elapsed == 60
        finally:
            fixture.stop()


def test_a_freezer_that_goes_back_moves_nothing_and_is_where_time_goes_on(
    freezer: Freezer,
) -> None:
    with freezer() as frozen, Emulator() as ringback:
        ringback.clock.follow(frozen)
        ringback.advance(60)
        frozen.move_to(NOON)
        assert ringback.clock.elapsed == 60
        assert ringback.clock.now == datetime.now(UTC) == NOON
        ringback.advance(5)
        assert datetime.now(UTC) == NOON + timedelta(seconds=5)


def test_what_a_delivery_raises_comes_out_of_the_freezers_verb() -> None:
    with freeze_time(NOON) as frozen, Emulator() as ringback:
        ringback.clock.follow(frozen)

        async def ticking(scope: Any, receive: Any, send: Any) -> None:
            frozen.tick(1)

        ringback.connect(APP, ticking)
        submit(ringback)
        frozen.tick(1)
        (crash,) = ringback.crashes
        assert isinstance(crash.error, ClockBusy)


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_after_the_emulator_the_freezers_verbs_are_its_own_again(
    freezer: Freezer, ending: str
) -> None:
    with freezer() as frozen:
        names = [name for name in ("tick", "shift", "move_to") if hasattr(frozen, name)]
        own = {name: getattr(frozen, name) for name in names}
        ringback = Emulator().open()
        ringback.clock.follow(frozen)
        getattr(ringback, ending)()
        assert {name: getattr(frozen, name) for name in names} == own
        frozen.move_to(NOON + timedelta(seconds=30))
        assert datetime.now(UTC) == NOON + timedelta(seconds=30)
        ringback.close()


@pytest.mark.asyncio
async def test_what_is_awaited_cannot_follow() -> None:
    with freeze_time(NOON) as frozen:
        async with AsyncEmulator() as ringback:
            with pytest.raises(WrongFace, match=r"clock\.lead\(frozen\)"):
                ringback.clock.follow(frozen)


# -- what cannot be led ----------------------------------------------------------------------------


def test_a_freezer_that_moves_at_each_look_is_refused() -> None:
    with (
        freeze_time(NOON, auto_tick_seconds=7) as frozen,
        Emulator() as ringback,
        pytest.raises(SettingsError, match="auto_tick_seconds"),
    ):
        ringback.clock.lead(frozen)


@pytest.mark.parametrize("frozen", [freeze_time(NOON), NOON, "noon"])
def test_what_is_no_freezer_is_refused(frozen: Any) -> None:
    with Emulator() as ringback, pytest.raises(SettingsError, match="as frozen"):
        ringback.clock.lead(frozen)


def test_without_a_freeze_there_is_nothing_to_lead() -> None:
    with Emulator() as ringback, pytest.raises(SettingsError, match="time is not frozen"):
        ringback.clock.lead()


@pytest.mark.parametrize("mode", ["real", "x100"])
def test_a_clock_that_flows_cannot_lead(mode: str) -> None:
    with (
        freeze_time(NOON) as frozen,
        Emulator(Settings(clock=mode)) as ringback,
        pytest.raises(SettingsError, match="This one flows"),
    ):
        ringback.clock.lead(frozen)


# -- without either --------------------------------------------------------------------------------


def test_a_callback_at_which_the_two_disagree_is_told_of() -> None:
    watch = Watch()
    with freeze_time(NOON), Emulator() as ringback:
        ringback.connect(APP, watch.asgi)
        submit(ringback)
        ringback.settle()
        assert ringback.clock.disagreement == ""
        ringback.advance(30)
    assert ringback.clock.disagreement.startswith(
        "at +30s the emulator's clock stood at 2031-05-17"
    )
    assert "clock.lead(frozen)" in ringback.clock.disagreement


@pytest.mark.parametrize("how", ["lead", "follow", "not frozen"])
def test_where_they_agree_nothing_is_told(how: str) -> None:
    with Emulator() as ringback:
        ringback.connect(APP, Watch().asgi)
        if how == "not frozen":
            submit(ringback)
            ringback.run_until_idle()
        else:
            with freeze_time(NOON) as frozen:
                getattr(ringback.clock, how)(frozen)
                submit(ringback)
                ringback.run_until_idle()
        assert ringback.clock.disagreement == ""
