"""The words for faults: what each means to both sides, and which numbers it has."""

from collections.abc import Mapping
from typing import NamedTuple


class Word(NamedTuple):
    """What a word stands for: what the *receiver* sees under it, and what the *service* hears.

    *takes* are the numbers that it may have, by name, and *needs* those that it must have.
    """

    receiver: str
    service: str
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


_ITS_OWN = "the receiver's own answer"

WORDS: Mapping[str, Word] = {
    "refused": Word("nothing", "`refused`"),
    "reset before": Word("nothing", "`reset`, while connecting"),
    "reset": Word("nothing", "`reset`, while it waits for the answer"),
    "timeout": Word("nothing", "`timeout`, at the attempt limit"),
    "reset during": Word(
        "the head, half of the body (or *at* bytes of it) and a broken connection",
        "`reset`, while sending",
        takes=("at",),
    ),
    "reset after": Word("the whole attempt", "`reset`, while it waits for the answer"),
    "reset in answer": Word("the whole attempt", "`reset`, in the head of the answer"),
    "answer lost": Word("the whole attempt", "`answer lost`, at once"),
    "answer replaced": Word(
        "the whole attempt", "*status*, from somebody in between", needs=("status",)
    ),
    "slow": Word(
        "the whole attempt, with *real* over *after* real seconds",
        f"{_ITS_OWN}, *after* virtual seconds later: beyond the attempt limit `timeout`",
        takes=("real",),
        needs=("after",),
    ),
    "garbage": Word("the whole attempt", "`not http`"),
    "wrong length": Word(
        "the whole attempt", f"{_ITS_OWN}, with half of its body: the status line counts"
    ),
    "1xx flood": Word("the whole attempt", "`not http`: more than 100 interim answers"),
    "endless body": Word("the whole attempt", "`timeout`, at the attempt limit"),
    "huge header": Word("the whole attempt", "`not http`: a head of more than 64 KiB"),
    "duplicate": Word(
        "the attempt twice, the second copy behind the first, or *after* virtual seconds later",
        "the first answer",
        takes=("after",),
    ),
    "two at once": Word("the attempt twice at the same time", "the answer to the first copy"),
    "late copy": Word(
        "the attempt, and again when its delivery has succeeded, *after* virtual seconds later",
        "the first answer",
        takes=("after",),
    ),
    "swapped": Word(
        "the attempt behind the next one of another delivery to its origin, or *after* virtual"
        " seconds later",
        _ITS_OWN,
        takes=("after",),
    ),
    "no credential": Word("the attempt without `Authorization`", _ITS_OWN),
    "wrong credential": Word("the right user with a wrong password", _ITS_OWN),
    "foreign credential": Word("user and password of a stranger", _ITS_OWN),
    "no dg-token": Word("the attempt without `dg-token`", _ITS_OWN),
    "foreign dg-token": Word("the `dg-token` of another key", _ITS_OWN),
    "body cut": Word(
        "the first half of the audio (or *at* bytes of it), as if that were all",
        _ITS_OWN,
        takes=("at",),
    ),
    "bit flipped": Word(
        "the audio with one bit altered, in its middle (or bit *at*)", _ITS_OWN, takes=("at",)
    ),
}
"""Every word, in the order in which they are explained."""

LATE_COPY_AFTER = 30
"""Seconds from a success to a late copy that does not say when."""

BARE_WORDS = tuple(word for word, kind in WORDS.items() if not kind.needs)
"""The words that need no number."""
