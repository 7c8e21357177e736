"""A receiver that stores whole callbacks and no others, behind each thing that can be connected."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

from ringback import Headers

WAYS = ("scripted", "asgi", "wsgi", "socket")


class Store:
    """Answers *statuses* in order of arrival, the last one again and again."""

    def __init__(self, statuses: Sequence[int] = (200,)) -> None:
        self.begin_again(statuses)

    def begin_again(self, statuses: Sequence[int]) -> None:
        self._statuses = list(statuses)
        self.stored: list[tuple[Headers, bytes]] = []
        self.broken: list[bytes] = []
        """What came of bodies that never came whole."""

    def take(self, headers: Headers, body: bytes) -> int:
        self.stored.append((headers, body))
        return self._statuses[min(len(self.stored), len(self._statuses)) - 1]

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                self.broken.append(body)
                raise EOFError("the client has gone")
            body, more = body + event["body"], event["more_body"]
        pairs = ((name.decode(), value.decode()) for name, value in scope["headers"])
        status = self.take(Headers(pairs), body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"" if status == 204 else b"done"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        body, left = b"", int(environ["CONTENT_LENGTH"])
        while left:
            try:
                part = environ["wsgi.input"].read1(left)
            except ConnectionError:
                self.broken.append(body)
                raise
            body, left = body + part, left - len(part)
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_LENGTH"
        }
        status = self.take(Headers(headers), body)
        start_response(f"{status} Whatever", [])
        return [] if status == 204 else [b"done"]


@contextmanager
def listening(store: Store) -> Iterator[str]:
    """The base URL at which *store* listens."""

    class Handler(BaseHTTPRequestHandler):
        wbufsize: ClassVar[int] = -1

        def do_POST(self) -> None:
            length, body = int(self.headers["content-length"]), b""
            try:
                while len(body) < length and (part := self.rfile.read1(length - len(body))):
                    body += part
            except ConnectionResetError:
                pass
            self.close_connection = True
            if len(body) < length:
                store.broken.append(body)
                return
            status = store.take(Headers(self.headers.items()), body)
            content = b"" if status == 204 else b"done"
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # connections are reset on purpose

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
