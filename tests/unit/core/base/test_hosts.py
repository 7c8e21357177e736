"""What a host is by its name alone."""

from ipaddress import ip_address

import pytest

from ringback.core.base.hosts import address_of, folded, is_local_name, is_private, unmapped


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "hooks.localhost", "a.b.localhost."])
def test_localhost_and_the_names_under_it_are_this_machine(host: str) -> None:
    assert is_local_name(host)


@pytest.mark.parametrize("host", ["localhost.example", "mylocalhost", "127.0.0.1", "::1", ""])
def test_no_other_name_is(host: str) -> None:
    assert not is_local_name(host)


def test_names_are_compared_without_case_and_final_stop() -> None:
    assert folded("App.Example.") == folded("app.example") == "app.example"


def test_an_address_is_told_from_a_name() -> None:
    assert address_of("127.0.0.1") == ip_address("127.0.0.1")
    assert address_of("::1") == ip_address("::1")
    assert address_of("app.example") is None


def test_an_address_within_another_is_the_one_that_is_dialled() -> None:
    assert unmapped(ip_address("::ffff:127.0.0.1")) == ip_address("127.0.0.1")
    assert unmapped(ip_address("::1")) == ip_address("::1")


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "hooks.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("fe80::1", "fd00::1", "::ffff:10.0.0.1"),
    ],
)
def test_this_machine_and_networks_of_ones_own_are_private(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize(
    "host", ["app.example", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
)
def test_public_addresses_and_names_are_not(host: str) -> None:
    assert not is_private(host)
