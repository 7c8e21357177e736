"""Asks a server the same thing over and over, on connections that it keeps.

    python load.py PORT CONNECTIONS REQUESTS < request

It knows an answer by its length, so every answer must have that of the first.
"""

import selectors
import socket
import sys


def main(port: int, connections: int, requests: int, request: bytes) -> None:
    """Send, and return when all answers are there."""
    length = _length(port, request)
    left = {_connected(port): length for _ in range(connections)}
    selector = selectors.DefaultSelector()
    for connection in left:
        selector.register(connection, selectors.EVENT_READ, connection)
        connection.sendall(request)
    to_send, to_hear = requests - connections, requests
    while to_hear:
        for key, _ in selector.select():
            connection = key.data
            left[connection] -= len(connection.recv(262_144))
            if left[connection]:
                continue
            left[connection] = length
            to_hear -= 1
            if to_send:
                to_send -= 1
                connection.sendall(request)


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _length(port: int, request: bytes) -> int:
    """How many bytes an answer has: what comes until nothing comes any more."""
    got = b""
    with _connected(port) as connection:
        connection.sendall(request)
        connection.settimeout(0.2)
        try:
            while piece := connection.recv(262_144):
                got += piece
        except TimeoutError:
            pass
    assert got.startswith(b"HTTP/1.1 200"), got
    return len(got)


if __name__ == "__main__":
    port, connections, requests = map(int, sys.argv[1:4])
    main(port, connections, requests, sys.stdin.buffer.read())
