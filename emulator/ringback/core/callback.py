"""Where a callback goes: the URL taken apart once, refused before anything is dialled.

URL parsers disagree about control characters, backslashes, odd ports and odd hosts, and a rule
that is checked with one parser and dialled with another is no rule. So whatever two parsers could
read differently is refused first, the rest is split once, and the parts, never the string, go on
to the sender.
"""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from ringback.core.rejection import Rejection, invalid_query

DEFAULT_PORTS = {"http": 80, "https": 443}
PERMITTED_PORTS = (80, 443, 8080, 8443)
""""only ports 80, 443, 8080, and 8443 are permitted for callbacks" (documented)."""

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
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
_IPV6_CHARACTERS = re.compile(r"[0-9a-f:.]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a callback goes, credentials apart.

    *host* is lower-case ASCII without brackets, *target* the path and query as written, and
    *authorization* the value of the header that the URL's credentials become (or None).
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
        return self.url


@dataclass(frozen=True, slots=True)
class _Fault:
    sentence: str


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """What a callback URL may be. An empty *permitted_ports* permits every port."""

    permitted_ports: tuple[int, ...] = PERMITTED_PORTS

    def read(self, url: str) -> Endpoint | Rejection:
        """Take *url* apart, or say why it is refused (`Invalid callback url.`, 400)."""
        endpoint = split(url)
        if isinstance(endpoint, str):
            return _refused(endpoint)
        if self.permitted_ports and endpoint.port not in self.permitted_ports:
            ports = ", ".join(str(port) for port in self.permitted_ports)
            return _refused(
                f"Port {endpoint.port} is not permitted for callbacks, only {ports} are. Leave the"
                " port out of the URL and say with connect() where it leads, or change"
                " Settings.permitted_ports."
            )
        return endpoint


def split(url: str) -> Endpoint | str:
    """Split *url* into an `Endpoint`, or return the sentence that says what is wrong with it."""
    if not url:
        return "The URL is empty."
    for character in url:
        if character < "\x21" or character == "\x7f":
            return f"The URL contains {character!r}; percent-encode it."
    if "\\" in url:
        return "The URL contains a backslash; percent-encode it as %5C."
    match = _URL.fullmatch(url)
    if not match:
        return "The URL has no scheme and host; write it as https://host/path."
    scheme = match["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        return f"The scheme {scheme!r} is not supported; use http or https."
    host = _host(match["host"])
    if host is None:
        return f"The host {match['host']!r} is not a host name or an address."
    port = _port(match["port"], scheme)
    if port is None:
        return f"The port {match['port']!r} is not a number from 1 to 65535."
    authorization = _basic(match["userinfo"] or "")
    if isinstance(authorization, _Fault):
        return authorization.sentence
    target = match["target"] or "/"
    return Endpoint(
        scheme=scheme,
        host=host,
        port=port,
        target=_ascii(target if target.startswith("/") else f"/{target}"),
        authorization=authorization,
    )


def read_origin(url: str) -> str | None:
    """Turn `https://app.example` (or a URL under it) into an origin, or None if it is none."""
    endpoint = split(url)
    return None if isinstance(endpoint, str) else endpoint.origin


def _host(text: str) -> str | None:
    if text.startswith("["):
        return _ipv6(text[1:-1].lower())
    try:
        host = text.lower() if text.isascii() else text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    # `127.1`, `0x7f000001` and `2130706433` are addresses to some resolvers and names to others.
    if _NUMERIC.fullmatch(labels[-1]) and not _IPV4.fullmatch(host):
        return None
    return host


def _ipv6(text: str) -> str | None:
    if not _IPV6_CHARACTERS.fullmatch(text) or text.count("::") > 1 or ":::" in text:
        return None
    head, _, tail = text.rpartition(":")
    groups = text
    if "." in tail:
        if not _IPV4.fullmatch(tail):
            return None
        groups = f"{head}:0:0"
    left, gap, right = groups.partition("::")
    parts = [part for side in (left, right) if side for part in side.split(":")]
    if not all(1 <= len(part) <= 4 and "." not in part for part in parts):
        return None
    return text if (len(parts) < 8 if gap else len(parts) == 8) else None


def _port(text: str | None, scheme: str) -> int | None:
    if not text:
        return DEFAULT_PORTS[scheme]
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        return None
    port = int(text)
    return port if 1 <= port <= 65535 else None


def _basic(userinfo: str) -> str | _Fault | None:
    """Turn `user:password`, percent-encoded, into the value of a Basic header.

    "embed username-password authentication credentials in the callback URL" (documented).
    """
    if not userinfo:
        return None
    if "@" in userinfo:
        return _Fault("The credentials contain '@'; percent-encode it as %40.")
    if _BAD_ESCAPE.search(userinfo):
        return _Fault("The credentials contain a '%' that escapes nothing; write it as %25.")
    user, _, password = map(unquote_to_bytes, userinfo.partition(":"))
    if b":" in user:
        return _Fault("The user name contains ':', which Basic authentication cannot carry.")
    pair = user + b":" + password
    if any(byte < 0x20 or byte == 0x7F for byte in pair):
        return _Fault("The credentials contain a control character.")
    return "Basic " + base64.b64encode(pair).decode("ascii")


def _ascii(target: str) -> str:
    """Leave ASCII byte for byte as written; percent-encode what no request line can hold."""
    return target if target.isascii() else quote(target, safe=_VISIBLE)


def _refused(hint: str) -> Rejection:
    return invalid_query("Invalid callback url.", hint)
