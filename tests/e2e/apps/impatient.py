"""An application of another process, which drives nothing: it submits, and waits for its callbacks.

It is told on a line where to submit, and with which key. It answers 503 ten times, then 204; from
within its third answer it submits once more, to its other path, which it answers with 200. Whatever
it is called with it writes down, a line each.
"""

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

URL, KEY = "", ""
calls: list[str] = []
over = threading.Event()


def submit(callback: str) -> None:
    request = urllib.request.Request(
        f"{URL}/v1/speak?callback={callback}",
        json.dumps({"text": "Hello"}).encode(),
        {"Authorization": f"Token {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        calls.append(self.path)
        if len(calls) == 3:
            submit("https://app.example/other")
        status = 200 if self.path == "/other" else 503 if calls.count("/hook") < 11 else 204
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
        if status == 204:
            over.set()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        URL, KEY = sys.stdin.readline().split()
        submit("https://app.example/hook")
        over.wait(30)
        print(*calls, flush=True)
