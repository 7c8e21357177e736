"""What the first lines to a proxy ask for."""

import re

from ringback.core.base.hosts import folded
from ringback.core.request.origin import SERVICE

_PORT = "443"
_REQUEST_LINE = re.compile(r"(?P<method>[A-Z]+) (?P<target>[\x21-\x7e]+) HTTP/1\.[01]\r?\n")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:/@?#]+):(?P<port>[0-9]{1,5})")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?P<authority>[^/?#@]+)")

_SHOWN = 200
"""Characters of a name that are kept."""


def destination(head: bytes) -> str | None:
    """Where a request with this *head* is to lead, `host:port`, or the host of a plain request.

    None for what is no request to a proxy. Credentials are no part of it.
    """
    line = _REQUEST_LINE.match(head.decode("latin-1"))
    if line is None:
        return None
    if line["method"] == "CONNECT":
        authority = _AUTHORITY.fullmatch(line["target"])
        return authority and f"{folded(authority['host'])}:{authority['port']}"[:_SHOWN]
    url = _URL.match(line["target"])
    return url and folded(url["authority"])[:_SHOWN]


def leads_to_the_service(head: bytes) -> bool:
    """Whether a request with this *head* wants a tunnel to the service."""
    return head.startswith(b"CONNECT ") and destination(head) == f"{SERVICE}:{_PORT}"
