"""The service's refusals, as values, and the JSON in which they travel."""

import json

from ringback.core.base.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """A request that the service turns down.

    *status*, *code* and *message* go over the wire as the service writes them. *hint* is our own
    advice to whoever reads the journal; it is never sent.
    """

    status: int
    code: str
    message: str
    hint: str = ""

    def payload(self, request_id: str) -> dict[str, str]:
        """The answer's object: `err_code`, `err_msg` and `request_id`."""
        return {"err_code": self.code, "err_msg": self.message, "request_id": request_id}

    def body(self, request_id: str) -> bytes:
        """The answer's bytes, compact UTF-8 JSON."""
        return json.dumps(
            self.payload(request_id), ensure_ascii=False, separators=(",", ":")
        ).encode()


def invalid_query(message: str, hint: str = "") -> Rejection:
    """400 for a query parameter."""
    return Rejection(400, "INVALID_QUERY_PARAMETER", message, hint)


def undeserialisable(reason: str, hint: str = "") -> Rejection:
    """400 for a query that does not fit its schema, in the words of the service's parser."""
    return invalid_query(f"Failed to deserialize query parameters: {reason}", hint)


def bad_payload(message: str, hint: str = "") -> Rejection:
    """400 for a body."""
    return Rejection(400, "PAYLOAD_ERROR", message, hint)


INVALID_CREDENTIALS = Rejection(401, "INVALID_AUTH", "Invalid credentials.")
