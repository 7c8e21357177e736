"""A receiver that is as fast as a plain one gets: reads a request, answers, nothing else.

    python receiver.py STATUS

prints its port, and serves one connection after the other, each as long as it lasts, until it is
killed. It asks for `Content-Length`, and closes where the request says so.
"""

import re
import socket
import sys

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


def main(status: int) -> None:
    """Serve."""
    answer = b"HTTP/1.1 %d Said\r\ncontent-length: 0\r\n\r\n" % status
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection:
                try:
                    while not _served(connection, answer):
                        pass
                except OSError:
                    continue


def _served(connection: socket.socket, answer: bytes) -> bool:
    """Answer one request. Whether the connection is over."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        piece = connection.recv(65536)
        if not piece:
            return True
        got += piece
    length = _LENGTH.search(got, 0, end)
    left = end + 4 + int(length[1] if length else 0) - len(got)
    while left > 0:
        left -= len(connection.recv(left))
    connection.sendall(answer)
    return _CLOSE.search(got, 0, end) is not None


if __name__ == "__main__":
    main(int(sys.argv[1]))
