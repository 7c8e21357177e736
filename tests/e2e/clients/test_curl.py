"""The commands of the vendor's page, as written there, apart from host, key and callback."""

import json
import subprocess
from pathlib import Path

import pytest

from ringback import Emulator

pytestmark = pytest.mark.needs_tool

# Written as a shell's user writes it: nothing is escaped.
CALLBACK = "https://ada:s3cret@app.example/hook"


def curl(*options: str) -> "subprocess.CompletedProcess[bytes]":
    """Run curl without its own configuration, and without a proxy."""
    command = ["curl", "--disable", "--silent", "--noproxy", "*", "--max-time", "30", *options]
    return subprocess.run(command, capture_output=True, check=False)


def in_json(ringback: Emulator, query: str, *options: str) -> "subprocess.CompletedProcess[bytes]":
    """The page's first command."""
    return curl(
        *("--request", "POST"),
        *("--header", f"Authorization: Token {ringback.api_key}"),
        *("--header", "Content-Type: application/json"),
        *("--data", '{"text": "Hello, how can I help you today?"}'),
        *("--url", f"{ringback.url}/v1/speak?{query}"),
        *options,
    )


def in_plain_text(ringback: Emulator, query: str) -> "subprocess.CompletedProcess[bytes]":
    """The page's second command."""
    return curl(
        *("--request", "POST"),
        *("--header", f"Authorization: Token {ringback.api_key}"),
        *("--header", "Content-Type: text/plain"),
        *("--data", "Your Text."),
        *("--url", f"{ringback.url}/v1/speak?{query}"),
    )


def test_json_is_posted_to_the_callback(ringback: Emulator) -> None:
    receiver = ringback.receiver("https://app.example")
    done = in_json(ringback, f"model=aura-2-thalia-en&callback={CALLBACK}")
    ringback.run_until_idle()

    delivery = ringback.deliveries.only()
    assert json.loads(done.stdout) == {"request_id": delivery.request_id}
    assert delivery.request.text == "Hello, how can I help you today?"
    (received,) = receiver.requests
    assert (received.method, received.url) == ("POST", "https://app.example/hook")
    assert received.body == delivery.audio
    assert received.headers["dg-token"] == ringback.key_id
    assert received.headers["authorization"] == "Basic YWRhOnMzY3JldA=="  # ada:s3cret


@pytest.mark.rule("method")
def test_plain_text_is_put_to_the_callback(ringback: Emulator) -> None:
    receiver = ringback.receiver("https://app.example")
    done = in_plain_text(ringback, f"callback={CALLBACK}&callback_method=put")
    ringback.run_until_idle()

    delivery = ringback.deliveries.only()
    assert json.loads(done.stdout) == {"request_id": delivery.request_id}
    assert delivery.request.text == "Your Text."
    (received,) = receiver.requests
    assert (received.method, received.body) == ("PUT", delivery.audio)


def test_without_a_callback_the_audio_is_saved_in_a_file(
    ringback: Emulator, tmp_path: Path
) -> None:
    receiver = ringback.receiver("https://app.example")
    in_json(ringback, f"callback={CALLBACK}")
    ringback.run_until_idle()

    file = tmp_path / "hello.mp3"
    in_json(ringback, "model=aura-asteria-en", "--output", str(file))
    assert file.read_bytes() == receiver.requests[0].body


def test_a_refusal_is_an_exit_code_and_the_answer(ringback: Emulator) -> None:
    done = in_json(ringback, "callback=https://app.example:3000/", "--fail-with-body")
    assert done.returncode == 22  # "The server returned an error that is >= 400."
    assert json.loads(done.stdout)["err_msg"] == "Invalid callback url."
