"""Where a request says that it goes: a path, or as proxies are told, a whole URL."""

import re
from urllib.parse import unquote

from starlette.types import Scope

_ABSOLUTE = re.compile(rb"(?:https?|wss?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def in_origin_form(scope: Scope) -> Scope | None:
    """*scope* of a request whose target is a whole URL, as if it were a path; None for no URL.

    A server has to take such targets, and their host in place of the `Host` header (RFC 9112,
    3.2.2). Servers hand them on as they came.
    """
    absolute = _ABSOLUTE.fullmatch(scope.get("raw_path") or scope["path"].encode())
    if absolute is None:
        return None
    authority, raw_path = absolute[1], absolute[2] or b"/"
    headers = [(b"host", authority), *(pair for pair in scope["headers"] if pair[0] != b"host")]
    path = unquote(raw_path.decode("latin-1"))
    return {**scope, "path": path, "raw_path": raw_path, "headers": headers}
