"""Which hosts and addresses may be dialled: this machine, and what the user has named.

An emulator that takes callback URLs from the application it serves would otherwise be a relay
into every network that it can reach. So an unnamed host is refused before any look-up, every
address that a look-up gives is checked, and the checked address is what is dialled.
"""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from ringback.core.base.hosts import Address, address_of, folded, is_local_name, unmapped
from ringback.core.delivery.outcome import Unreachable
from ringback.errors import SettingsError

LOOPBACK = ("127.0.0.1", "::1")
"""What `localhost` and `*.localhost` are, without asking anybody (RFC 6761, 6.3)."""

_NAT64 = IPv6Network("64:ff9b::/96")
_THIS_NETWORK = IPv4Network("0.0.0.0/8")
_METADATA_V6 = IPv6Address("fd00:ec2::254")
_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_:")


class AddressRules:
    """The hosts of *allow_hosts*, names or literal addresses, beside this machine."""

    def __init__(self, allow_hosts: Collection[str] = ()) -> None:
        """Read the names. Raises `SettingsError` for what cannot be a host."""
        if isinstance(allow_hosts, str):
            raise SettingsError(f"allow_hosts must be a list: write allow_hosts=[{allow_hosts!r}]")
        names = [_allowed(entry) for entry in allow_hosts]
        self._names = frozenset(names)
        self._literals = frozenset(
            address for name in names if (address := address_of(name)) is not None
        )

    def refuse_host(self, host: str, origin: str) -> Unreachable | None:
        """Say why *host*, where callbacks to *origin* would go, must not even be looked up."""
        address = address_of(host)
        ours = is_local_name(host) if address is None else unmapped(address).is_loopback
        if ours or folded(host) in self._names or address in self._literals:
            return None
        return _not_allowed(
            f"{host} is not this machine, so it was not looked up; add it to Settings.allow_hosts,"
            f" or say with connect() where {origin} leads"
        )

    def without_lookup(self, host: str) -> Sequence[str]:
        """The addresses of *host* that need no look-up; empty if it needs one."""
        if is_local_name(host):
            return LOOPBACK
        return () if address_of(host) is None else (host,)

    def resolves(self, host: str) -> bool:
        """Whether *host* leads somewhere, as far as can be told without a look-up."""
        return bool(self.without_lookup(host)) or folded(host) in self._names

    def refuse_address(
        self, address: str, port: int, own: Collection[tuple[str, int]]
    ) -> Unreachable | None:
        """Say why *address*, one of those of a permitted host, must not be dialled.

        *own* are the emulator's own listeners.
        """
        literal = address_of(address) or ip_address(address)  # or else this says what is wrong
        if any(port == own_port and _reaches(literal, listener) for listener, own_port in own):
            return _not_allowed(
                f"{address} port {port} is this emulator, and a callback to the emulator itself"
                " would loop; say with connect() where the callback URL leads"
            )
        danger = _danger(_destination(literal))
        if danger and literal not in self._literals:
            return _not_allowed(
                f"{address} is {danger}; if it is meant, add the address itself to"
                " Settings.allow_hosts"
            )
        return None


def _not_allowed(detail: str) -> Unreachable:
    return Unreachable("not allowed", detail)


def _allowed(entry: str) -> str:
    name = folded(entry.removeprefix("[").removesuffix("]"))
    port = ":" in name and address_of(name) is None
    if not name or port or not set(name) <= _HOST_CHARACTERS:
        raise SettingsError(
            f"allow_hosts takes host names and addresses, without scheme, port or path; not"
            f" {entry!r}"
        )
    return name


def _destination(address: Address) -> Address:
    """Where a gateway may take *address*, which may have an IPv4 address wrapped into it."""
    if isinstance(address, IPv6Address) and address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return getattr(address, "sixtofour", None) or unmapped(address)


def _danger(address: Address) -> str:
    if address.is_link_local or address == _METADATA_V6:
        return "a link-local address, where clouds keep credentials"
    if address.is_multicast or address == IPv4Address("255.255.255.255"):
        return "an address of many machines"
    if address.is_unspecified or (isinstance(address, IPv4Address) and address in _THIS_NETWORK):
        return "not the address of any machine"
    return ""


def _reaches(address: Address, listener: str) -> bool:
    """Whether a dial to *address* ends at *listener*, which may be a wildcard or a name."""
    if is_local_name(listener):
        return unmapped(address).is_loopback
    bound = address_of(listener)
    if bound is None:
        return False
    target = unmapped(address)
    if bound.is_unspecified:
        return target.is_loopback or target.is_unspecified
    return target == unmapped(bound) or (target.is_unspecified and bound.is_loopback)
