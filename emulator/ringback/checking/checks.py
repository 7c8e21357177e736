"""The checks, one a function: what is sent, and what a receiver should make of it.

Each begins with callbacks of its own, so that none depends on another. `battery` has them in their
order, with what each is good for.
"""

from dataclasses import dataclass
from typing import TypeAlias

from ringback.checking.callbacks import (
    Callbacks,
    basic,
    in_odd_case,
    request_id_of,
    with_body,
    with_headers,
)
from ringback.checking.storage import Storage
from ringback.checking.verdicts import Verdict
from ringback.checking.wire import Framing, Seen, Wire
from ringback.core.delivery.message import CallbackMessage

LARGE = 5_000_000
"""Bytes of a large body: 2,000 characters as linear16 at 48 kHz are some 15 MB at their longest."""

PAUSE = 0.05
"""Real seconds between the pieces of a body on a slow connection."""

FOREIGN = "00000000-0000-4000-8000-000000000000"
"""A `dg-token` that is nobody's."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a check works with."""

    callbacks: Callbacks
    wire: Wire
    storage: Storage
    auth: tuple[str, str] | None
    limit: float
    is_wsgi: bool = False


Finding: TypeAlias = tuple[Verdict, str]
"""A verdict, and what was seen."""


def _passes(seen: str) -> Finding:
    return Verdict.PASS, seen


def _fails(seen: str) -> Finding:
    return Verdict.FAIL, seen


def _does_not_apply(seen: str) -> Finding:
    return Verdict.NOT_APPLICABLE, seen


def _accepted(bench: Bench, seen: Seen, message: CallbackMessage) -> Finding:
    """Whether *message* was accepted, and stored if anybody can tell."""
    if not seen.accepted:
        return _fails(str(seen))
    return _stored_once(bench, message, str(seen))


def _stored_once(bench: Bench, message: CallbackMessage, said: str) -> Finding:
    times = bench.storage.times(request_id_of(message))
    if times is None:
        return _passes(said)
    if times == 1:
        return _passes(f"{said}, and stored once")
    return _fails(f"{said}, and stored {_times(times)}")


def _times(count: int) -> str:
    return {0: "nothing", 1: "once", 2: "twice"}.get(count, f"{count} times")


# -- what every receiver meets ---------------------------------------------------------------------


def accepts_post(bench: Bench) -> Finding:
    """A plain callback."""
    message = bench.callbacks.make()
    return _accepted(bench, bench.wire.send(message), message)


def accepts_put(bench: Bench) -> Finding:
    """The same by PUT."""
    message = bench.callbacks.make(method="PUT")
    return _accepted(bench, bench.wire.send(message), message)


def answers_in_time(bench: Bench) -> Finding:
    """How long an answer takes."""
    seen = bench.wire.send(bench.callbacks.make())
    if seen.status is None:
        return _fails(str(seen))
    said = f"answered after {seen.took:.2f} s of {bench.limit:g}"
    return _passes(said) if seen.took < bench.limit / 2 else _fails(f"{said}: too close")


def stores_before_it_answers(bench: Bench) -> Finding:
    """Whether what was acknowledged is there at that moment."""
    message = bench.callbacks.make()
    seen = bench.wire.send(message)
    times = bench.storage.at_once(request_id_of(message))
    if times is None:
        return _does_not_apply("nobody says what it has stored (stored=, --state-url)")
    if times:
        return _passes("it was stored when the answer came")
    return _fails(f"{seen}, and nothing was stored yet")


# -- the same again --------------------------------------------------------------------------------


def same_again(bench: Bench) -> Finding:
    """A copy after a success."""
    message = bench.callbacks.make()
    first, second = bench.wire.send(message), bench.wire.send(message)
    return _both(bench, message, first, second, "the copy")


def answer_lost(bench: Bench) -> Finding:
    """A retry after an answer that nobody has heard."""
    message = bench.callbacks.make()
    bench.wire.send(message, lost=True)
    again = bench.wire.send(message)
    return _both(bench, message, again, again, "the retry")


def two_at_once(bench: Bench) -> Finding:
    """Two copies at the same time."""
    message = bench.callbacks.make()
    seen = bench.wire.send_together(message)
    if not all(each.accepted or each.status == 409 for each in seen):
        return _fails(" and ".join(map(str, seen)))
    if not any(each.accepted for each in seen):
        return _fails("none of the two was accepted")
    return _stored_once(bench, message, "one was accepted at least")


def copy_much_later(bench: Bench) -> Finding:
    """An old body once more, when others have come since."""
    old, new = bench.callbacks.make(), bench.callbacks.make()
    first = bench.wire.send(old)
    bench.wire.send(new)
    return _both(bench, old, first, bench.wire.send(old), "the old one")


