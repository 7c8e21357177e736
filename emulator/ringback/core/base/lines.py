"""Headers as they stand in a message: all of them looked at at once.

h11 looks at each, several times, and has them sorted out for whoever reads them: that costs more
than an attempt's whole way over a socket.
"""

import re
from collections.abc import Iterable

_LINES = re.compile(
    rb"(?:[-!#$%&'*+.^_`|~0-9a-zA-Z]+: "
    rb"(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?\r\n)*"
)
"""Headers as h11 lets them be (RFC 9110, 5.5)."""


def lines_of(headers: Iterable[tuple[str, str]]) -> bytes | None:
    """*headers* as they stand in a head; None where one of them could not stand there."""
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    try:
        written = "".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        return None
    # A value may not be two lines, however good each of them is.
    is_well = written.count(b"\n") == len(lines) and _LINES.fullmatch(written)
    return written if is_well else None
