"""What a host is by its name alone: nothing is looked up."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address


@lru_cache(maxsize=256)
def address_of(host: str) -> Address | None:
    """The address that *host* is written as, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def folded(host: str) -> str:
    """*host* as it is compared: in lower case, without the full stop at its end."""
    return host.lower().removesuffix(".")


def is_local_name(host: str) -> bool:
    """Whether *host* is `localhost` or a name under it: this machine (RFC 6761, 6.3)."""
    name = folded(host)
    return name == "localhost" or name.endswith(".localhost")


def unmapped(address: Address) -> Address:
    """The address that is dialled: IPv6 sockets reach IPv4 ones under `::ffff:0:0/96`."""
    return getattr(address, "ipv4_mapped", None) or address


def is_private(host: str) -> bool:
    """Whether *host* names this machine, or an address that the internet does not route."""
    address = address_of(host)
    return is_local_name(host) if address is None else not unmapped(address).is_global
