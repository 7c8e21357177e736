"""Where a redirect leads, for a dispatcher that is set to follow them."""

from dataclasses import replace
from urllib.parse import urljoin

from ringback.core.base.dataclass import dataclass
from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Answered, Outcome
from ringback.core.request.endpoint import CallbackRules, Endpoint, split

MAX_HOPS = 5
"""How many redirects of one attempt are followed."""

_TURNED_INTO_GET = {301: ("POST",), 302: ("POST",), 303: ("POST", "PUT")}
"""Whose method changes, as HTTP clients do it (RFC 9110, 15.4)."""

_KEEPING = (307, 308)
_OF_THE_BODY = frozenset({"content-type", "content-length", "transfer-encoding"})
_CREDENTIALS = frozenset({"authorization", "dg-token"})


@dataclass(frozen=True, slots=True)
class Hop:
    """The next request of an attempt that was redirected."""

    message: CallbackMessage
    endpoint: Endpoint


def next_hop(
    message: CallbackMessage,
    endpoint: Endpoint,
    outcome: Outcome,
    rules: CallbackRules | None = None,
) -> Hop | str | None:
    """The request to which *outcome* redirects *message*, or None if it redirects nowhere.

    A URL that the *rules* would refuse as a callback is not followed: then the sentence that says
    why is returned. Credentials do not go to another origin, and those in a `Location` are
    nobody's.
    """
    if not isinstance(outcome, Answered) or "location" not in outcome.headers:
        return None
    if outcome.status not in _TURNED_INTO_GET and outcome.status not in _KEEPING:
        return None
    target = _resolved(endpoint, outcome.headers["location"])
    if target is None:
        return None
    refusal = (rules or CallbackRules()).refusal(target)
    if refusal is not None:
        return f"the redirect to {target} was not followed: {refusal.hint}"
    dropped = {"host"}
    method, body = message.method, message.body
    if method in _TURNED_INTO_GET.get(outcome.status, ()):
        method, body = "GET", b""
        dropped |= _OF_THE_BODY
    if target.origin != endpoint.origin:
        dropped |= _CREDENTIALS
    kept = [pair for pair in message.headers.on_the_wire if pair[0].lower() not in dropped]
    headers = Headers([("host", target.authority), *kept])
    return Hop(CallbackMessage(method, target.url, headers, body), target)


def _resolved(endpoint: Endpoint, location: str) -> Endpoint | None:
    try:
        target = split(urljoin(endpoint.url, location))
    except ValueError:  # brackets that hold no address
        return None
    return None if isinstance(target, str) else replace(target, authorization=None)
