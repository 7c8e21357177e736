"""A real receiver on a loopback socket, for scenarios that are played over sockets.

It answers what the script says and remembers what came over the wire. Its script holds answers
only: what takes time, or is no answer, is a fault of the dispatcher instead, because a real
receiver could show it in real time alone.
"""

import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from types import TracebackType
from typing import Any, ClassVar, Self

from ringback.core.base.headers import Headers
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.reply import Reply

STOP_WITHIN = 0.01
"""Real seconds between two looks at whether to stop."""


class LoopbackReceiver:
    """Listens on a port of its own from `with` on; *scheme* is that of the callback's URL."""

    def __init__(self, replies: Sequence[Reply], context: ssl.SSLContext | None = None) -> None:
        """Answer *replies* in order, the last one again and again; with *context*, over TLS."""
        self._scheme = "http" if context is None else "https"
        self._replies = list(replies) or [Reply(200)]
        self.requests: list[CallbackMessage] = []
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = TCPServer(("127.0.0.1", 0), handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_WITHIN,), name="loopback receiver"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL at which it really listens."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def take(self, method: str, target: str, headers: Headers, body: bytes) -> Reply:
        """Remember one request and choose its answer."""
        url = f"{self._scheme}://{headers.get('host', '')}{target}"
        self.requests.append(CallbackMessage(method, url, headers, body))
        return self._replies[min(len(self.requests), len(self._replies)) - 1]


class _Handler(BaseHTTPRequestHandler):
    receiver: ClassVar[LoopbackReceiver]
    protocol_version = "HTTP/1.1"

    def handle_callback(self) -> None:
        chunked = self.headers.get("transfer-encoding") == "chunked"
        length = int(self.headers.get("content-length", 0))
        try:
            body = b"".join(self._chunks()) if chunked else self.rfile.read(length)
        except (ConnectionError, ValueError):  # it broke, perhaps where the size of a chunk belongs
            body, length = b"", 1
        if len(body) < length:
            self.close_connection = True
            return
        headers = Headers(self.headers.items())
        # `path` has lost all but one of the slashes that it may begin with.
        target = self.requestline.split(" ")[1]
        reply = self.receiver.take(self.command, target, headers, body)
        content = reply.body.encode() if isinstance(reply.body, str) else reply.body
        bodiless = reply.status in (204, 304)
        self.send_response_only(reply.status)
        for name, value in dict(reply.headers).items():
            self.send_header(name, value)
        if not bodiless:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        if not bodiless:
            self.wfile.write(content)
        self.close_connection = True

    def _chunks(self) -> Iterator[bytes]:
        """The chunks of a body. The emulator sends neither extensions nor trailers."""
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    # The names by which `http.server` finds the handler of a method.
    do_POST = do_PUT = handle_callback

    def log_message(self, format: str, *args: Any) -> None:
        """Keep standard error for people."""
