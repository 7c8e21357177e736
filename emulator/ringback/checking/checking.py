"""`check`: the battery against a receiver, at a URL or in this process."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ringback.checking.battery import BATTERY, FIRST, Check
from ringback.checking.callbacks import Callbacks
from ringback.checking.checks import Bench
from ringback.checking.hosting import hosted
from ringback.checking.storage import Storage, Stored
from ringback.checking.verdicts import NOT_TRIED, CheckReport, CheckResult, Verdict
from ringback.checking.wire import Wire
from ringback.core.base.masking import masked_url
from ringback.core.request.endpoint import Endpoint, split
from ringback.core.rules import RULES
from ringback.errors import SettingsError

LIMIT = 10.0
"""Seconds after which the dispatcher gives up on an answer."""


def check(
    receiver: Any,
    *,
    path: str = "/",
    auth: tuple[str, str] | None = None,
    stored: Stored | None = None,
    dg_token: str | None = None,
    limit: float = LIMIT,
    ca_file: str | None = None,
    tls_verify: bool = True,
) -> CheckReport:
    """Send *receiver* callbacks of every awkward kind, and report what it made of each.

    *receiver* is the URL that callbacks go to, or an ASGI or WSGI application of this process,
    which is served on a loopback port meanwhile; *path* is then where it takes callbacks. *auth*
    are the user and the password that it asks for; those in a URL do as well. *stored* returns the
    request ids that it has stored, one entry each time: without it nobody can tell whether a copy
    was stored twice. *dg_token* is the identifier that it may look for. No answer is waited for
    longer than *limit* real seconds; with https, *ca_file* and *tls_verify* are as in `Settings`.

    It writes to the receiver's storage: check a copy that may be thrown away. Raises
    `SettingsError` for a URL or an application that is none, and `ServerError` for one that does
    not start.
    """
    with _at(receiver, path) as (url, is_wsgi):
        endpoint = split(url)
        if isinstance(endpoint, str):
            raise SettingsError(f"check({masked_url(url)!r}): {endpoint}")
        tls = _tls(endpoint, ca_file, tls_verify=tls_verify)
        auth = auth or _auth_of(endpoint)
        with Callbacks(endpoint, auth, dg_token) as callbacks:
            bench = Bench(
                callbacks, Wire(endpoint, limit, tls), Storage(stored), auth, limit, is_wsgi
            )
            return CheckReport(masked_url(url), tuple(_results(bench)))


def _results(bench: Bench) -> Iterator[CheckResult]:
    first = _made(FIRST, bench)
    if first.verdict is Verdict.FAIL:
        yield replace(first, seen=first.seen + _advice(first.seen))
        for each in BATTERY[1:]:
            yield _result(each, Verdict.NOT_APPLICABLE, NOT_TRIED)
        return
    yield first
    for each in BATTERY[1:]:
        yield _made(each, bench)


def _made(each: Check, bench: Bench) -> CheckResult:
    verdict, seen = each.make(bench)
    return _result(each, verdict, seen)


def _result(each: Check, verdict: Verdict, seen: str) -> CheckResult:
    return CheckResult(each.name, verdict, seen, each.why, each.rule, _STANDINGS.get(each.rule, ""))


_STANDINGS = {rule.name: str(rule.standing) for rule in RULES}


def _advice(seen: str) -> str:
    if "404" in seen or "405" in seen:
        return " (is that where it takes callbacks? The URL's path, or path=, says where)"
    if "401" in seen or "403" in seen:
        return " (does it ask for credentials? auth= and --auth say which)"
    if "reached" in seen:
        return " (is it running?)"
    return ""


@contextmanager
def _at(receiver: Any, path: str) -> Iterator[tuple[str, bool]]:
    if isinstance(receiver, str):
        if path != "/":
            raise SettingsError(f"path={path!r} is for an application; a URL has its path in it")
        yield receiver, False
        return
    with hosted(receiver) as (url, is_wsgi):
        yield url + (path if path.startswith("/") else f"/{path}"), is_wsgi


def _tls(endpoint: Endpoint, ca_file: str | None, *, tls_verify: bool) -> ssl.SSLContext | None:
    if endpoint.scheme != "https":
        return None
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise SettingsError(f"ca_file={ca_file!r} cannot be read: {error}") from None
    if not tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _auth_of(endpoint: Endpoint) -> tuple[str, str] | None:
    """The credentials of a URL."""
    import base64

    if not endpoint.authorization:
        return None
    user, _, password = base64.b64decode(endpoint.authorization[6:]).decode().partition(":")
    return user, password
