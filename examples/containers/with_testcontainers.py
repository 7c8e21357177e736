"""A suite that starts Ringback's image by itself: `python -m pytest with_testcontainers.py`."""

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from ringback import Client

PORT = 8088
TOKEN = "not-a-secret-in-tests"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Where the container listens, once it is ready."""
    container = (
        DockerContainer("ringback")  # docker build --tag ringback .
        .with_command("serve --tenants --clock paused")
        .with_env("RINGBACK_CONTROL_TOKEN", TOKEN)
        .with_exposed_ports(PORT)
        .waiting_for(HttpWaitStrategy(PORT, "/_ringback/ready").for_status_code(200))
    )
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(PORT)}"


@pytest.fixture
def deepgram(server: str, request: pytest.FixtureRequest) -> Iterator[Client]:
    """An emulator for each test: its key is the name of the test."""
    with Client(server, request.node.name, token=TOKEN) as client:
        yield client
        client.verify()


def order(base: str, key: str, text: str) -> None:
    """Have a text spoken, as the application does."""
    url = f"{base}/v1/speak?callback=https://app.example/greetings"
    headers = {"Authorization": f"Token {key}", "Content-Type": "text/plain"}
    with urlopen(Request(url, text.encode(), headers)):
        pass


def test_a_receiver_that_is_down_is_asked_again(deepgram: Client) -> None:
    receiver = deepgram.receiver("https://app.example", replies=[503, 204])
    order(deepgram.url, deepgram.api_key, "Please leave a message.")
    deepgram.run_until_idle()
    assert deepgram.deliveries.only().timeline == ["+0s POST 503", "+30s POST 204"]
    assert len(receiver.requests) == 2


def test_another_test_sees_nothing_of_it(deepgram: Client) -> None:
    assert not deepgram.deliveries
