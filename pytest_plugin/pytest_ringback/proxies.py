"""A proxy cannot reach loopback: clients are told to go past it, as long as a server is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_EXCEPTIONS = ("no_proxy", "NO_PROXY")
_LOOPBACK = "127.0.0.1"


@contextmanager
def past_proxies() -> Iterator[None]:
    """Add loopback to `NO_PROXY` where a variable names a proxy."""
    kept = {name: os.environ.get(name) for name in _EXCEPTIONS}
    excepted = kept["no_proxy"] or kept["NO_PROXY"] or ""
    hosts = {host.strip() for host in excepted.split(",")}
    named = any(value for name, value in os.environ.items() if name.lower() in _PROXIES)
    if not named or hosts & {_LOOPBACK, "*"}:
        yield
        return
    for name in _EXCEPTIONS:
        os.environ[name] = f"{excepted},{_LOOPBACK}".lstrip(",")
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
