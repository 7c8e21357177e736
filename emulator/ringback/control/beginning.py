"""The end of a test and the beginning of the next: what was left behind, and a clean state."""

from ringback.control.asked import Reset, Verify
from ringback.control.models import Dropped, Verdict
from ringback.control.operations import Call
from ringback.control.problems import Problem, meant, quoted
from ringback.service.leftovers import KINDS, complaint
from ringback.service.service import Service


def verify(call: Call) -> Verdict:
    """Say what a strict test would."""
    service, allow = call.service, call.said(Verify).allow
    for kind in allow:
        if kind not in KINDS:
            advice = meant(kind, KINDS) or f" There are {', '.join(KINDS)}."
            raise Problem(422, f"allow: nothing of the kind {quoted(kind)} is looked for.{advice}")
    everything = service.leftovers() if service.owner is None else service.owner.leftovers()
    found = {kind: told for kind, told in everything.items() if told and kind not in allow}
    said = f"{complaint(found)}\n\n" if found else ""
    return Verdict(ok=not found, leftovers=found, text=f"{said}{service.timeline}")


def reset(call: Call) -> Dropped:
    """Begin again at zero; for another test, what was found so far is forgotten."""
    service, forget = call.service, call.said(Reset).forget
    if service.owner is None:
        raise Problem(409, "this emulator cannot begin again: start another")
    dropped = _held(service)
    if forget:
        service.owner.end_test()
    else:
        service.owner.reset()
    return dropped


def _held(service: Service) -> Dropped:
    with service.lock:
        return Dropped(
            pending=[each.request_id for each in service.pending],
            deliveries=len(service.deliveries),
            requests=len(service.requests),
            facts=len(service.journal),
        )
