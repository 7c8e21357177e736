"""Asks a server the same thing over and over, on connections that are kept.

    python load.py PORT CONNECTIONS REQUESTS < request

prints as JSON how many real seconds it took. It knows an answer by its length, so every answer
must have that of the first.
"""

import json
import selectors
import socket
import sys
import time


def main(port: int, connections: int, requests: int, request: bytes) -> None:
    """Send, and print the seconds."""
    length = _length(port, request)
    selector = selectors.DefaultSelector()
    left = {}
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        left[connection] = length
    begun = time.perf_counter()
    for connection in left:
        connection.sendall(request)
    to_send, to_hear = requests - connections, requests
    while to_hear > 0:
        for key, _ in selector.select():
            connection = key.fileobj
            left[connection] -= len(connection.recv(262_144))
            if left[connection]:
                continue
            left[connection] = length
            to_hear -= 1
            if to_send > 0:
                to_send -= 1
                connection.sendall(request)
    print(json.dumps(time.perf_counter() - begun))


def _length(port: int, request: bytes) -> int:
    """How many bytes an answer has: what comes until nothing comes any more."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        connection.settimeout(0.3)
        got = b""
        try:
            while piece := connection.recv(262_144):
                got += piece
        except TimeoutError:
            pass
        assert got.startswith(b"HTTP/1.1 200"), got[:300]
        return len(got)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), sys.stdin.buffer.read())
