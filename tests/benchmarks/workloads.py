"""What is measured in a Python of its own, which shares neither heap nor modules with the tests.

    python -m tests.benchmarks.workloads walk 10000

Each prints one figure as JSON.
"""

import gc
import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from ringback import Emulator, Settings
from tests.benchmarks.measuring import CALLBACK, HERE, ORIGIN, TEXT

WAVE = 1000
"""How many deliveries `wave` has due at once."""


def submit(ringback: Emulator, times: int) -> None:
    """Submit the same job so many times."""
    for _ in range(times):
        ringback.submit(TEXT, callback=CALLBACK)


def walk(deliveries: int) -> float:
    """CPU seconds per attempt where so many *deliveries* fail until they are exhausted."""
    with Emulator() as ringback:
        ringback.receiver(ORIGIN, replies=[500])
        submit(ringback, deliveries)
        begun = time.process_time()
        attempts = ringback.run_until_idle()
        spent = time.process_time() - begun
    return spent / len(attempts)


def wave(pending: int) -> float:
    """CPU seconds per attempt where `WAVE` deliveries are due, and the rest of *pending* later.

    What the submissions left to the collector is collected before, for it is not the attempts'.
    """
    with Emulator(Settings(processing_time=60)) as ringback:
        ringback.receiver(ORIGIN, replies=[500])
        submit(ringback, WAVE)
        ringback.advance(1)
        submit(ringback, pending - WAVE)
        gc.collect()
        begun = time.process_time()
        attempts = ringback.advance_to(60)
        spent = time.process_time() - begun
        assert len(attempts) == WAVE
        assert len(ringback.pending) == pending
    return spent / WAVE


def memory(deliveries: int) -> float:
    """Bytes per pending delivery, once the journal and the log of requests are emptied."""
    return _occupied(deliveries, records=False)


def memory_with_records(deliveries: int) -> float:
    """Bytes per pending delivery, with what the journal and the log of requests keep of it."""
    return _occupied(deliveries, records=True)


def _occupied(deliveries: int, *, records: bool) -> float:
    with Emulator() as ringback:
        submit(ringback, 1000)  # whatever is made once is made here
        before = _resident()
        for _ in range(deliveries // 100):
            submit(ringback, 100)
            if not records:
                ringback._service._answering.received.clear()
                ringback.journal._facts.clear()
        return (_resident() - before) / deliveries


def tenants(count: int) -> float:
    """Bytes for each of so many tenants, which is idle and has had one delivery."""
    from ringback.faces.tenancy import Tenancy
    from ringback.serving.server import Server

    tenancy = Tenancy(Settings(any_key=True, keep=10_000), most=2 * count, idle=3600)
    server = Server(newcomers=tenancy)
    tenancy.serve_on(server)

    def use(key: str) -> None:
        tenancy.admit(key)
        tenant = list(tenancy)[-1]
        tenant.receiver(ORIGIN)
        submit(tenant, 1)
        assert len(tenant.run_until_idle()) == 1

    use("what-is-made-once")
    before = _resident()
    for number in range(count):
        use(f"key-{number}")
    occupied = (_resident() - before) / count
    tenancy.end()
    server.stop()
    return occupied


def requests(count: int) -> float:
    """Bytes that each of so many requests leaves behind, once as many are kept as are to be.

    They come in rounds, of which the median counts: what is left behind is left by each, while a
    moment in which more are pending than ever before makes the heap grow once.
    """
    settings = Settings(any_key=True, clock="real", keep=1000)
    with Emulator(settings) as ringback:
        ringback.receiver(ORIGIN)
        port = int(ringback.url.rpartition(":")[2])
        request = (
            f"POST /v1/speak?callback={CALLBACK} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
            "authorization: Token key\r\ncontent-type: application/json\r\n"
            f"content-length: {len(TEXT) + 12}\r\n\r\n" + json.dumps({"text": TEXT})
        ).encode()

        def ask(times: int) -> int:
            command = [sys.executable, "-S", str(HERE / "load.py"), str(port), "16", str(times)]
            subprocess.run(command, input=request, check=True)
            ringback.settle()
            return _resident()

        sizes = [ask(count // 5) for _ in range(6)]
        return median(b - a for a, b in pairwise(sizes)) / (count // 5)


def _resident() -> int:
    """Bytes of memory that this process occupies."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


WORKLOADS = {
    "walk": walk,
    "wave": wave,
    "memory": memory,
    "memory-with-records": memory_with_records,
    "tenants": tenants,
    "requests": requests,
}

if __name__ == "__main__":
    print(json.dumps(WORKLOADS[sys.argv[1]](int(sys.argv[2]))))
