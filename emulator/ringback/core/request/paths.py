"""Paths and methods that the service does not have: which was meant."""

import re
from difflib import get_close_matches

from ringback.core.request.editions import V1, V2

SERVED = {
    V1.path: "POST",
    V2.path: "POST",
    "/v1/models": "GET",
    "/v2/models": "GET",
    "/v1/projects": "GET",
    "/v1/auth/token": "GET",
    "/v1/auth/grant": "POST",
}
"""The paths that clients write themselves, each with its method."""

_NEAR = 0.7
"""How alike a path and a known one must be: `/v1/listen` and `/v1/speak` are at 0.63."""

_VERSIONS = re.compile(r"^(?:/v\d+)+(?=/v\d+/)")


def advice(path: str, allow: str = "") -> str:
    """What to do about a request to *path*, where another method is *allow*ed, or nothing is."""
    if allow:
        return f"Did you mean {allow} {path}?"
    plain = _VERSIONS.sub("", "/" + path.lower().strip("/"))
    near = [each for each in (plain, f"/v1{plain}") if each in SERVED]
    near = near or get_close_matches(plain, SERVED, n=1, cutoff=_NEAR)
    if near:
        return f"Did you mean {SERVED[near[0]]} {near[0]}?"
    return f"{V1.path} is emulated, and what stands beside it there: of {path} there is nothing."
