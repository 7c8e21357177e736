"""How soon the audio of a long text begins."""

import http.client
import itertools
import json
import time
from contextlib import closing

import pytest

from ringback import Emulator
from tests.benchmarks.measuring import Table, alternate

pytestmark = pytest.mark.benchmark

LONG = "A sentence of forty characters, or so on. " * 48

_numbers = itertools.count(1)


def until_first_byte(ringback: Emulator, characters: int) -> float:
    """Seconds from a request on an open connection to the first byte of its audio.

    No text is asked for twice, so each is rendered.
    """
    text = f"{next(_numbers):04} {LONG}"[:characters]
    headers = {
        "authorization": f"Token {ringback.api_key}",
        "content-type": "application/json",
    }
    with closing(http.client.HTTPConnection(ringback.url.removeprefix("http://"))) as connection:
        connection.connect()
        begun = time.perf_counter()
        connection.request("POST", "/v1/speak", json.dumps({"text": text}), headers)
        answer = connection.getresponse()
        assert answer.read(1)
        took = time.perf_counter() - begun
        answer.read()
    return took


def test_a_long_text_begins_as_soon_as_a_short_one(table: Table) -> None:
    with Emulator() as ringback:
        pairs = alternate(
            lambda: until_first_byte(ringback, 2000),
            lambda: until_first_byte(ringback, 20),
            rounds=50,
        )
    table.ratio(
        "first byte of the audio of 2,000 characters / of 20", pairs, "ms", scale=1e3, gate=4
    )
