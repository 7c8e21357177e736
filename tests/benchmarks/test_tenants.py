"""Two hundred tenants of one server: what each occupies, what the others cost one, what stays."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ringback import Settings
from ringback.faces.tenancy import Tenancy
from ringback.serving.server import Server
from tests.benchmarks.measuring import Table, alternate, fresh
from tests.benchmarks.test_speak_rate import ACKNOWLEDGEMENT, rate, request_to

pytestmark = pytest.mark.benchmark

TENANTS = 200
REQUESTS = 100_000


@contextmanager
def housed(tenants: int) -> Iterator[int]:
    """A server with so many tenants, each used once, and its port."""
    settings = Settings(any_key=True, keep=1000, clock="real", permitted_ports="any")
    tenancy = Tenancy(settings, most=1000, idle=3600)
    server = Server(newcomers=tenancy)
    tenancy.serve_on(server)
    try:
        for number in range(tenants):
            tenancy.admit(f"key-{number}")
        for tenant in tenancy:
            tenant.receiver("https://app.example")
        yield server.port
    finally:
        tenancy.end()
        server.stop()


def test_memory_of_an_idle_tenant(table: Table) -> None:
    """Resident memory: each has been used for one delivery, which it keeps."""
    each = fresh("tenants", TENANTS)
    table.figure("memory per idle tenant: 200 of them", each, "B", budget=150_000, gate=200_000)


def test_one_tenant_is_no_slower_for_all_the_others(table: Table) -> None:
    """Acknowledged and delivered callbacks of one key, beside 199 others and alone."""
    with housed(TENANTS) as many, housed(1) as one:
        pairs = alternate(
            lambda: 1 / rate(many, request_to(many, ACKNOWLEDGEMENT, "key-0")),
            lambda: 1 / rate(one, request_to(one, ACKNOWLEDGEMENT, "key-0")),
            rounds=11,
        )
    table.ratio(
        "CPU of a request: one of 200 tenants / one alone",
        pairs,
        "ms",
        scale=1000,
        budget=1.1,
        gate=1.4,
    )


def test_memory_does_not_grow_with_what_was_asked(table: Table) -> None:
    """Bytes for each of 100,000 requests with callbacks, once as many are kept as are to be."""
    each = fresh("requests", REQUESTS)
    table.figure("idle memory per request, of 100,000", each, "B", budget=20, gate=100)
