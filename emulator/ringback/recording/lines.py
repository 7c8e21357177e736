"""Everything that happened as JSON lines: one fact on each, in order."""

import json

from ringback.recording.plain import fact
from ringback.service.service import Service


def json_lines(service: Service) -> str:
    """The journal of *service*, of which `Settings.keep` may have dropped the beginning."""
    with service.lock:
        facts = service.journal.since(0)
    return "".join(f"{json.dumps(fact(each), ensure_ascii=False)}\n" for each in facts)
