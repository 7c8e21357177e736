"""What uvicorn does not promise, and `serving.listening` uses: each name, where it is looked for.

Where a release of uvicorn has taken one away, this says which; all else would say strange things.
"""

import asyncio
import inspect
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http import h11_impl
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from uvicorn.server import ServerState

CONNECTION = (
    "conn",
    "transport",
    "timeout_keep_alive_task",
    "_unset_keepalive_if_required",
    "_get_upgrade",
)
WEB_SOCKET = ("conn", "transport", "close_sent", "handle_connect", "handle_close")
CYCLE = ("transport", "more_body")
SERVER = ("server_state", "startup")
STARTED = ("servers",)


@pytest.fixture
def config() -> uvicorn.Config:
    """As little of a configuration as makes a connection."""
    config = uvicorn.Config(_nobody, http=H11Protocol, ws="none", lifespan="off", log_config=None)
    config.load()
    return config


async def _nobody(_scope: Any, _receive: Any, _send: Any) -> None: ...


def made(protocol: type[Any], config: uvicorn.Config) -> Any:
    """A connection that nobody is on."""
    loop = asyncio.new_event_loop()
    try:
        return protocol(config=config, server_state=ServerState(), app_state={}, _loop=loop)
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("protocol", "names"), [(H11Protocol, CONNECTION), (WSProtocol, WEB_SOCKET)]
)
def test_a_connection_has_what_is_used(
    config: uvicorn.Config, protocol: type[Any], names: tuple[str, ...]
) -> None:
    connection = made(protocol, config)
    assert [name for name in names if not hasattr(connection, name)] == []


def test_a_web_socket_keeps_its_scope_from_the_handshake_on() -> None:
    assert "self.scope" in inspect.getsource(WSProtocol.handle_connect)


def test_receive_and_send_are_methods_of_a_cycle_that_has_what_is_used() -> None:
    cycle = h11_impl.RequestResponseCycle
    assert inspect.iscoroutinefunction(cycle.send)
    assert inspect.iscoroutinefunction(cycle.receive)
    assert [name for name in CYCLE if f"self.{name} =" not in inspect.getsource(cycle)] == []


def test_a_server_has_what_is_used(config: uvicorn.Config) -> None:
    server = uvicorn.Server(config)
    assert [name for name in SERVER if not hasattr(server, name)] == []
    assert [
        name for name in STARTED if f"self.{name}" not in inspect.getsource(uvicorn.Server)
    ] == []
    assert hasattr(server.server_state, "connections")
    assert callable(config.lifespan_class)
