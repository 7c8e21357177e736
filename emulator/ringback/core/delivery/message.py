"""What is sent to a callback endpoint: method, URL, headers, body."""

import base64
import hashlib
from dataclasses import field
from typing import Literal, TypeAlias

from ringback.core.base.dataclass import dataclass
from ringback.core.base.headers import Headers
from ringback.core.base.masking import masked_query
from ringback.core.base.rejection import Rejection
from ringback.core.request.endpoint import Endpoint
from ringback.core.request.speak import SpeakRequest

BodyForm: TypeAlias = Literal["raw", "json-base64"]
Framing: TypeAlias = Literal["content-length", "chunked"]

JSON = "application/json"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class CallbackMessage:
    """One request to a receiver. *url* carries no credentials; *body* is shared, never copied.

    Where bodies are not kept, *body* is empty and *digest* its SHA-256, in hexadecimal digits.
    *original* is what a fault on the way has made this of.
    """

    method: str
    url: str
    headers: Headers
    body: bytes
    digest: str = ""
    original: "CallbackMessage | None" = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        body = f"sha256 {self.digest}" if self.digest else f"{len(self.body)} bytes"
        return f"<{self.method} {masked_query(self.url)}, {body}, {self.headers!r}>"

    def carries(self, body: bytes) -> bool:
        """Whether *body* is its body, which may be kept by digest alone."""
        if self.digest:
            return hashlib.sha256(body).hexdigest() == self.digest
        return self.body == body

    def by_digest(self) -> "CallbackMessage":
        """The same without its body."""
        digest = hashlib.sha256(self.body).hexdigest()
        return CallbackMessage(self.method, self.url, self.headers, b"", digest)


@dataclass(frozen=True, slots=True)
class MessageRules:
    """What a callback carries, and how.

    *dg_token*: the identifier of the API key that submitted the request. Documented on the
    callback page; withdrawn as a way to verify callbacks on 2026-10-27. *metadata*: the `dg-*`
    headers of the synchronous answer (assumed). *body* is the audio as it is, or in JSON as the
    specification had it until 2025; *content_type* stands in for that of the synchronous answer.
    *basic_auth*: the credentials of the URL. *status_header* names a header that says how the job
    went, for a request has no status.
    """

    dg_token: bool = True
    metadata: bool = True
    body: BodyForm = "raw"
    content_type: str | None = None
    framing: Framing = "content-length"
    user_agent: str | None = None
    basic_auth: bool = True
    status_header: str | None = None

    def compose(
        self,
        request: SpeakRequest,
        endpoint: Endpoint,
        request_id: str,
        key_id: str,
        content: bytes | Rejection,
    ) -> CallbackMessage:
        """The message that brings *content* to *endpoint*: the whole audio, or why there is none.

        A job that failed after its acknowledgement is told of in the words of a refusal, by the
        same method: seen of another endpoint, whose callbacks carry `err_code`.
        """
        if isinstance(content, Rejection):
            status, content_type, body = content.status, JSON, content.body(request_id)
        else:
            status, (content_type, body) = 200, self._audio(request, content)
        headers = [
            ("host", endpoint.authority),
            ("content-type", content_type),
            ("transfer-encoding", "chunked")
            if self.framing == "chunked"
            else ("content-length", str(len(body))),
        ]
        if self.user_agent is not None:
            headers.append(("user-agent", self.user_agent))
        if self.dg_token:
            headers.append(("dg-token", key_id))
        if endpoint.authorization and self.basic_auth:
            headers.append(("authorization", endpoint.authorization))
        if self.metadata:
            headers += metadata(request, request_id)
        if self.status_header is not None:
            headers.append((self.status_header, str(status)))
        return CallbackMessage(request.method, endpoint.url, Headers(headers), body)

    def _audio(self, request: SpeakRequest, audio: bytes) -> tuple[str, bytes]:
        if self.body == "raw":
            return self.content_type or request.sound.content_type, audio
        return self.content_type or JSON, b'{"results":"%s"}' % base64.b64encode(audio)


def metadata(request: SpeakRequest, request_id: str) -> list[tuple[str, str]]:
    """The `dg-*` headers of an answer (observed); old SDKs crash without them."""
    headers = [
        ("dg-request-id", request_id),
        ("dg-model-name", request.voice.name),
        ("dg-model-uuid", request.voice.model_uuid),
        ("dg-char-count", str(len(request.spoken))),
    ]
    if (script := request.script) is not None:
        headers.append(("dg-pronunciations-applied", str(script.pronunciations)))
        headers.append(("dg-breaks-applied", str(len(script.silences))))
        if script.warnings:
            headers.append(("dg-warnings", ",".join(script.warnings)))
    return headers
