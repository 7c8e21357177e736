"""An emulator for each key of one server: what they share, what they do not, and who has to go."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest
from websockets.sync.client import connect

from ringback import Settings
from ringback.clock.turns import drained
from ringback.core.base.duration import SECOND
from ringback.core.request.keys import identifier_of
from ringback.faces import tenancy as tenancy_module
from ringback.faces.tenancy import Tenancy, Tenant
from ringback.serving.server import Server
from tests.integration.conftest import FakeAlarm

APP = "https://app.example"
HOOK = "https://app.example/hook"
CLIENTS = 200


class House:
    """A server of tenants, whose real time passes when the test says so."""

    def __init__(self, settings: Settings, most: int, idle: float) -> None:
        self.said: list[str] = []
        self.tenancy = Tenancy(settings, most=most, idle=idle, tell=self.said.append)
        self.server = Server(newcomers=self.tenancy)
        self.tenancy.serve_on(self.server)

    def client(self, key: str) -> "Client":
        return Client(self.server.port, key)

    def tenant(self, key: str) -> Tenant:
        return self.tenancy._tenants[key]

    @property
    def keys(self) -> list[str]:
        return [tenant.api_key for tenant in self.tenancy]

    def rest(self) -> None:
        """Until the server's loop has nothing left to do."""
        assert self.server._listener is not None
        thread = self.server._listener._thread
        assert thread is not None
        for _ in range(2):
            thread.submit(drained()).result(30)

    def look(self) -> None:
        """Have it look for who is idle, on the server's loop."""
        self.server.call_soon(self.tenancy.look)
        self.rest()


class Client:
    """A test in any language: it has a key, and speaks HTTP."""

    def __init__(self, port: int, key: str) -> None:
        self.key = key
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        headers = {"content-type": "application/json"}
        if self.key:
            headers["authorization"] = f"Token {self.key}"
        body = None if said is None else json.dumps(said)
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        payload = json.loads(answer.read() or b"null")
        self.status = answer.status
        return payload

    def speak(self, callback: str = HOOK) -> str:
        said = self.ask("POST", f"/v1/speak?{urlencode({'callback': callback})}", {"text": "Hi"})
        return str(said["request_id"])

    def control(self, path: str, said: Any = None) -> Any:
        method = "GET" if said is None else "POST"
        return self.ask(method, f"/_ringback/{path}", said)

    def close(self) -> None:
        self._connection.close()


