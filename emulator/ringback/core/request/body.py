"""The body of a request, into the text that is to be spoken."""

import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal
from urllib.parse import urlsplit

from ringback.core.base.dataclass import dataclass
from ringback.core.base.rejection import Rejection, bad_payload

MAX_CHARACTERS = 2000
"""The longest text, in Unicode code points (documented; the unit is assumed)."""

MAX_BODY = 2 * 1024 * 1024
"""The largest body, in bytes (documented as 2 MB)."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a pair that no encoder could carry on; JSON may spell one all the same."""

_EMPTY = Rejection(400, "Bad Request", "Input text contains no characters.")


def encoding_refusal(content_encoding: str | None) -> Rejection | None:
    """Why a body with this `Content-Encoding` is refused, None if it is none.

    No page mentions it. Without the header a compressed body is no UTF-8 and so refused, too; the
    status is the one that HTTP has for a coding that is not understood (RFC 9110, 15.5.16).
    """
    if (content_encoding or "identity").strip().lower() in ("", "identity"):
        return None
    return Rejection(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "`Content-Encoding` header is not supported.",
        "Send the body as it is: the service is not known to take compressed ones.",
    )


@dataclass(frozen=True, slots=True)
class BodyRules:
    """What a body may be.

    *longest* is in code points. *remote_texts* are what the URLs lead to that may stand in place
    of a text: nothing is ever fetched.
    """

    longest: int = MAX_CHARACTERS
    too_long_status: int = 413
    blank: Literal["silence", "refuse"] = "silence"
    remote_texts: Mapping[str, str] = field(default_factory=dict)

    def read(self, content_type: str | None, body: bytes) -> str | Rejection:
        """Read the text from a JSON object or from plain text; `refusal` says if it will do."""
        if len(body) > MAX_BODY:
            return Rejection(413, "PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 MB.")
        kind = (content_type or "").partition(";")[0].strip().lower()
        if kind not in ("application/json", "text/plain"):
            return Rejection(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "`Content-Type` header is not supported. `Content-Type` must be either `text/plain`"
                " or `application/json`.",
            )
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return bad_payload("Failed to decode payload as UTF-8.")
        return self._text_of(text) if kind == "application/json" else text

    def refusal(self, spoken: str) -> Rejection | None:
        """Why a text of which *spoken* is to be heard is refused, None if it is not."""
        if not spoken or (self.blank == "refuse" and not spoken.strip()):
            return _EMPTY
        if len(spoken) > self.longest:
            return Rejection(
                self.too_long_status,
                "Payload Too Large" if self.too_long_status == 413 else "UNPROCESSABLE_ENTITY",
                f"Input text exceeds maximum character limit of {self.longest}.",
            )
        return None

    def _text_of(self, document: str) -> str | Rejection:
        try:
            # An object becomes a tuple of pairs, which no other JSON does; so a repeated key shows.
            loaded = json.loads(document, object_pairs_hook=tuple)
        except (ValueError, RecursionError):
            return bad_payload("Failed to deserialize JSON payload.")
        match loaded if isinstance(loaded, tuple) else ():
            case (("text", str(text)),) if not LONE_SURROGATE.search(text):
                return text
            case (("text", str()),):
                # Valid JSON, and yet no text.
                return bad_payload("Failed to decode payload as UTF-8.")
            case (("url", str(url)),):
                return self._fetched(url)
            case _:
                return bad_payload(
                    "Failed to deserialize JSON payload. Please specify exactly one of `text` or"
                    " `url` in the JSON body.",
                    "The body must be exactly an object with the key `text`: parameters go into the"
                    " query.",
                )

    def _fetched(self, url: str) -> str | Rejection:
        if url in self.remote_texts:
            return self.remote_texts[url]
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return bad_payload("Failed to parse URL in JSON body.")
        return Rejection(
            400,
            "REMOTE_CONTENT_ERROR",
            "URL for media download must be publicly routable.",
            "Ringback fetches nothing; put what is there into Settings.remote_texts, or send the"
            " text itself.",
        )
