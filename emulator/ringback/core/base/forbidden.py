"""pytest-socket forbids sockets to tests: its errors, and what to do about them."""

ALLOWED = (
    "allow loopback with --allow-hosts=127.0.0.1, or for one test with"
    ' @pytest.mark.allow_hosts(["127.0.0.1"])'
)
"""What to do where a socket is needed."""


def is_forbidden(error: BaseException) -> bool:
    """Whether *error* is pytest-socket's."""
    return type(error).__module__.partition(".")[0] == "pytest_socket"
