"""Where a command's output cannot go: a full disk, or a reader who has gone."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_FAILED = frozenset(
    {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.ESHUTDOWN}
)


@contextmanager
def written_or_told() -> Iterator[None]:
    """Write out what the block prints, or say in one line why not, and exit with 1."""
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        if error.errno not in _FAILED or error.filename is not None:
            raise
        _pass_over()
        with suppress(OSError):
            print(f"Error: the output cannot be written: {error.strerror}", file=sys.stderr)
        sys.exit(1)


def _pass_over() -> None:
    """Let what is in the buffer go nowhere: the interpreter would complain of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
