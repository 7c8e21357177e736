"""Which addresses the HTTP sender dials, and what it says when it gets nowhere."""

import errno
import os
import socket
from collections.abc import Sequence
from functools import partial

import pytest

from ringback.core.delivery.outcome import Aborted, Outcome, Unreachable, succeeded
from ringback.sending.http import HttpSender, Resolve
from tests.integration.conftest import FakeAlarm, Rude
from tests.integration.messages import OK, send
from tests.integration.rude_receiver import answers

allowing_app = partial(HttpSender, FakeAlarm(), allow_hosts=["app.example"])


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def never_asked(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up")


def resolves_to(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.asyncio
async def test_a_closed_port_is_refused_and_named() -> None:
    port = closed_port()
    outcome = await send(HttpSender(FakeAlarm()), f"http://127.0.0.1:{port}/")
    assert outcome == Unreachable("refused", f"127.0.0.1:{port} Connection refused")


@pytest.mark.asyncio
async def test_a_refusal_names_every_address_that_was_tried() -> None:
    port = closed_port()
    outcome = await send(HttpSender(FakeAlarm()), f"http://localhost:{port}/")
    assert outcome == Unreachable(
        "refused", f"127.0.0.1:{port} Connection refused, [::1]:{port} Connection refused"
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("name", ["localhost", "localhost.", "hooks.localhost"])
async def test_localhost_is_reached_on_whichever_loopback_it_listens(
    rude: Rude, host: str, name: str
) -> None:
    receiver = rude(answers(OK), host=host)
    sender = HttpSender(FakeAlarm(), resolve=never_asked)
    assert succeeded(await send(sender, f"http://{name}:{receiver.port}/"))


@pytest.mark.asyncio
async def test_a_foreign_host_is_refused_without_a_look_up() -> None:
    sender = HttpSender(FakeAlarm(), allow_hosts=["other.example"], resolve=never_asked)
    outcome = await send(sender, "http://app.example/done")
    assert isinstance(outcome, Unreachable)
    assert outcome.reason == "not allowed"
    assert "Settings.allow_hosts" in outcome.detail
    assert "connect()" in outcome.detail


@pytest.mark.asyncio
async def test_an_allowed_host_is_looked_up_once_per_attempt(rude: Rude) -> None:
    receiver = rude(answers(OK))
    asked: list[tuple[str, int]] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    sender = allowing_app(resolve=resolve)
    for _ in range(2):
        assert succeeded(await send(sender, f"http://app.example:{receiver.port}/"))
    assert asked == [("app.example", receiver.port)] * 2


@pytest.mark.asyncio
async def test_the_second_address_of_a_name_is_tried_in_the_same_attempt(rude: Rude) -> None:
    receiver = rude(answers(OK))
    sender = allowing_app(resolve=resolves_to("::1", "127.0.0.1"))
    assert succeeded(await send(sender, f"http://app.example:{receiver.port}/"))


@pytest.mark.asyncio
async def test_one_dangerous_address_of_a_name_spoils_all_of_them(rude: Rude) -> None:
    receiver = rude(answers(OK))
    sender = allowing_app(resolve=resolves_to("127.0.0.1", "169.254.169.254"))
    outcome = await send(sender, f"http://app.example:{receiver.port}/")
    assert outcome.word == "not allowed"
    assert receiver.visits == 0


@pytest.mark.asyncio
async def test_a_name_that_nobody_knows_is_an_unknown_host() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    outcome = await send(allowing_app(resolve=resolve), "http://app.example/")
    assert outcome == Unreachable("unknown host", "Name or service not known")


@pytest.mark.asyncio
async def test_a_name_without_addresses_is_an_unknown_host() -> None:
    outcome = await send(allowing_app(resolve=resolves_to()), "http://app.example/")
    assert outcome == Unreachable("unknown host", "app.example has no address")


@pytest.mark.asyncio
async def test_the_system_is_asked_for_addresses_and_each_is_tried_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = closed_port()
    stream = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")

    def getaddrinfo(host: object, *_: object, **__: object) -> list[object]:
        assert host == "app.example"
        return [(*stream, (address, port)) for address in ("127.0.0.1", "127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    outcome = await send(allowing_app(), f"http://app.example:{port}/")
    assert outcome == Unreachable(
        "refused", f"127.0.0.1:{port} Connection refused, 127.0.0.2:{port} Connection refused"
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"])
async def test_the_emulators_own_listener_is_not_dialled(rude: Rude, name: str) -> None:
    receiver = rude(answers(OK))
    sender = HttpSender(FakeAlarm(), own_addresses=lambda: [("127.0.0.1", receiver.port)])
    outcome = await send(sender, f"http://{name}:{receiver.port}/")
    assert outcome.word == "not allowed"
    assert "would loop" in str(outcome)
    assert receiver.visits == 0


@pytest.mark.asyncio
async def test_a_base_needs_no_permission_beyond_being_named() -> None:
    base = ("http", "receiver.internal", closed_port())
    sender = HttpSender(FakeAlarm(), base=base, resolve=resolves_to("127.0.0.1"))
    assert (await send(sender, "https://app.example/")).word == "refused"


async def outcome_of_a_socket_that_fails(number: int, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    def fails(*_: object) -> socket.socket:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("ringback.sending.http.socket.socket", fails)
        return await send(HttpSender(FakeAlarm()), "http://127.0.0.1/")


@pytest.mark.asyncio
async def test_running_out_of_sockets_is_our_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await outcome_of_a_socket_that_fails(errno.EMFILE, monkeypatch)
    assert isinstance(outcome, Aborted)


@pytest.mark.asyncio
async def test_a_network_that_is_not_there_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await outcome_of_a_socket_that_fails(errno.ENETUNREACH, monkeypatch)
    assert outcome == Unreachable("unreachable", "127.0.0.1:80 Network is unreachable")
