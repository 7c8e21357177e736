"""Where a callback goes: the URL taken apart once, refused before anything is dialled.

URL parsers disagree about control characters, backslashes, odd ports and odd hosts, and a rule
that is checked with one parser and dialled with another is no rule. So whatever two parsers could
read differently is refused first, the rest is split once, and the parts, never the string, go on
to the sender.
"""

import base64
import re
from dataclasses import field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from unicodedata import normalize
from urllib.parse import quote, unquote_to_bytes

from ringback.core.base.dataclass import dataclass
from ringback.core.base.hosts import is_private
from ringback.core.base.masking import masked_query, may_hold_credentials
from ringback.core.base.rejection import Rejection, invalid_query

DEFAULT_PORTS = {"http": 80, "https": 443}
PERMITTED_PORTS = (80, 443, 8080, 8443)
""""only ports 80, 443, 8080, and 8443 are permitted for callbacks" (documented)."""

INVALID_CALLBACK = "Invalid callback url."
"""What the service says of a URL that it does not take (documented, but not for ports)."""

# Parsers strip, keep or encode these, and WHATWG's takes a backslash for a slash.
_UNFIT = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?:(?P<userinfo>[^/?#]*)@)?"
    r"(?P<host>\[[^\]/?#@]*\]|[^/?#@:]*)"
    r"(?::(?P<port>[^/?#@]*))?"
    r"(?P<target>[/?][^#]*)?"
    r"(?:#.*)?"
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[\w.\[\]:-]*")
_MAX_NAME = 253
"""Characters of a name: 255 octets on the wire (RFC 1035, 2.3.4), two of which frame it."""

_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a callback goes, credentials apart.

    *host* is lower-case ASCII without brackets, an address in its shortest form; *target* is the
    path and query as written, and *authorization* the value of the header that the URL's
    credentials become (or None).
    """

    scheme: str
    host: str
    port: int
    target: str
    authorization: str | None = field(default=None, repr=False)

    @property
    def authority(self) -> str:
        """The value of the `Host` header: the port is left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority: what a receiver is connected to."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole URL, without credentials and fragment."""
        return self.origin + self.target

    def __str__(self) -> str:
        return masked_query(self.url)

    def __repr__(self) -> str:
        return f"<Endpoint {self}>"


@dataclass(frozen=True, slots=True)
class _Fault:
    sentence: str


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """What a callback URL may be. An empty *permitted_ports* permits every port.

    *port_refusal* is what the service says of another port. *private* URLs lead to this machine
    or into a network of one's own; the service itself is likely to refuse them (assumed).
    """

    permitted_ports: tuple[int, ...] = PERMITTED_PORTS
    port_refusal: str = INVALID_CALLBACK
    private: bool = True

    def read(self, url: str) -> Endpoint | Rejection:
        """Take *url* apart, or say why it is refused (`Invalid callback url.`, 400)."""
        endpoint = split(url)
        if isinstance(endpoint, str):
            return _refused(endpoint)
        return self.refusal(endpoint) or endpoint

    def refusal(self, endpoint: Endpoint) -> Rejection | None:
        """Why no callback may go to *endpoint*, None if one may."""
        if self.permitted_ports and endpoint.port not in self.permitted_ports:
            ports = ", ".join(str(port) for port in self.permitted_ports)
            return _refused(
                f"Port {endpoint.port} is not permitted for callbacks, only {ports} are. Leave the"
                " port out of the URL and say with connect() where it leads, or change"
                " Settings.permitted_ports.",
                self.port_refusal,
            )
        if not self.private and is_private(endpoint.host):
            return _refused(
                f"{endpoint.host} is private to a machine or a network, and"
                " Settings.private_callbacks is off. Use a public name, and say with connect()"
                " where it leads."
            )
        return None


@lru_cache(maxsize=64)  # a test says the same few URLs again and again
def split(url: str) -> Endpoint | str:
    """Split *url* into an `Endpoint`, or return the sentence that says what is wrong with it.

    The sentence never shows what may be a part of the URL's credentials.
    """
    if not url:
        return "The URL is empty."
    unfit = _UNFIT.search(url)
    if unfit:
        return f"The URL contains {unfit[0]!r}; percent-encode it."
    match = _URL.fullmatch(url)
    if not match:
        return "The URL has no scheme and host; write it as https://host/path."
    scheme = match["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        return f"The scheme {scheme!r} is not supported; use http or https."
    host = _host(match["host"])
    if host is None:
        host_text = _shown(match["host"], url)
        return f"The host{host_text} is no host name or address that all clients read alike."
    port = _port(match["port"], scheme)
    if port is None:
        # It is not shown: what stands behind a colon may be the beginning of a password.
        return "The port is not a number from 1 to 65535."
    authorization = _basic(match["userinfo"])
    if isinstance(authorization, _Fault):
        return authorization.sentence
    target = match["target"] or "/"
    return Endpoint(
        scheme=scheme,
        host=host,
        port=port,
        # ASCII stays as written, escapes too; only what no request line can hold is encoded.
        target=quote(target if target.startswith("/") else f"/{target}", safe=_VISIBLE),
        authorization=authorization,
    )


def read_origin(url: str) -> str | None:
    """Turn `https://app.example` (or a URL under it) into an origin, or None if it is none."""
    endpoint = split(url)
    return None if isinstance(endpoint, str) else endpoint.origin


def read_place(url: str) -> tuple[str, str] | None:
    """Turn *url* into an origin and the path below it, or None if it is none.

    A slash at the end of a path says nothing, so the path of a whole origin is empty.
    """
    endpoint = split(url)
    if isinstance(endpoint, str):
        return None
    return endpoint.origin, endpoint.target.partition("?")[0].rstrip("/")


def is_below(target: str, path: str) -> bool:
    """Whether *target* is at *path* or below it: `/a` is not above `/ab`."""
    return f"{target.partition('?')[0]}/".startswith(f"{path}/")


def _host(text: str) -> str | None:
    if text.startswith("["):
        return _address(IPv6Address, text[1:-1])
    host = text.lower() if text.isascii() else _idna(text)
    labels = host.removesuffix(".").split(".")
    if len(host) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    # `127.1`, `0x7f000001` and `2130706433` are addresses to some resolvers and names to others.
    return _address(IPv4Address, host) if _NUMERIC.fullmatch(labels[-1]) else host


def _address(kind: type[IPv4Address | IPv6Address], text: str) -> str | None:
    try:
        return None if "%" in text else str(kind(text))
    except ValueError:
        return None


def _idna(text: str) -> str:
    """Turn an international name into ASCII; nothing comes of one that has two readings.

    IDNA 2003 and UTS 46 part ways at `ß`, `ς` and joiners, and whatever is mapped to another
    character (full-width letters, circled digits, other full stops) is read by some and not by all.
    """
    if len(text) > _MAX_NAME:
        return ""
    name = normalize("NFC", text.lower())
    try:
        host = name.encode("idna").decode("ascii")
        again = host.encode("ascii").decode("idna")
    except UnicodeError:
        return ""
    alike = again == name == normalize("NFKC", name.casefold()) and name.isprintable()
    return host if alike else ""


def _port(text: str | None, scheme: str) -> int | None:
    if not text:
        return DEFAULT_PORTS[scheme]
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        return None
    port = int(text)
    return port if 1 <= port <= 65535 else None


def _basic(userinfo: str | None) -> str | _Fault | None:
    """Turn `user:password`, percent-encoded, into the value of a Basic header.

    "embed username-password authentication credentials in the callback URL" (documented). They
    end at the last `@`, as WHATWG's parser and Python's have it, so a bare one before it is theirs
    (assumed; RFC 3986 has it encoded).
    """
    if not userinfo:
        return None
    for character in "[]":
        if character in userinfo:
            code = f"%{ord(character):02X}"
            return _Fault(f"The credentials contain {character!r}; percent-encode it as {code}.")
    if _BAD_ESCAPE.search(userinfo):
        return _Fault("The credentials contain a '%' that escapes nothing; write it as %25.")
    user, _, password = map(unquote_to_bytes, userinfo.partition(":"))
    if b":" in user:
        return _Fault("The user name contains ':', which Basic authentication cannot carry.")
    pair = user + b":" + password
    if any(byte < 0x20 or byte == 0x7F for byte in pair):
        return _Fault("The credentials contain a control character.")
    return "Basic " + base64.b64encode(pair).decode("ascii")


def _shown(host: str, url: str) -> str:
    """Quote *host*, but not where it may hold credentials: `https://ada:s3/cret@app.example`."""
    return f" {host!r}" if _PLAIN.fullmatch(host) and not may_hold_credentials(url) else ""


def unresolved(endpoint: Endpoint) -> Rejection:
    """The refusal of a host that has no address (observed for another endpoint)."""
    return Rejection(
        400,
        "Bad Request",
        "Failed to resolve callback.",
        f"{endpoint.host} leads nowhere, and Settings.resolve_callbacks is on. No name is looked up"
        f" for it: say with connect() where {endpoint.origin} leads, or add the host to"
        " Settings.allow_hosts.",
    )


def _refused(hint: str, message: str = INVALID_CALLBACK) -> Rejection:
    return invalid_query(message, hint)
