"""What a terminal is shown: NO_COLOR asks for plain text, without colour, bold and bars."""

import os


def is_plain() -> bool:
    """Whether NO_COLOR is set, and not empty (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))
