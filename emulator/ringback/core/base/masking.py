"""What a caller sent, as it may be shown.

Errors repeat values and names, and the journal keeps errors. In a query that is put together badly
(`?model=a?callback=https://ada:s3cret@app.example`, or a password with a bare `&`) any of them may
hold the credentials of a callback URL.
"""

import re

from ringback.core.base.headers import MASK

_CREDENTIALS = re.compile(r".*(?:@|%40)", re.DOTALL)


def may_hold_credentials(text: str) -> bool:
    """Whether there is an `@` in *text*, or one that is still encoded."""
    return _CREDENTIALS.match(text) is not None


def masked(text: str) -> str:
    """*text* without what may be credentials: all before its last `@`."""
    match = _CREDENTIALS.match(text)
    return text if match is None else f"{MASK}@{text[match.end() :]}"
