"""Recorded files read as if somebody had written them."""

from ringback.recording.spelling import spelt


def test_what_is_short_stands_on_its_line() -> None:
    assert spelt({"receiver": [503, "timeout", None], "submit": {"text": "Hi", "speed": 1.5}}) == (
        "receiver: [503, timeout, null]\nsubmit: {text: Hi, speed: 1.5}\n"
    )


def test_what_is_long_stands_below_its_key() -> None:
    text = "x" * 60
    assert spelt({"submit": {"text": text, "tag": text}}) == (
        f"submit:\n  text: {text}\n  tag: {text}\n"
    )


def test_a_step_begins_with_its_verb() -> None:
    assert spelt({"steps": ["settle", {"advance": {"to": "+30s"}}, {"at": "+0s", "got": 503}]}) == (
        "steps:\n  - settle\n  - advance: {to: +30s}\n  - {at: +0s, got: 503}\n"
    )


def test_quotes_stand_only_where_a_text_needs_them() -> None:
    texts = ["Hello there", "https://app.example/hook", "+30s", "a: b", "503", "null", "Grüße", ""]
    assert spelt({"tag": texts}) == (
        'tag: [Hello there, https://app.example/hook, +30s, "a: b", "503", "null", "Grüße", ""]\n'
    )


def test_half_a_character_is_replaced_for_no_file_holds_it() -> None:
    assert spelt({"text": "a\ud800b"}) == 'text: "a\ufffdb"\n'
