"""Which hosts are dialled, which are looked up, and which addresses are refused all the same."""

import pytest

from ringback.core.delivery.outcome import Unreachable
from ringback.errors import SettingsError
from ringback.sending.addresses import AddressRules

STRICT = AddressRules()
OPEN = AddressRules(["App.Example.", "10.1.2.3", "[fd12::1]"])
ORIGIN = "https://app.example"


def permitted(rules: AddressRules, host: str) -> bool:
    return rules.refuse_host(host, ORIGIN) is None


def dialled(rules: AddressRules, address: str, own: list[tuple[str, int]] | None = None) -> bool:
    return rules.refuse_address(address, 8080, own or []) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "hooks.localhost",
        "a.b.localhost",
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
    ],
)
def test_this_machine_is_always_permitted(host: str) -> None:
    assert permitted(STRICT, host)


@pytest.mark.parametrize(
    "host",
    [
        "app.example",
        "localhost.example",
        "notlocalhost",
        "127.0.0.1.nip.io",
        "128.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "::2",
        "fd12::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    assert not permitted(STRICT, host)


def test_a_refusal_says_what_to_do() -> None:
    assert STRICT.refuse_host("app.example", ORIGIN) == Unreachable(
        "not allowed",
        "app.example is not this machine, so it was not looked up; add it to"
        " Settings.allow_hosts, or say with connect() where https://app.example leads",
    )


@pytest.mark.parametrize(
    "host", ["app.example", "app.example.", "10.1.2.3", "fd12::1", "fd12:0:0:0::1"]
)
def test_an_allowed_host_is_permitted_however_it_is_written(host: str) -> None:
    assert permitted(OPEN, host)


@pytest.mark.parametrize("host", ["www.app.example", "example", "10.1.2.4"])
def test_allowing_a_host_allows_no_other(host: str) -> None:
    assert not permitted(OPEN, host)


def test_localhost_needs_no_look_up_and_is_both_loopbacks() -> None:
    assert STRICT.without_lookup("hooks.localhost") == ("127.0.0.1", "::1")


def test_an_address_needs_no_look_up_and_is_itself() -> None:
    assert STRICT.without_lookup("127.0.0.2") == ("127.0.0.2",)


def test_a_name_needs_a_look_up() -> None:
    assert OPEN.without_lookup("app.example") == ()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "2001:db8::1", "fd00::1"]
)
def test_an_allowed_name_may_be_anywhere(address: str) -> None:
    assert dialled(OPEN, address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "::ffff:0.0.0.0",
    ],
)
def test_no_name_leads_to_an_address_that_is_nobodys_receiver(address: str) -> None:
    assert not dialled(OPEN, address)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0"])
def test_a_dangerous_address_is_dialled_when_it_is_itself_allowed(address: str) -> None:
    rules = AddressRules([address])
    assert permitted(rules, address)
    assert dialled(rules, address)


@pytest.mark.parametrize(
    ("listener", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
        ("127.0.0.1", "0.0.0.0"),
        ("::1", "::1"),
        ("0.0.0.0", "127.0.0.1"),
        ("0.0.0.0", "127.9.9.9"),
        ("0.0.0.0", "0.0.0.0"),
        ("::", "::1"),
        ("::", "127.0.0.1"),
        ("localhost", "::1"),
        ("10.1.2.3", "10.1.2.3"),
    ],
)
def test_the_emulators_own_listener_is_refused(listener: str, address: str) -> None:
    rules = AddressRules(["0.0.0.0"])
    refusal = rules.refuse_address(address, 8080, [("127.0.0.1", 1), (listener, 8080)])
    assert refusal is not None
    assert "a callback to the emulator itself would loop" in refusal.detail


@pytest.mark.parametrize(
    ("listener", "port", "address"),
    [
        ("127.0.0.1", 8081, "127.0.0.1"),
        ("127.0.0.1", 8080, "127.0.0.2"),
        ("127.0.0.1", 8080, "::1"),
        ("10.1.2.3", 8080, "127.0.0.1"),
        ("0.0.0.0", 8080, "10.1.2.3"),
        ("emulator.example", 8080, "127.0.0.1"),
    ],
)
def test_another_listener_is_not_taken_for_the_emulators(
    listener: str, port: int, address: str
) -> None:
    assert dialled(OPEN, address, [(listener, port)])


@pytest.mark.parametrize(
    "entry",
    ["", "http://app.example", "app.example:8080", "app.example/", "a b", "*", "[::1]:80", "u@h"],
)
def test_what_cannot_be_a_host_is_no_setting(entry: str) -> None:
    with pytest.raises(SettingsError, match=r"without scheme, port or path"):
        AddressRules([entry])


def test_one_host_alone_must_stand_in_a_list() -> None:
    with pytest.raises(SettingsError, match=r"allow_hosts=\['app\.example'\]"):
        AddressRules("app.example")
