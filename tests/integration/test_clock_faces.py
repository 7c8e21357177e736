"""The clock's verbs as tests call them: what they return, what they refuse, how they end."""

import asyncio
import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ringback import (
    AsyncEmulator,
    Attempt,
    ClockBackwards,
    ClockBusy,
    ClockClosed,
    ClockError,
    Emulator,
    NeverTrue,
    NothingDue,
    Reply,
    Runaway,
    Settings,
    Stuck,
    WrongFace,
)
from ringback.clock.guard import Pending, set_alarm
from ringback.core.journal import ClockMoved
from tests.integration.conftest import Rude
from tests.integration.rude_receiver import RudeReceiver, hangs

APP = "https://app.example"
HOOK = "https://app.example/hook"
GUARD = 0.05
VERBS: dict[str, tuple[Any, ...]] = {
    "settle": (),
    "advance": (1,),
    "advance_to": (1000,),
    "advance_to_next": (),
    "step": (),
    "run_until_idle": (),
    "advance_until": (bool, 1),
}


class Blocking:
    """A test that is a plain function."""

    def __init__(self, **settings: Any) -> None:
        self.emulator = Emulator(Settings(**settings)).open()

    def call(self, verb: str, *arguments: Any) -> list[Attempt]:
        verb_of = getattr(
            self.emulator if hasattr(self.emulator, verb) else self.emulator.clock, verb
        )
        made: list[Attempt] = verb_of(*arguments)
        return made

    def close(self) -> None:
        self.emulator.close()


class Awaiting:
    """A test that is a coroutine, one verb at a time."""

    def __init__(self, **settings: Any) -> None:
        self.runner = asyncio.Runner()
        self.emulator = AsyncEmulator(Settings(**settings)).open()

    def call(self, verb: str, *arguments: Any) -> list[Attempt]:
        owner = self.emulator if hasattr(self.emulator, verb) else self.emulator.clock
        return self.runner.run(getattr(owner, verb)(*arguments))

    def close(self) -> None:
        self.emulator.close()
        self.runner.close()


Face = Blocking | Awaiting
Make = Callable[..., Face]


