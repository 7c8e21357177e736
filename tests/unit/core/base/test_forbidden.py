"""pytest-socket's errors are known by where they come from."""

import pytest

from ringback.core.base.forbidden import is_forbidden


@pytest.mark.parametrize(
    ("module", "forbidden"), [("pytest_socket", True), ("pytest_socket.x", True), ("mine", False)]
)
def test_an_error_is_pytest_sockets_by_its_module(module: str, forbidden: bool) -> None:
    error = type("SocketBlockedError", (RuntimeError,), {"__module__": module})()
    assert is_forbidden(error) is forbidden