Open = Callable[..., House]


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Real time, which passes when this is called."""
    now = [10**15]
    monkeypatch.setattr(tenancy_module, "monotonic_ns", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += round(seconds * SECOND)

    return pass_by


@pytest.fixture
def open_house(real: object, monkeypatch: pytest.MonkeyPatch, alarm: FakeAlarm) -> Iterator[Open]:
    monkeypatch.setattr(tenancy_module, "set_alarm", alarm)
    opened: list[House] = []

    def begin(most: int = 1000, idle: float = 3600, **settings: Any) -> House:
        chosen = Settings(**{"any_key": True, "seed": 1} | settings)
        opened.append(House(chosen, most, idle))
        return opened[-1]

    yield begin
    for house in opened:
        house.tenancy.end()
        house.server.stop()


@pytest.fixture
def house(open_house: Open) -> House:
    return open_house()


# -- each by itself -------------------------------------------------------------------------------


def test_two_hundred_clients_at_once_see_nothing_of_each_other(house: House) -> None:
    """Their clocks are moved at the same time, each by as much as its own client says."""
    together = threading.Barrier(20)

    def story(number: int) -> tuple[str, str]:
        with closing(house.client(f"key-{number}")) as client:
            replies = [503] * (number % 3) + [204]
            client.control("receivers", {"origin": APP, "replies": replies})
            together.wait(60)
            request_id = client.speak()
            client.control("clock/advance", {"seconds": 7 + number})
            client.control("clock/idle", {})
            (delivery,) = client.control("deliveries")["deliveries"]
            assert delivery["request_id"] == request_id
            assert delivery["statuses"] == replies
            assert delivery["offsets"] == [30 * each for each in range(len(replies))]
            elapsed = client.control("clock")["elapsed"]
            assert elapsed == max(7 + number, 30 * (number % 3))
            assert client.control("verify", {"allow": []})["ok"]
            (token,) = {
                dict(each["request"]["headers"])["dg-token"] for each in delivery["attempts"]
            }
            return request_id, token

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(story, range(CLIENTS)))
    for ids in zip(*told, strict=True):
        assert len(set(ids)) == CLIENTS
    assert len(house.tenancy) == CLIENTS


def test_dg_token_is_the_identifier_of_each_key(house: House) -> None:
    for key in ("alice", "bob"):
        with closing(house.client(key)) as client:
            client.speak()
        tenant = house.tenant(key)
        tenant.receiver(APP)
        (attempt,) = tenant.settle()
        assert attempt.request.headers["dg-token"] == tenant.key_id == identifier_of(key)


def test_ids_of_a_key_repeat_and_are_no_other_keys(open_house: Open) -> None:
    told = []
    for _ in range(2):
        house = open_house()
        with closing(house.client("alice")) as alice, closing(house.client("bob")) as bob:
            told.append([alice.speak()[-12:], alice.speak()[-12:], bob.speak()[-12:]])
    assert told[0] == told[1]
    assert len(set(told[0])) == 3


def test_failures_are_ordered_for_one_tenant_alone(house: House) -> None:
    with closing(house.client("alice")) as alice, closing(house.client("bob")) as bob:
        alice.control("failures", {"failures": [429]})
        bob.speak()
        assert bob.status == 200
        alice.ask("POST", "/v1/speak", {"text": "Hi"})
        assert alice.status == 429


def test_a_granted_token_leads_to_the_tenant_that_granted_it(house: House) -> None:
    with closing(house.client("alice")) as alice, closing(house.client("bob")) as bob:
        bob.speak()
        token = alice.ask("POST", "/v1/auth/grant", {})["access_token"]
        path = f"/v1/speak?{urlencode({'callback': HOOK})}"
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        alice._connection.request("POST", path, '{"text": "Hi"}', headers)
        assert alice._connection.getresponse().status == 200
    assert house.keys == ["bob", "alice"]
    assert len(house.tenant("alice").deliveries) == 1


def test_a_request_without_a_key_is_nobodys_and_no_tenant_hears_of_it(house: House) -> None:
    with closing(house.client("alice")) as alice, closing(house.client("")) as nobody:
        alice.speak()
        nobody.ask("POST", "/v1/speak", {"text": "Hi"})
        assert nobody.status == 401
        nobody.control("clock")
        assert nobody.status == 401
        assert alice.control("verify", {"allow": ["pending"]})["ok"]
    assert "a key that is nobody's" not in house.tenant("alice").timeline
    assert house.said[-1] == "POST /v1/speak came without a key, and is no tenant's"


def test_what_can_be_no_key_is_nobodys_too(house: House) -> None:
    with closing(house.client("a\u00a0b")) as nobody:
        nobody.ask("POST", "/v1/speak", {"text": "Hi"})
        assert nobody.status == 401
        told = nobody.control("clock")
        assert nobody.status == 401
        assert "each key has an emulator of its own here: say whose is meant" in told["detail"]
    assert house.keys == []


def test_the_probes_need_no_key_and_make_nobody(house: House) -> None:
    with closing(house.client("")) as nobody:
        assert nobody.control("live") == {"status": "live"}
    assert house.keys == []


def test_a_tenant_is_reset_by_itself(house: House) -> None:
    with closing(house.client("alice")) as alice, closing(house.client("bob")) as bob:
        for client in (alice, bob):
            client.speak()
            client.control("clock/advance", {"seconds": 5})
        alice.control("reset", {})
        assert alice.control("clock")["elapsed"] == 0
        assert alice.control("deliveries")["deliveries"] == []
        assert bob.control("clock")["elapsed"] == 5
        alice.control("receivers", {"origin": APP, "replies": [200]})
        alice.speak()
        assert len(alice.control("clock/idle", {})["attempts"]) == 1


def test_each_keeps_so_many_of_its_own(open_house: Open) -> None:
    house = open_house(keep=2)
    with closing(house.client("alice")) as alice, closing(house.client("bob")) as bob:
        for client in (alice, bob):
            client.control("receivers", {"origin": APP, "replies": [200]})
            for _ in range(4):
                client.speak()
            client.control("clock/idle", {})
        assert len(alice.control("deliveries")["deliveries"]) == 2
    assert house.tenant("alice").dropped["deliveries"] == 2


@pytest.mark.parametrize("clock", ["paused", "real", "auto"])
def test_no_tenant_has_a_thread_of_its_own(open_house: Open, clock: str) -> None:
    house = open_house(clock=clock)
    before = set(threading.enumerate())
    for number in range(20):
        with closing(house.client(f"key-{number}")) as client:
            client.control("receivers", {"origin": APP, "replies": [200]})
            client.speak()
            client.control("clock/idle", {})
            assert client.control("clock")["pending"] == 0
    new = [each.name for each in set(threading.enumerate()) - before]
    # Those that answer requests of the control API do so for all tenants.
    for_all = {"ringback engine", "ringback alarms", "ringback answering", "ringback control"}
    assert set(new) <= for_all
    assert new.count("ringback engine") <= 1
    assert len(new) < 20


def test_clocks_that_drive_themselves_do_so_each_by_itself(open_house: Open) -> None:
    house = open_house(clock="auto")
    with closing(house.client("alice")) as alice, closing(house.client("bob")) as bob:
        for client in (alice, bob):
            client.control("receivers", {"origin": APP, "replies": [500]})
        alice.speak()
        alice.control("clock/idle", {})
        assert alice.control("deliveries")["deliveries"][0]["offsets"] == list(range(0, 301, 30))
        assert (alice.control("clock")["elapsed"], bob.control("clock")["elapsed"]) == (300, 0)


# -- who has to go --------------------------------------------------------------------------------


def use(house: House, *keys: str) -> None:
    for key in keys:
        with closing(house.client(key)) as client:
            client.control("clock")


def test_the_one_that_was_used_the_longest_ago_makes_room(open_house: Open) -> None:
    house = open_house(most=2)
    use(house, "alice", "bob", "alice", "carol")
    assert house.keys == ["alice", "carol"]
    assert [line for line in house.said if "evicted" in line] == [
        f"tenant {identifier_of('bob')} is evicted, for there is room for 2; with it go 0"
        " deliveries, 0 requests"
    ]


def test_one_with_a_delivery_pending_is_never_evicted(
    open_house: Open, real: Callable[[float], None]
) -> None:
    house = open_house(most=1, idle=60)
    with closing(house.client("alice")) as alice:
        alice.speak()
        use(house, "bob", "carol")
        assert house.keys == ["alice", "carol"]
        real(61)
        house.look()
        assert house.keys == ["alice"]
        alice.control("receivers", {"origin": APP, "replies": [200]})
        alice.control("clock/idle", {})
        use(house, "bob")
        assert house.keys == ["bob"]


def test_more_than_there_is_room_for_is_told_once(open_house: Open) -> None:
    house = open_house(most=1)
    for key in ("alice", "bob", "carol"):
        with closing(house.client(key)) as client:
            client.speak()
    assert house.keys == ["alice", "bob", "carol"]
    assert [line for line in house.said if line.startswith("there are")] == [
        "there are 2 tenants, and room for 1: none of the others is idle"
    ]


def test_idle_ones_go_after_a_while_and_use_keeps_them(
    open_house: Open, real: Callable[[float], None], alarm: FakeAlarm
) -> None:
    house = open_house(idle=60)
    use(house, "alice", "bob")
    real(40)
    use(house, "bob")
    real(30)
    assert [seconds for seconds, _ in alarm.set_for] == [15]
    alarm.ring(15)
    house.rest()
    assert house.keys == ["bob"]
    assert house.said[-1].startswith(f"tenant {identifier_of('alice')} is evicted, for it was idle")
    assert len(alarm.set_for) == 2


def test_one_that_begins_anew_after_its_eviction_is_at_zero(
    open_house: Open, real: Callable[[float], None]
) -> None:
    house = open_house(idle=60)
    with closing(house.client("alice")) as alice:
        alice.control("clock/advance", {"seconds": 5})
        real(61)
        house.look()
        assert house.keys == []
        assert alice.control("clock")["elapsed"] == 0


def test_one_to_which_a_stream_is_open_stays(
    open_house: Open, real: Callable[[float], None]
) -> None:
    house = open_house(idle=60)
    url = f"ws://127.0.0.1:{house.server.port}/v1/speak"
    with connect(url, additional_headers={"authorization": "Token alice"}, proxy=None) as stream:
        stream.recv(timeout=30)  # Metadata: it is open
        real(61)
        house.look()
        assert house.keys == ["alice"]


def test_one_that_is_watched_stays_until_the_watcher_has_gone(
    open_house: Open, real: Callable[[float], None]
) -> None:
    house = open_house(idle=60)
    with socket.create_connection(("127.0.0.1", house.server.port), timeout=30) as watcher:
        head = "GET /_ringback/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token alice"
        watcher.sendall(f"{head}\r\n\r\n".encode())
        while b"every fact" not in watcher.recv(65536):
            pass
        house.rest()
        real(61)
        house.look()
        assert house.keys == ["alice"]
    while house.tenant("alice")._service.clock.attended:
        house.rest()
    house.look()
    assert house.keys == []


def test_one_whose_clock_is_held_stays(open_house: Open, real: Callable[[float], None]) -> None:
    house = open_house(idle=60)
    use(house, "alice")
    with house.tenant("alice").hold("a look"):
        real(61)
        house.look()
        assert house.keys == ["alice"]
    house.look()
    assert house.keys == []


def test_what_cannot_be_arranged_leaves_no_tenant(real: object) -> None:
    def arrange(tenant: Tenant) -> None:
        raise ZeroDivisionError

    tenancy = Tenancy(Settings(any_key=True), most=1, idle=60, arrange=arrange)
    server = Server(newcomers=tenancy, listening=False)
    try:
        tenancy.serve_on(server)
        with pytest.raises(ZeroDivisionError):
            tenancy.admit("alice")
        assert len(tenancy) == 0
    finally:
        tenancy.end()
        server.stop()
