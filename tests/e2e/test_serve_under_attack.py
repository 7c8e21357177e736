"""`ringback serve` stays small, quiet and on its feet, whatever is sent to it."""

import base64
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.test_standalone import Serve, serving

COMMANDS = [["play", "scenarios"], ["rules"], ["schema"], ["schema", "--of", "speak"], ["--help"]]


def resident(process: "subprocess.Popen[str]") -> float:
    """Megabytes of memory that *process* occupies."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    match = re.search(r"VmRSS:\s*(\d+) kB", text)
    assert match
    return int(match[1]) / 1024


def connected(served: Serve) -> socket.socket:
    """A connection to *served* that gives up waiting in the end."""
    return socket.create_connection(("127.0.0.1", served.port), timeout=60)


def answered(peer: socket.socket, request: bytes) -> bytes:
    """The first line of the answer to *request*, all of which is read."""
    peer.sendall(request)
    answer = b""
    while not _WHOLE.fullmatch(answer) and (piece := peer.recv(65536)):
        answer += piece
    return answer.partition(b"\r\n")[0]


_WHOLE = re.compile(rb"(HTTP/1.1 101 .*\r\n\r\n|.*\r\n\r\n(?:\{.*\}|.*\r\n0\r\n\r\n)).*", re.DOTALL)
"""An upgrade, a JSON error, or a chunked answer to its end."""


def upgrade(served: Serve) -> socket.socket:
    """A WebSocket that was opened by hand."""
    peer = connected(served)
    key = base64.b64encode(bytes(16)).decode()
    line = answered(
        peer,
        (
            f"GET /v1/speak HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: Token k\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n"
        ).encode(),
    )
    assert line.startswith(b"HTTP/1.1 101")
    return peer


def post(body: bytes, headers: str = "") -> bytes:
    """A request to speak."""
    return (
        f"POST /v1/speak HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def test_bodies_without_a_key_leave_nothing_behind() -> None:
    body = b"x" * 1_900_000
    with serving() as served, closing(connected(served)) as peer:
        for _ in range(5):
            assert answered(peer, post(body)).startswith(b"HTTP/1.1 401")
        before = resident(served.process)
        for _ in range(60):
            assert answered(peer, post(body)).startswith(b"HTTP/1.1 401")
        assert resident(served.process) < before + 10


def test_its_history_is_bounded_and_its_end_says_how_much_was_dropped() -> None:
    with serving("--keep", "10", "--clock", "paused") as served:
        ids = [served.speak() for _ in range(3)]
        with closing(connected(served)) as peer:
            for _ in range(40):
                assert answered(peer, post(b"Hello")).startswith(b"HTTP/1.1 401")
        code, out, err = served.end(signal.SIGTERM)
    assert (code, err) == (0, "")
    for request_id in ids:  # all that is pending is kept
        assert f"pending request={request_id} callback=https://app.example/hook\n" in out
    assert re.search(r"ringback kept 10 of each, and dropped \d+ requests, \d+ facts\n$", out)


def test_whoever_can_connect_is_answered_with_the_services_own_answer() -> None:
    """Nothing listens before all of it is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ringback", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                peer = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except ConnectionRefusedError:
                assert time.monotonic() < end
        with closing(peer):
            line = answered(peer, post(b"Hello", "Authorization: Token k\r\n"))
        assert line == b"HTTP/1.1 200 OK"
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out.startswith("ringback ready ")


def test_without_descriptors_it_says_so_once_and_goes_on_when_there_are_some() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    with ExitStack() as stack:
        try:
            served = stack.enter_context(serving())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert served.process.stderr is not None
        peers = [connected(served) for _ in range(150)]
        said = served.process.stderr.readline()
        for peer in peers:
            peer.close()
        began = time.monotonic()
        with closing(connected(served)) as peer:
            line = answered(peer, post(b"Hello", "Authorization: Token k\r\n"))
        took = time.monotonic() - began
        _, _, err = served.end(signal.SIGTERM)
    assert "no descriptor is left" in said
    assert line == b"HTTP/1.1 200 OK"
    assert took < max(2, served.started_in)
    assert err == ""


def test_it_ends_without_a_traceback_under_open_streams_pings_and_broken_frames() -> None:
    with serving() as served, ExitStack() as stack:
        peers = [stack.enter_context(closing(upgrade(served))) for _ in range(6)]
        ping = bytes([0x89, 0x80]) + bytes(4)
        peers[0].sendall(ping * 2000)
        peers[1].sendall(b"\xff\xff\xff\xff")  # no frame
        peers[2].sendall(bytes([0x81, 0x83]) + bytes(4) + b"\xff\xfe\xfd")  # no UTF-8
        peers[3].sendall(bytes([0x81, 0xFE, 0xFF, 0xFF]) + bytes(4))  # half a frame
        peers[4].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peers[4].close()
        peers[0].sendall(ping * 2000)
        code, _, err = served.end(signal.SIGTERM)
    assert (code, err) == (0, "")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("where", ["a full disk", "a reader who has gone"])
def test_output_that_cannot_be_written_is_one_line_and_exit_code_1(
    command: list[str], where: str
) -> None:
    if where == "a full disk":
        out = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, out = os.pipe()
        os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ringback", *command],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(out)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1:] if command[0] == "play" else done.stderr.splitlines()
    if command != ["--help"] or where == "a full disk":
        [line] = said
        assert line.startswith("Error: the output cannot be written: ")
    assert "Traceback" not in done.stderr


def test_on_a_full_disk_it_goes_on_serving_and_ends_well() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ringback", "serve", "--port", str(port)]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen(command, stdout=full, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 30
        lines: list[bytes] = []
        while len(lines) < 3:
            try:
                with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as peer:
                    lines.append(answered(peer, post(b"Hello", "Authorization: Token k\r\n")))
            except ConnectionRefusedError:
                assert time.monotonic() < end
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert lines == [b"HTTP/1.1 200 OK"] * 3
    assert (process.returncode, err) == (0, "")
