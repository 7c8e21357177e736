"""Which web pages may talk to the server. Each page that a developer's browser shows can reach it.

A browser says where a page comes from (`Origin`, `Sec-Fetch-Site`), and a page cannot change that.
What it can do is to rebind its own name to a loopback address: so the name by which the browser
calls the server, its `Host`, has to be one that no stranger can own. Programs that are no browser
say nothing of all this, and are let in.
"""

import re
from collections.abc import Iterable, Sequence

from ringback.core.base.dataclass import dataclass
from ringback.core.base.hosts import address_of, folded, is_local_name, unmapped
from ringback.core.base.rejection import Rejection

BROWSER = frozenset(
    {b"origin", b"sec-fetch-site", b"sec-fetch-dest", b"sec-fetch-user", b"referer"}
)
"""Headers that show a browser. `Sec-Fetch-Mode` is none of them, for Node's `fetch` sends it."""

SERVICE = "api.deepgram.com"
"""The service's own name, by which we are called where it is led to us: nobody can rebind it."""

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]/:@?#\s]+)(?::[0-9]*)?")
_ORIGIN = re.compile(rf"https?://(?P<authority>{_HOST.pattern})")
_LABEL = re.compile(r"(?=.*[a-z])(?!0x[0-9a-f]*$)[a-z0-9_-]+")
"""A name without a dot, as containers have them. What could be a number is an address."""

_SHOWN = 200
"""Characters that are repeated of what a page said."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Who is let in besides pages on loopback: *allowed* origins, and *hosts* of the server."""

    allowed: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allowed: Iterable[str], hosts: Iterable[str]) -> "Origins":
        """The rules that let these in, whatever the case in which they are written."""
        return cls(
            frozenset(each.lower() for each in allowed), frozenset(folded(each) for each in hosts)
        )

    def refusal(
        self, headers: Sequence[tuple[bytes, bytes]], address: str = ""
    ) -> Rejection | None:
        """Why a request with *headers*, names in lower case, is refused: None if it is let in.

        It came to the server at *address*. A header that is repeated has to pass each time.
        """
        said = _read(headers)
        if not said:
            return None
        hosts = said.get("host", [""])
        stranger = self.refusal_of_host(hosts, address)
        if stranger is not None:
            return stranger
        origins = said.get("origin", ())
        for origin in origins:
            if not self.lets_in(origin, hosts):
                return _refused(
                    f"Origin {origin[:_SHOWN]!r} may not talk to this server",
                    "Pages on loopback may. Let another in with ringback serve --allow-origin"
                    " ORIGIN, or Settings.allow_origins.",
                )
        if not origins and "cross-site" in said.get("sec-fetch-site", ()):
            return _refused(
                "Sec-Fetch-Site 'cross-site' may not talk to this server",
                "A page of another site asked for this without naming its origin. Open the address"
                " yourself, or let the page ask with `fetch` and its origin in --allow-origin.",
            )
        return None

    def refusal_of_host(self, hosts: Iterable[str], address: str = "") -> Rejection | None:
        """Why a request to the server by the names *hosts* is refused: None if all are its own.

        It came to the server at *address*.
        """
        for host in hosts:
            if not self._is_ours(host, address):
                return _refused(
                    f"Host {host[:_SHOWN]!r} is no name of this server's",
                    "A page may have rebound its name to this machine. If it is yours: ringback"
                    " serve --allow-host-header NAME, or Settings.allow_host_headers.",
                )
        return None

    def lets_in(self, origin: str, hosts: Iterable[str]) -> bool:
        """Whether pages of *origin* may talk to the server, which the browser calls *hosts*."""
        origin = origin.lower()
        if origin in self.allowed:
            return True
        match = _ORIGIN.fullmatch(origin)
        if match is None:
            return False
        own = all(each.lower() == match["authority"] for each in hosts)
        return own or is_loopback(match["host"])

    def _is_ours(self, authority: str, address: str) -> bool:
        match = _HOST.fullmatch(authority)
        if match is None:
            return False
        host = folded(match["host"])
        if is_loopback(host) or _LABEL.fullmatch(host) or host in (SERVICE, *self.hosts):
            return True
        named, own = address_of(host.strip("[]")), address_of(address)
        return named is not None and own is not None and unmapped(named) == unmapped(own)


def _read(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    """What a browser said of itself, and the `Host`; nothing if none did."""
    if BROWSER.isdisjoint({name for name, _ in headers}):
        return {}
    said: dict[str, list[str]] = {}
    for name, value in headers:
        said.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1").strip())
    said["sec-fetch-site"] = [each.lower() for each in said.get("sec-fetch-site", ())]
    return said


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine, by a name or an address that nobody else has."""
    address = address_of(host.strip("[]"))
    return is_local_name(host) if address is None else unmapped(address).is_loopback


def _refused(what: str, hint: str) -> Rejection:
    return Rejection(403, "FORBIDDEN_ORIGIN", f"{what}.", hint)
