"""A WebSocket client without manners: it sends what it is told, byte for byte."""

import base64
import json
import socket
import struct
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class RudeClient:
    """An open stream on a bare socket whose upgrade, and nothing else, has been read."""

    def __init__(self, url: str, key: str) -> None:
        """Open a stream of the emulator at *url*, and read no more than the answer's head."""
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._socket.settimeout(60)
        key_of_its_own = base64.b64encode(b"0123456789abcdef").decode()
        self._socket.sendall(
            "GET /v1/speak?sample_rate=48000&speed=0.7 HTTP/1.1\r\n"
            f"Host: {parts.netloc}\r\n"
            f"Authorization: Token {key}\r\n"
            "Connection: Upgrade\r\n"
            "Upgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key_of_its_own}\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._socket.recv(1)
        assert head.startswith(b"HTTP/1.1 101")
        size = self._socket.recv(4)  # the Metadata's frame: its size is in two bytes
        self._socket.recv(struct.unpack(">H", size[2:])[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def framed(self, text: str) -> bytes:
        """*text* as one masked frame, the mask being zeros."""
        data = text.encode()
        size = bytes([len(data)]) if len(data) < 126 else struct.pack(">BH", 126, len(data))
        return bytes([0x81, size[0] | 0x80]) + size[1:] + bytes(4) + data

    def say(self, text: str) -> None:
        """Send a text to be spoken."""
        self.send(self.framed(json.dumps({"type": "Speak", "text": text})))

    def send(self, data: bytes) -> None:
        """Send *data* as it is."""
        self._socket.sendall(data)

    def wait_for_data(self) -> None:
        """Wait until something has come, and leave it unread."""
        self._socket.recv(1, socket.MSG_PEEK)

    def read_to_the_end(self) -> bytes:
        """All that comes until the connection is closed, empty if it is reset."""
        pieces = []
        try:
            while piece := self._socket.recv(65536):
                pieces.append(piece)
        except ConnectionResetError:
            pass
        return b"".join(pieces)

    def vanish(self) -> None:
        """Reset the connection: no goodbye, and nothing of what was sent is read."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
