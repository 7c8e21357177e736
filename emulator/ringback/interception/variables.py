"""The variables by which clients find the proxy, and trust it."""

import re
from collections.abc import Iterable, Mapping

from ringback.core.base.hosts import folded
from ringback.core.request.origin import SERVICE

PROXY = ("HTTPS_PROXY", "https_proxy")
NO_PROXY = ("NO_PROXY", "no_proxy")

BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Each names a file that is trusted in place of the usual one."""

MORE = "NODE_EXTRA_CA_CERTS"
"""It names a file that is trusted beside what Node brings."""

_PORT = re.compile(r"(?<=[^:]):[0-9]+$")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def variables(
    environ: Mapping[str, str], *, proxy: str, bundle: str, more: str, script: str
) -> dict[str, str]:
    """What is to be set over *environ*: the URL of the *proxy*, and the files to be trusted.

    *bundle* has the usual authorities and ours, *more* ours alone; Node runs *script* first.
    """
    spared = next((environ[name] for name in NO_PROXY if environ.get(name)), "")
    options, ours = environ.get("NODE_OPTIONS", ""), f"--require {_quoted(script)}"
    if not options.endswith(ours):
        options = f"{options} {ours}".lstrip()
    return {
        **dict.fromkeys(PROXY, proxy),
        **dict.fromkeys(NO_PROXY, ",".join(_spared(spared.split(",")))),
        **dict.fromkeys(BUNDLES, bundle),
        MORE: more,
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": options,
    }


def _spared(hosts: Iterable[str]) -> list[str]:
    """Those that clients go to past every proxy: *hosts* but the service, and loopback."""
    kept = [host for each in hosts if (host := each.strip()) and not _covers_the_service(host)]
    return [*kept, *(each for each in _LOOPBACK if each not in kept)]


def _covers_the_service(pattern: str) -> bool:
    """Whether an entry of `NO_PROXY` holds for the service, as one client or another reads it."""
    host = folded(_PORT.sub("", pattern)).removeprefix("*").removeprefix(".")
    return not host or f".{SERVICE}".endswith(f".{host}")


def _quoted(path: str) -> str:
    """*path* as one word of `NODE_OPTIONS`."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