@pytest.fixture(params=[Blocking, Awaiting], ids=["blocking", "awaitable"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Make a test's side of the clock, of either face."""
    made: list[Face] = []

    def make_face(**settings: Any) -> Face:
        made.append(request.param(**settings))
        return made[-1]

    yield make_face
    for face in made:
        face.close()


@pytest.fixture
def face(make: Make) -> Face:
    return make()


@dataclass
class Application:
    """A receiver in this process, as ASGI and as WSGI: does something, then answers *status*."""

    act: Callable[[], object] = bool
    status: int = 200
    errors: list[BaseException] = field(default_factory=list)
    then: Callable[..., Any] | None = None

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        self._act()
        if self.then is not None:
            await self.then(scope, receive, send)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        self._act()
        start_response(f"{self.status} Whatever", [])
        return [b""]

    def _act(self) -> None:
        try:
            self.act()
        except BaseException as error:
            self.errors.append(error)
            raise


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


def url_of(receiver: RudeReceiver) -> str:
    return f"http://{receiver.host}:{receiver.port}"


def submit(face: Face, path: str = "") -> Any:
    return face.emulator.submit("Hello", callback=HOOK + path)


def times(attempts: list[Attempt]) -> list[float]:
    return [attempt.started_at for attempt in attempts]


@contextmanager
def unmoved(face: Face) -> Iterator[None]:
    clock = face.emulator.clock
    before = (clock.elapsed, clock.next_due, len(face.emulator.journal))
    yield
    assert (clock.elapsed, clock.next_due, len(face.emulator.journal)) == before


# -- exactness -----------------------------------------------------------------------------------


def test_ten_failing_retries_come_at_exactly_thirty_second_steps(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    delivery = submit(face)
    made = face.call("run_until_idle")
    assert times(made) == delivery.offsets == list(range(0, 301, 30))
    assert made == delivery.attempts
    assert face.emulator.clock.elapsed == 300
    assert not face.emulator.pending


def test_a_microsecond_too_early_is_too_early(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    submit(face)
    assert times(face.call("settle")) == [0]
    assert face.call("advance", 29.999999) == []
    assert times(face.call("advance", 0.000001)) == [30]
    assert times(face.call("advance", 30)) == [60]


def test_a_real_receivers_slowness_costs_no_virtual_time(face: Face) -> None:
    """I14: its real delay changes nothing."""
    face.emulator.connect(APP, Application(lambda: time.sleep(0.005), status=503).asgi)
    submit(face)
    assert times(face.call("advance", 60)) == [0, 30, 60]
    assert face.emulator.clock.elapsed == 60


# -- the verbs -----------------------------------------------------------------------------------


def test_each_verb_returns_the_attempts_that_it_made(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    submit(face)
    submit(face)
    clock = face.emulator.clock
    assert times(face.call("settle")) == [0, 0]
    assert clock.next_due == 30
    assert times(face.call("step")) == [30]
    assert times(face.call("advance_to_next")) == [30]
    assert times(face.call("advance_to_next")) == [60, 60]
    assert times(face.call("advance", timedelta(seconds=30))) == [90, 90]
    assert times(face.call("advance_to", 120)) == [120, 120]
    assert times(face.call("advance_to", timedelta(seconds=150))) == [150, 150]
    assert times(face.call("advance_to", clock.now + timedelta(seconds=30))) == [180, 180]
    assert times(face.call("advance_until", lambda: clock.elapsed >= 210, 60)) == [210]
    assert times(face.call("sync")) == [210]
    assert len(face.call("run_until_idle")) == 6
    assert clock.next_due is None


def test_the_clock_tells_the_time(face: Face) -> None:
    clock = face.emulator.clock
    assert (clock.elapsed, clock.now) == (0, datetime(2026, 1, 1, tzinfo=UTC))
    face.call("advance", 1.5)
    assert (clock.elapsed, clock.now) == (1.5, datetime(2026, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC))
    assert repr(clock) == f"<{type(clock).__name__} <VirtualClock +1.5s [0 in flight]>>"


def test_with_nothing_armed_time_moves_and_a_fact_remains(face: Face) -> None:
    assert face.call("advance", 60) == []
    assert face.call("run_until_idle") == []
    assert list(face.emulator.journal) == [
        ClockMoved(0, 60 * 10**9, "advance", idle=True),
        ClockMoved(60 * 10**9, 60 * 10**9, "run_until_idle", idle=True),
    ]


@pytest.mark.parametrize("verb", ["step", "advance_to_next"])
def test_with_nothing_armed_there_is_nothing_to_step_to(face: Face, verb: str) -> None:
    with unmoved(face), pytest.raises(NothingDue, match="Has the application called /v1/speak"):
        face.call(verb)


def test_a_predicate_that_never_comes_true_shows_the_way(face: Face) -> None:
    face.emulator.receiver(APP, [500])
    submit(face)
    with pytest.raises(
        NeverTrue, match=r"not true within \+45s.*\n  \+0s POST 500\n  \+30s POST 500$"
    ):
        face.call("advance_until", lambda: False, 45)
    assert face.emulator.clock.elapsed == 45


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [("advance", ()), ("advance_to", ()), ("advance_until", (bool,))],
)
@pytest.mark.parametrize(
    ("span", "error", "message"),
    [
        (float("nan"), ValueError, "nan is not a span of time; give seconds or a timedelta"),
        (float("inf"), ValueError, "inf is not a span of time"),
        ("30", TypeError, r"\(\) takes seconds or a timedelta, not '30' \(str\)"),
        (None, TypeError, r"\(\) takes seconds or a timedelta, not None"),
        (-0.5, ClockBackwards, "the clock cannot go back"),
        (1e15, ValueError, "beyond the year 9999"),
    ],
)
def test_what_is_no_span_of_time_is_refused(
    face: Face,
    verb: str,
    arguments: tuple[Any, ...],
    span: Any,
    error: type[Exception],
    message: str,
) -> None:
    submit(face)
    with unmoved(face), pytest.raises(error, match=message):
        face.call(verb, *arguments, span)


def test_a_moment_needs_a_time_zone(face: Face) -> None:
    with unmoved(face), pytest.raises(ValueError, match="give an aware datetime"):
        face.call("advance_to", datetime(2026, 1, 2))  # noqa: DTZ001


# -- the wrong face ------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", [*VERBS, "sync"])
async def test_a_blocking_verb_refuses_to_block_a_running_loop(verb: str) -> None:
    with Emulator() as ringback:
        call = getattr(ringback if verb in VERBS else ringback.clock, verb)
        message = (
            rf"^{verb}\(\) blocks, and was called inside a running event loop.*"
            rf"Use AsyncEmulator \(fixture async_ringback\) and await {verb}\(\), or call it in a"
            r" thread: await asyncio\.to_thread"
        )
        with pytest.raises(WrongFace, match=message):
            call(*VERBS.get(verb, ()))
        assert len(ringback.journal) == 0


@pytest.mark.asyncio
async def test_a_blocking_verb_may_be_called_in_a_thread_as_the_message_says() -> None:
    with Emulator() as ringback:
        ringback.connect(APP, Application().asgi)
        ringback.submit("Hello", callback=HOOK)
        assert times(await asyncio.to_thread(ringback.advance, 30)) == [0]


# -- one mover -----------------------------------------------------------------------------------


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_receiver_that_moves_the_clock_is_told_to_answer_first(verb: str, interface: str) -> None:
    """I9: a mover inside a receiver raises and changes nothing."""
    with Emulator() as ringback:
        app = Application(lambda: getattr(ringback, verb)(*VERBS[verb]))
        ringback.connect(APP, getattr(app, interface))
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        (error,) = app.errors
        assert isinstance(error, ClockBusy)
        assert f"{verb}() was called inside a receiver" in str(error)
        assert delivery.statuses == [500]
        assert ringback.clock.elapsed == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", VERBS)
async def test_a_receiver_that_awaits_the_clock_is_told_to_answer_first(verb: str) -> None:
    errors: list[BaseException] = []

    async def mover(scope: Any, receive: Any, send: Any) -> None:
        try:
            await getattr(ringback, verb)(*VERBS[verb])
        except ClockBusy as error:
            errors.append(error)
            raise

    async with AsyncEmulator() as ringback:
        ringback.connect(APP, mover)
        delivery = ringback.submit("Hello", callback=HOOK)
        await ringback.settle()
        assert [f"{verb}() was called inside a receiver" in str(error) for error in errors] == [
            True
        ]
        assert delivery.statuses == [500]


@pytest.mark.asyncio
async def test_what_a_receiver_has_started_may_move_the_clock_once_it_has_answered() -> None:
    followed: list[list[Attempt]] = []
    tasks: list[asyncio.Task[None]] = []
    answered = asyncio.Event()

    async def follow_up() -> None:
        await answered.wait()
        followed.append(await ringback.advance(30))

    async with AsyncEmulator() as ringback:
        app = Application(lambda: tasks.append(asyncio.create_task(follow_up())), status=503)
        ringback.connect(APP, app.asgi, faults=[None, 204])
        ringback.submit("Hello", callback=HOOK)
        await ringback.settle()
        answered.set()
        await asyncio.gather(*tasks)
        assert times(followed[0]) == [30]


def test_a_receiver_of_another_process_or_thread_is_refused_too(rude: Rude) -> None:
    """It is no child of the walk, so nothing but the walk itself says that it is inside one."""
    errors: list[BaseException] = []
    with Emulator() as ringback:

        def move(visit: Any) -> None:
            visit.read_request()
            for verb in ("advance", "step", "run_until_idle"):
                try:
                    getattr(ringback, verb)(*VERBS[verb])
                except ClockBusy as error:
                    errors.append(error)
            visit.say(b"HTTP/1.1 204 No Content\r\n\r\n")

        ringback.connect(APP, url_of(rude(move)))
        delivery = ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert delivery.statuses == [204]
    assert ["was called while settle() is moving this clock" in str(error) for error in errors] == [
        True,
        True,
        True,
    ]


class Gate:
    """An ASGI receiver that says when an attempt has arrived, and waits to be let go on."""

    def __init__(self, status: int = 200) -> None:
        self.arrived = threading.Semaphore(0)
        self.opened = threading.Semaphore(0)
        self._status = status

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        self.arrived.release()
        await asyncio.to_thread(self.opened.acquire, timeout=10)
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body"})

    def wait(self) -> None:
        assert self.arrived.acquire(timeout=10), "nothing arrived"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.release(100)


@pytest.fixture
def beside() -> Iterator[Callable[..., "Future[Any]"]]:
    """Call something in another thread."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


def test_a_mover_beside_another_is_refused_and_settle_joins(
    gate: Gate, beside: Callable[..., "Future[Any]"]
) -> None:
    with Emulator() as ringback:
        ringback.connect(APP, gate.asgi)
        ringback.submit("Hello", callback=HOOK)
        walk = beside(ringback.advance, 30)
        gate.wait()
        with pytest.raises(ClockBusy, match=r"advance\(\) was called while advance\(\) is moving"):
            ringback.advance(30)
        joined = [beside(ringback.settle) for _ in range(3)]
        gate.opened.release()
        assert times(walk.result(10)) == [0]
        assert [each.result(10) for each in joined] == [[], [], []]
        assert ringback.clock.elapsed == 30


@pytest.mark.asyncio
async def test_two_coroutines_cannot_move_the_clock_at_once(gate: Gate) -> None:
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, gate.asgi)
        ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.advance(30))
        await asyncio.to_thread(gate.wait)
        with pytest.raises(ClockBusy, match=r"step\(\) was called while advance\(\) is moving"):
            await ringback.step()
        joined = asyncio.create_task(ringback.settle())
        await asyncio.sleep(0)
        gate.opened.release()
        assert times(await walk) == [0]
        assert await joined == []


# -- the application asks from inside its handler ------------------------------------------------


class Echo:
    """Asks for another callback from inside its handler for the first one."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self.app = Application(self._act)
        self._ask = ask
        self._asked = False

    def _act(self) -> None:
        if not self._asked:
            self._asked = True
            self._ask()


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_a_handler_that_calls_speak_and_blocks_deadlocks_nobody(interface: str) -> None:
    """Its own delivery is scheduled for this instant, and is part of the same walk."""
    with Emulator() as ringback:
        key = {"authorization": f"Token {ringback.api_key}"}
        url = f"{ringback.url}/v1/speak"

        def ask() -> None:
            answer = httpx.post(url, params={"callback": HOOK}, headers=key, json={"text": "Again"})
            assert answer.status_code == 200

        ringback.connect(APP, getattr(Echo(ask).app, interface))
        ringback.submit("Hello", callback=HOOK)
        assert times(ringback.settle()) == [0, 0]
        assert [each.statuses for each in ringback.deliveries] == [[200], [200]]


@pytest.mark.parametrize("over", ["sockets", "ASGI"])
@pytest.mark.asyncio
async def test_a_handler_that_awaits_speak_deadlocks_nobody(over: str) -> None:
    async with AsyncEmulator() as ringback:
        transport = httpx.ASGITransport(ringback.app) if over == "ASGI" else None
        asked: list[int] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if not asked:
                async with httpx.AsyncClient(transport=transport, base_url=ringback.url) as client:
                    answer = await client.post(
                        "/v1/speak",
                        params={"callback": HOOK},
                        headers={"authorization": f"Token {ringback.api_key}"},
                        json={"text": "Again"},
                    )
                    asked.append(answer.status_code)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

        ringback.connect(APP, app)
        ringback.submit("Hello", callback=HOOK)
        assert times(await ringback.settle()) == [0, 0]
        assert asked == [200]


@pytest.mark.asyncio
async def test_what_the_test_has_just_started_on_its_loop_has_its_turn_first() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(APP)

        async def application() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            ringback.submit("Hello", callback=HOOK)

        task = asyncio.create_task(application())
        assert times(await ringback.settle()) == [0]
        await task


@pytest.mark.asyncio
async def test_a_task_that_a_handler_leaves_behind_is_part_of_the_walk() -> None:
    tasks: list[asyncio.Task[None]] = []

    async def later() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        if len(ringback.deliveries) < 3:
            ringback.submit("Again", callback=HOOK)

    async with AsyncEmulator() as ringback:
        app = Application(lambda: tasks.append(asyncio.create_task(later())))
        ringback.connect(APP, app.asgi)
        ringback.submit("Hello", callback=HOOK)
        assert times(await ringback.settle()) == [0, 0, 0]


def test_an_endless_echo_is_a_runaway_and_time_stands_still(face: Face) -> None:
    """I17: a zero-delay cascade ends in Runaway, with elapsed unchanged."""
    face.emulator.connect(APP, Application(lambda: submit(face)).asgi)
    face.call("advance", 5)
    submit(face)
    with pytest.raises(Runaway, match=r"at \+5s callbacks keep causing callbacks"):
        face.call("advance", 30)
    assert face.emulator.clock.elapsed == 5


# -- what does not end ---------------------------------------------------------------------------


def test_a_receiver_that_hangs_is_named_and_recorded_as_aborted(make: Make) -> None:
    """I17: a hung receiver ends in Stuck; nothing is simulated, and nothing is retried."""
    face = make(guard=GUARD)
    face.emulator.connect(APP, never_answers)
    delivery = submit(face, "/slow")
    with pytest.raises(Stuck) as stuck:
        face.call("advance", 30)
    assert "nothing moved for 0.05 real seconds" in str(stuck.value)
    assert f"attempt 1 of {delivery.request_id} to {HOOK}/slow" in str(stuck.value)
    assert delivery.statuses == ["aborted"]
    assert str(delivery.attempts[0].outcome).startswith(
        "aborted by the emulator: it kept the clock"
    )
    assert delivery.state == "cancelled"
    assert delivery.reason == "aborted: it kept the clock waiting for longer than Settings.guard"
    assert face.emulator.clock.elapsed == 0
    assert face.call("advance", 30) == []
    assert face.emulator.clock.elapsed == 30


def test_a_receiver_that_is_given_up_on_is_cancelled(make: Make) -> None:
    left = threading.Event()

    async def hangs_until_it_is_left(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    face = make(guard=GUARD)
    face.emulator.connect(APP, hangs_until_it_is_left)
    submit(face)
    with pytest.raises(Stuck):
        face.call("settle")
    face.call("settle")
    assert left.wait(10)


def test_a_stuck_attempt_takes_no_other_delivery_with_it(make: Make) -> None:
    face = make(guard=GUARD)
    face.emulator.connect(APP, never_answers)
    face.emulator.receiver("https://other.example")
    submit(face)
    other = face.emulator.submit("Hello", callback="https://other.example/")
    with pytest.raises(Stuck):
        face.call("settle")
    assert times(face.call("settle")) == [0]
    assert other.statuses == [200]


def test_a_hold_that_nobody_releases_is_named(make: Make) -> None:
    face = make(guard=GUARD)
    submit(face)
    with face.emulator.hold("the import runs"):
        with pytest.raises(Stuck, match=r"still in flight: hold: the import runs\. A real"):
            face.call("advance", 30)
        assert face.emulator.clock.elapsed == 0


def test_a_walk_waits_for_the_end_of_a_hold(
    face: Face, beside: Callable[..., "Future[Any]"]
) -> None:
    face.emulator.receiver(APP)
    begun, release = threading.Event(), threading.Event()

    def importing() -> None:
        with face.emulator.hold("the import runs"):
            begun.set()
            assert release.wait(10)
            submit(face)

    imported = beside(importing)
    assert begun.wait(10)
    threading.Timer(0.01, release.set).start()
    assert times(face.call("settle")) == [0]
    imported.result(10)


def test_a_receiver_that_blocks_the_engines_loop_is_stuck_for_blocking_tests() -> None:
    release = threading.Event()
    with Emulator(Settings(guard=GUARD)) as ringback:
        ringback.connect(APP, Application(lambda: release.wait(10)).asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        with pytest.raises(Stuck, match=f"attempt 1 of {delivery.request_id}"):
            ringback.settle()
        assert delivery.statuses == ["aborted"]

        ringback.submit("Hello", callback=HOOK)
        with pytest.raises(Stuck):
            ringback.settle()
        release.set()

        ringback.connect(APP, Application().asgi)
        ringback.submit("Hello", callback=HOOK)
        ringback.settle()
        assert [each.statuses for each in ringback.deliveries] == [["aborted"], ["aborted"], [200]]


def test_a_receiver_that_blocks_its_worker_thread_is_stuck(make: Make) -> None:
    release = threading.Event()
    face = make(guard=GUARD)
    face.emulator.connect(APP, Application(lambda: release.wait(10)).wsgi)
    delivery = submit(face)
    with pytest.raises(Stuck):
        face.call("settle")
    release.set()
    assert delivery.statuses == ["aborted"]


def test_a_receiver_on_a_socket_that_hangs_is_stuck(make: Make, rude: Rude) -> None:
    face = make(guard=GUARD)
    receiver = rude(hangs)
    face.emulator.connect(APP, url_of(receiver))
    delivery = submit(face)
    with pytest.raises(Stuck):
        face.call("settle")
    assert delivery.statuses == ["aborted"]


def test_a_request_that_never_ends_is_named(make: Make) -> None:
    face = make(guard=GUARD)
    port = int(face.emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST /v1/speak HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n"
            + f"authorization: Token {face.emulator.api_key}\r\n\r\n".encode()
        )
        wait_until(lambda: "1 in flight" in repr(face.emulator.clock))
        with pytest.raises(Stuck, match=r"still in flight: a request to /v1/speak"):
            face.call("settle")


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come true within ten seconds")


@pytest.mark.parametrize("guard", [1e12, 4e9])
def test_a_guard_of_centuries_is_no_limit(make: Make, guard: float) -> None:
    face = make(guard=guard)
    face.emulator.connect(APP, Application().asgi)
    submit(face)
    assert times(face.call("settle")) == [0]


def test_nothing_is_left_of_an_effect_that_has_ended(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm would keep it in memory for as long as the guard is."""
    alarms: list[Pending] = []

    def noted(seconds: float, ring: Callable[[], None]) -> Pending:
        alarms.append(set_alarm(seconds, ring))
        return alarms[-1]

    monkeypatch.setattr("ringback.clock.faces.set_alarm", noted)
    face.emulator.connect(APP, Application(status=503).asgi)
    submit(face)
    face.call("run_until_idle")
    assert [alarm.over for alarm in alarms] == [True] * len(alarms)
    assert face.emulator._service.clock._when_closed == {}


def test_an_error_of_the_effect_is_no_guard(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `TimeoutError` that is raised inside is raised as what it is."""

    async def exchange(self: object, call: object) -> None:
        raise TimeoutError("of our own")

    face.emulator.connect(APP, Application().asgi)
    submit(face)
    with monkeypatch.context() as patched:
        patched.setattr("ringback.engine.Engine.exchange", exchange)
        with pytest.raises(TimeoutError, match="of our own"):
            face.call("settle")


def test_what_ends_at_the_last_moment_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of a blocking verb rings, and the effect ends before anybody looks."""

    def result(self: "Future[object]", timeout: float | None = None) -> object:
        if timeout is not None:
            wait(self)
            raise TimeoutError
        return wait(self)

    wait = Future.result
    with Emulator() as ringback:
        ringback.connect(APP, Application().asgi)
        ringback.submit("Hello", callback=HOOK)
        with monkeypatch.context() as patched:
            patched.setattr(Future, "result", result)
            made = ringback.settle()
        assert times(made) == [0]


# -- cancelled and interrupted -------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_cancelled_walk_stays_where_it_was_and_its_attempt_ends_by_itself(
    gate: Gate,
) -> None:
    """I2: after a cancelled walk elapsed is some instant in between."""
    async with AsyncEmulator() as ringback:
        gate._status = 503
        ringback.connect(APP, gate.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        gate.opened.release()
        walk = asyncio.create_task(ringback.advance(90))
        for _ in range(2):
            await asyncio.to_thread(gate.wait)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        assert ringback.clock.elapsed == 30
        assert delivery.state == "in flight"
        meanwhile = ringback.submit("Meanwhile", callback=HOOK)

        following = asyncio.create_task(ringback.settle())
        await asyncio.sleep(0)
        gate.opened.release(2)
        made = await following
        assert [(each.request_id, each.started_at) for each in made] == [
            (delivery.request_id, 30),
            (meanwhile.request_id, 30),
        ]
        assert ringback.clock.next_due == 60


@pytest.mark.asyncio
async def test_the_attempt_of_a_cancelled_walk_ends_without_another_walk(gate: Gate) -> None:
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, gate.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.settle())
        await asyncio.to_thread(gate.wait)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        gate.opened.release()
        await asyncio.to_thread(wait_until, lambda: delivery.settled)
        assert delivery.statuses == [200]
        assert await ringback.settle() == []


@pytest.mark.asyncio
async def test_a_walk_may_be_cancelled_before_it_has_begun() -> None:
    async with AsyncEmulator() as ringback:
        ringback.receiver(APP)
        ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.advance(90))
        await asyncio.sleep(0)
        walk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walk
        assert ringback.clock.elapsed == 0
        assert times(await ringback.advance(90)) == [0]


def test_a_keyboard_interrupt_leaves_a_clock_that_works(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It arrives where the test waits; the attempt goes on, and the next verb settles it."""

    def interrupted(self: "Future[object]", timeout: float | None = None) -> object:
        gate.wait()
        raise KeyboardInterrupt

    with Emulator() as ringback:
        ringback.connect(APP, gate.asgi)
        delivery = ringback.submit("Hello", callback=HOOK)
        with monkeypatch.context() as patched:
            patched.setattr(Future, "result", interrupted)
            with pytest.raises(KeyboardInterrupt):
                ringback.advance(30)
        assert (ringback.clock.elapsed, delivery.state) == (0, "in flight")
        gate.opened.release()
        assert times(ringback.settle()) == [0]
        assert delivery.statuses == [200]


# -- the end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [*VERBS, "sync"])
def test_every_verb_of_a_closed_clock_says_that_it_is_closed(face: Face, verb: str) -> None:
    """I18: afterwards every call raises ClockClosed."""
    clock = face.emulator.clock
    face.emulator.close()
    with pytest.raises(ClockClosed, match=rf"{verb}\(\): this emulator has ended; start a new one"):
        face.call(verb, *VERBS.get(verb, ()))
    with pytest.raises(ClockClosed), clock.hold("too late"):
        raise AssertionError
    assert clock.elapsed == 0


def test_whoever_is_blocked_when_the_emulator_ends_is_woken(
    gate: Gate, beside: Callable[..., "Future[Any]"]
) -> None:
    ringback = Emulator().open()
    ringback.connect(APP, gate.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    walk = beside(ringback.advance, 30)
    gate.wait()
    joined = beside(ringback.settle)
    before = time.monotonic()
    ringback.close()
    for blocked in (walk, joined):
        with pytest.raises(ClockClosed, match="this emulator has ended"):
            blocked.result(5)
    assert time.monotonic() - before < 5, "it waited for the guard"
    assert delivery.statuses == ["aborted"]
    assert delivery.reason == "aborted: the emulator was closed"
    assert ringback.clock.elapsed == 0


def test_whoever_is_blocked_by_a_blocked_loop_is_woken_too(
    beside: Callable[..., "Future[Any]"],
) -> None:
    arrived, release = threading.Event(), threading.Event()

    def block() -> None:
        arrived.set()
        release.wait(10)

    ringback = Emulator().open()
    ringback.connect(APP, Application(block).asgi)
    ringback.submit("Hello", callback=HOOK)
    walk = beside(ringback.settle)
    assert arrived.wait(10)
    closed = beside(ringback.close)
    with pytest.raises(ClockClosed):
        walk.result(5)
    release.set()
    closed.result(5)


def test_a_hold_does_not_keep_an_emulator_from_ending(
    beside: Callable[..., "Future[Any]"],
) -> None:
    ringback = Emulator().open()
    with ringback.hold("for ever"):
        walk = beside(ringback.advance, 30)
        wait_until(lambda: "engine" in " ".join(thread.name for thread in threading.enumerate()))
        ringback.close()
        with pytest.raises(ClockClosed):
            walk.result(5)


@pytest.mark.asyncio
async def test_whoever_awaits_when_the_emulator_ends_is_woken(gate: Gate) -> None:
    ringback = AsyncEmulator().open()
    ringback.connect(APP, gate.asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    walk = asyncio.create_task(ringback.advance(30))
    await asyncio.to_thread(gate.wait)
    joined = asyncio.create_task(ringback.settle())
    await asyncio.sleep(0)
    ringback.close()
    for awaited in (walk, joined):
        with pytest.raises(ClockClosed, match="this emulator has ended"):
            await awaited
    assert delivery.statuses == ["aborted"]
    gate.opened.release()


def test_an_emulator_may_be_closed_by_its_own_receiver() -> None:
    with Emulator() as ringback:
        ringback.connect(APP, Application(ringback.close).asgi)
        ringback.submit("Hello", callback=HOOK)
        with pytest.raises(ClockClosed):
            ringback.settle()


def test_a_scripted_walk_starts_no_thread() -> None:
    before = set(threading.enumerate())
    with Emulator() as ringback:
        ringback.receiver(APP, [503])
        ringback.submit("Hello", callback=HOOK)
        ringback.run_until_idle()
        assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("over", ["ASGI", "sockets"])
def test_nothing_remains_of_an_emulator_that_ends_in_the_middle(
    over: str, gate: Gate, rude: Rude, beside: Callable[..., "Future[Any]"]
) -> None:
    """I18: no thread, task or socket remains: Python would warn of what is left to collect."""
    receiver, before = rude(hangs), set(threading.enumerate())
    ringback = Emulator().open()
    ringback.connect(APP, gate.asgi if over == "ASGI" else url_of(receiver))
    ringback.submit("Hello", callback=HOOK)
    walk = beside(ringback.settle)
    wait_until(lambda: not receiver.requests.empty() or gate.arrived.acquire(blocking=False))
    ringback.close()
    with pytest.raises(ClockClosed):
        walk.result(5)
    gc.collect()
    remaining = [thread.name for thread in set(threading.enumerate()) - before]
    assert "ringback engine" not in remaining


@pytest.mark.asyncio
async def test_no_task_remains_of_an_async_emulator(rude: Rude) -> None:
    """I18."""
    tasks, receiver = asyncio.all_tasks(), rude(hangs)
    async with AsyncEmulator() as ringback:
        ringback.connect(APP, url_of(receiver))
        ringback.submit("Hello", callback=HOOK)
        walk = asyncio.create_task(ringback.settle())
        await asyncio.to_thread(receiver.requests.get, timeout=10)
        walk.cancel()
    with pytest.raises((asyncio.CancelledError, ClockClosed)):
        await walk
    assert asyncio.all_tasks() == tasks
    gc.collect()


def test_an_async_emulator_serves_one_loop_at_a_time() -> None:
    ringback = AsyncEmulator().open()
    ringback.connect(APP, Application(status=503).asgi)
    ringback.submit("Hello", callback=HOOK)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert times(first.run(ringback.settle())) == [0]
        with pytest.raises(ClockError, match="use one emulator per loop"):
            second.run(ringback.settle())
    assert times(asyncio.run(ringback.advance(30))) == [30]
    ringback.close()


def test_an_attempt_whose_loop_was_closed_holds_nobody_up() -> None:
    """A loop that is closed without cancelling its tasks takes them along."""
    ringback = AsyncEmulator(Settings(guard=GUARD)).open()
    arrived = asyncio.Event()
    ringback.connect(APP, Application(arrived.set, then=never_answers).asgi)
    delivery = ringback.submit("Hello", callback=HOOK)
    loop = asyncio.new_event_loop()
    walk = loop.create_task(ringback.settle())
    loop.run_until_complete(arrived.wait())
    assert delivery.state == "in flight"
    remains = asyncio.all_tasks(loop)
    for task in remains:
        task._log_destroy_pending = False  # type: ignore[attr-defined]
    loop.close()
    del remains, task
    walk.get_coro().close()
    del walk
    gc.collect()
    assert asyncio.run(ringback.settle()) == []
    assert delivery.statuses == ["aborted"]
    assert delivery.reason == "aborted: the event loop that it ran on was closed"
    ringback.close()


def test_replies_that_take_virtual_time_are_waited_for_by_the_walk(face: Face) -> None:
    """I3: attempts run at exactly s + after + (n - 1) x 30 s, and virtual durations."""
    face.emulator.receiver(APP, [Reply(503, after=2.5), "timeout", 204])
    delivery = submit(face)
    assert times(face.call("run_until_idle")) == [0, 32.5, 72.5]
    assert [each.finished_at for each in delivery.attempts] == [2.5, 42.5, 72.5]
