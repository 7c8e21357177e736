"""What is sent to a callback endpoint: method, URL, headers, body."""

from dataclasses import dataclass

from ringback.core.callback import Endpoint
from ringback.core.headers import Headers
from ringback.core.speak import SpeakRequest


@dataclass(frozen=True, slots=True)
class CallbackMessage:
    """One request to a receiver. *url* carries no credentials; *body* is shared, never copied."""

    method: str
    url: str
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"<{self.method} {self.url}, {len(self.body)} bytes, {self.headers!r}>"


@dataclass(frozen=True, slots=True)
class MessageRules:
    """Which headers a callback carries.

    *dg_token*: the identifier of the API key that submitted the request. Documented on the
    callback page; withdrawn as a way to verify callbacks on 2026-10-27. *metadata*: the `dg-*`
    headers of the synchronous answer (assumed). Framing is by `Content-Length` (assumed).
    """

    dg_token: bool = True
    metadata: bool = True

    def compose(
        self,
        request: SpeakRequest,
        endpoint: Endpoint,
        request_id: str,
        key_id: str,
        body: bytes,
    ) -> CallbackMessage:
        """The message that brings *body*, the whole audio, to *endpoint*."""
        headers = [
            ("host", endpoint.authority),
            ("content-type", request.sound.content_type),
            ("content-length", str(len(body))),
        ]
        if self.dg_token:
            headers.append(("dg-token", key_id))
        if endpoint.authorization:
            headers.append(("authorization", endpoint.authorization))
        if self.metadata:
            headers += metadata(request, request_id)
        return CallbackMessage(request.method, endpoint.url, Headers(headers), body)


def metadata(request: SpeakRequest, request_id: str) -> list[tuple[str, str]]:
    """The `dg-*` headers of an answer (observed); old SDKs crash without them."""
    return [
        ("dg-request-id", request_id),
        ("dg-model-name", request.voice.name),
        ("dg-model-uuid", request.voice.model_uuid),
        ("dg-char-count", str(len(request.text))),
    ]
