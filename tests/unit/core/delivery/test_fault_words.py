"""The words for faults."""

import re
from pathlib import Path

from ringback.core.delivery.fault_words import BARE_WORDS, WORDS
from ringback.core.delivery.reply import NoReply

FAILURES = Path(__file__).parents[4] / "docs" / "howto" / "failures.md"


def test_whatever_a_receiver_does_instead_of_answering_is_a_fault_too() -> None:
    assert {str(word) for word in NoReply} <= set(BARE_WORDS)


def test_the_page_about_failures_has_each_word_and_says_what_both_sides_see() -> None:
    rows = {
        words[1]: [cell.strip() for cell in row.split("|")[2:4]]
        for row in FAILURES.read_text("utf-8").splitlines()
        if (words := re.match(r"\| `(?:Fault\()?\"([^\"]+)\"", row))
    }
    assert rows == {word: [kind.receiver, kind.service] for word, kind in WORDS.items()}