def out_of_order(bench: Bench) -> Finding:
    """The callback of a later job first: that of the earlier one had to be retried."""
    earlier, later = bench.callbacks.make(), bench.callbacks.make()
    seen = [bench.wire.send(later), bench.wire.send(earlier)]
    if not all(each.accepted for each in seen):
        return _fails(f"{seen[0]}, then {seen[1]}")
    found = [_stored_once(bench, each, "both were accepted") for each in (later, earlier)]
    return min(found, key=lambda each: each[0] is not Verdict.FAIL)


def _both(bench: Bench, message: CallbackMessage, first: Seen, second: Seen, copy: str) -> Finding:
    if not (first.accepted and second.accepted):
        return _fails(f"{copy}: {second}" if first.accepted else str(first))
    return _stored_once(bench, message, f"{copy}: {second}")


# -- other ways to send it -------------------------------------------------------------------------


def slow_connection(bench: Bench) -> Finding:
    """A body in pieces."""
    message = bench.callbacks.make()
    return _accepted(bench, bench.wire.send(message, pause=PAUSE), message)


def large_body(bench: Bench) -> Finding:
    """A body of 5 MB."""
    message = bench.callbacks.make()
    message = with_body(message, (message.body * (LARGE // len(message.body) + 1))[:LARGE])
    return _accepted(bench, bench.wire.send(message), message)


def empty_body(bench: Bench) -> Finding:
    """No audio at all."""
    message = with_body(bench.callbacks.make(), b"")
    return _unharmed(bench.wire.send(message))


def chunked_body(bench: Bench) -> Finding:
    """A body whose length nobody has said."""
    return _framed(bench, "chunked")


def expect_continue(bench: Bench) -> Finding:
    """A sender that asks whether it may go on."""
    return _framed(bench, "expect")


def http_1_0(bench: Bench) -> Finding:
    """A proxy of the old kind in between."""
    message = bench.callbacks.make()
    return _accepted(bench, bench.wire.send(message, framing="1.0"), message)


def names_in_odd_case(bench: Bench) -> Finding:
    """Header names in other letters."""
    message = bench.callbacks.make()
    return _accepted(bench, bench.wire.send(in_odd_case(message)), message)


def unknown_headers(bench: Bench) -> Finding:
    """Headers of tomorrow."""
    message = bench.callbacks.make()
    more = with_headers(message, dg_tomorrow="1", traceparent=f"00-{'1' * 32}-{'2' * 16}-01")
    return _accepted(bench, bench.wire.send(more), message)


def _framed(bench: Bench, framing: Framing) -> Finding:
    if bench.is_wsgi:
        return _does_not_apply("a server decides, not a WSGI application: check its URL")
    message = bench.callbacks.make()
    seen = bench.wire.send(message, framing=framing)
    if framing == "chunked" and seen.status == 411:
        return _passes("answered 411, and asks for a length")
    return _accepted(bench, seen, message)


def _unharmed(seen: Seen) -> Finding:
    if seen.status is None or seen.status >= 500:
        return _fails(str(seen))
    return _passes(str(seen))


# -- who may call ----------------------------------------------------------------------------------


def missing_credentials(bench: Bench) -> Finding:
    """No `Authorization`."""
    return _refused(bench, None)


def wrong_credentials(bench: Bench) -> Finding:
    """Another password."""
    return _refused(bench, None if bench.auth is None else basic(bench.auth[0], "not this one"))


def dg_token_alone(bench: Bench) -> Finding:
    """A `dg-token`, which anybody can send, in place of credentials; and one that is unknown."""
    if bench.auth is not None:
        message = bench.callbacks.make()
        seen = bench.wire.send(with_headers(message, authorization=None))
        if seen.accepted:
            return _fails("accepted by its dg-token, without credentials")
        other = with_headers(bench.callbacks.make(), dg_token=None)
        seen = bench.wire.send(other)
        if not seen.accepted:
            return _fails(f"with credentials and without dg-token: {seen}")
        return _passes("it decides by the credentials")
    seen = bench.wire.send(with_headers(bench.callbacks.make(), dg_token=FOREIGN))
    if seen.refused:
        return _fails(f"with another dg-token: {seen}, so it goes by that")
    return _does_not_apply("it lets everybody in: see missing-credentials")


def _refused(bench: Bench, authorization: str | None) -> Finding:
    if bench.auth is None:
        return _does_not_apply("no credentials were given that it asks for (auth=, --auth)")
    message = with_headers(bench.callbacks.make(), authorization=authorization, dg_token=None)
    seen = bench.wire.send(message)
    stored = bench.storage.at_once(request_id_of(message))
    if seen.refused and not stored:
        return _passes(str(seen))
    return _fails(f"{seen}" + (", and stored it" if stored else ""))


# -- what is no audio ------------------------------------------------------------------------------


def error_in_place_of_audio(bench: Bench) -> Finding:
    """The JSON of a job that has failed."""
    message = bench.callbacks.make(failed=True)
    seen = bench.wire.send(message)
    if bench.storage.at_once(request_id_of(message)):
        return _fails(f"{seen}, and stored the error as if it were audio")
    if not seen.accepted:
        return _fails(f"{seen}: it will come ten times more")
    return _passes(str(seen))
