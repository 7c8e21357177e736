"""Commands that ask a server which runs already, each as a user types it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from ringback import Emulator, Refused, Settings
from ringback.cli.main import main

ORIGIN = "https://app.example"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator that is served from this process."""
    with Emulator(Settings(seed=1)) as emulator:
        yield emulator


def typed(emulator: Emulator, *words: str) -> Result:
    """What comes of a command that is told by variables which emulator is meant."""
    environ = {"RINGBACK_URL": emulator.url, "RINGBACK_API_KEY": emulator.api_key}
    return CliRunner().invoke(main, list(words), env=environ)


def lines(emulator: Emulator, *words: str) -> list[str]:
    done = typed(emulator, *words)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def document(emulator: Emulator, *words: str) -> Any:
    return json.loads("\n".join(lines(emulator, *words, "--format", "json")))


def test_status_says_which_emulator_it_is(emulator: Emulator) -> None:
    first, clock, counts = lines(emulator, "status")
    assert emulator.url in first
    assert emulator.key_id in first
    assert clock == "paused at +0s (2026-01-01T00:00:00Z), 0 pending, 0 in flight, nothing due"
    assert counts == "0 deliveries, 0 requests, 0 facts"
    assert document(emulator, "status")["key_id"] == emulator.key_id


def test_a_clock_is_moved_by_each_verb_and_says_what_was_made(emulator: Emulator) -> None:
    emulator.receiver(ORIGIN, replies=[503])
    request = emulator.submit("Hello", callback=f"{ORIGIN}/done").request_id
    assert lines(emulator, "clock") == [
        "paused at +0s (2026-01-01T00:00:00Z), 1 pending, 0 in flight, next due +0s"
    ]
    assert lines(emulator, "clock", "settle")[0] == f"{request}  +0s POST 503"
    back = typed(emulator, "clock", "advance", "-1")
    assert (back.exit_code, "cannot go back" in back.output) == (2, True)
    assert lines(emulator, "clock", "advance", "30")[0] == f"{request}  +30s POST 503"
    assert lines(emulator, "clock", "next")[0] == f"{request}  +60s POST 503"
    assert lines(emulator, "clock", "step")[0] == f"{request}  +90s POST 503"
    assert lines(emulator, "clock", "advance", "--to", "2026-01-01T00:02:00Z")[0].endswith("503")
    *_, last = lines(emulator, "clock", "idle")
    assert last == "paused at +300s (2026-01-01T00:05:00Z), 0 pending, 0 in flight, nothing due"
    assert lines(emulator, "clock", "mode", "x1000")[0].startswith("x1000 at +300")
    assert not emulator.pending


def test_deliveries_are_a_table_and_one_is_all_its_attempts(emulator: Emulator) -> None:
    assert lines(emulator, "deliveries") == ["no deliveries"]
    emulator.receiver(ORIGIN, replies=[503, 503, 204])
    delivery = emulator.submit("Hello", callback=f"{ORIGIN}/done")
    emulator.run_until_idle()
    emulator.submit("Hello", callback=f"{ORIGIN}/other")
    head, first, second = lines(emulator, "deliveries")
    assert head.split("  ")[0] == "request id"
    assert first.split() == [
        *(delivery.request_id, "delivered", "POST", f"{ORIGIN}/done"),
        *("503", "×2,", "204"),
    ]
    assert second.split()[1] == "scheduled"
    assert len(lines(emulator, "deliveries", "--state", "pending")) == 2
    assert lines(emulator, "deliveries", "--limit", "1")[-1].startswith("there are more")
    assert lines(emulator, "deliveries", delivery.request_id) == [
        f"POST {ORIGIN}/done  request {delivery.request_id}",
        "  +0s POST 503  (answered 503)",
        "  +30s POST 503  (answered 503)",
        "  +60s POST 204  (answered 204)",
        "  = delivered",
    ]
    assert len(document(emulator, "deliveries")["deliveries"]) == 2


def test_requests_are_a_table(emulator: Emulator) -> None:
    assert lines(emulator, "requests") == ["no requests"]
    delivery = emulator.submit("Hello", callback=f"{ORIGIN}/done")
    _, row = lines(emulator, "requests")
    assert row.split()[:3] == ["+0s", "200", "POST"]
    assert row.endswith(delivery.request_id)


def test_what_is_arranged_holds(emulator: Emulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = "http://{}:{}".format(*listener.getsockname())
    assert lines(emulator, "connect", ORIGIN, url, "--fault", "503", "--fault", "none") == [
        f"{ORIGIN} leads to {url}"
    ]
    assert lines(emulator, "fail", "none", "{status: 429, delay: 0}") == [
        "1 ordered failure waits for a request"
    ]
    delivery = emulator.submit("Hello", callback=f"{ORIGIN}/done")
    with pytest.raises(Refused, match="429"):
        emulator.submit("Hello", callback=f"{ORIGIN}/done")
    emulator.settle()
    emulator.advance_to_next()
    assert delivery.statuses == [503, "refused"]


def test_verify_ends_with_1_and_what_was_left_behind(emulator: Emulator) -> None:
    assert lines(emulator, "verify") == ["nothing was left behind"]
    emulator.submit("Hello", callback=f"{ORIGIN}/done")
    done = typed(emulator, "verify")
    assert done.exit_code == 1
    assert done.output.startswith("1 thing was left behind (pending):\n")
    assert f"POST {ORIGIN}/done" in done.output
    assert typed(emulator, "verify", "--allow", "pending").exit_code == 0
    wrong = typed(emulator, "verify", "--allow", "pendin")
    assert wrong.exit_code == 2
    assert "Did you mean 'pending'?" in wrong.output


def test_a_wait_ends_when_it_is_so_and_with_1_and_the_timeline_when_it_is_not(
    emulator: Emulator,
) -> None:
    assert lines(emulator, "wait", "idle")[0].startswith("paused at +0s")
    emulator.submit("Hello", callback=f"{ORIGIN}/done")
    assert lines(emulator, "wait", "request")[0].startswith("paused at +0s")
    late = typed(emulator, "wait", "delivery", "--timeout", "0.01")
    assert late.exit_code == 1
    assert "did not come within 0.01 s" in late.output
    assert f"POST {ORIGIN}/done" in late.output


def test_a_reset_says_what_it_drops(emulator: Emulator) -> None:
    emulator.submit("Hello", callback=f"{ORIGIN}/done")
    [said] = lines(emulator, "reset")
    assert said.startswith("dropped 1 delivery, 1 request, ")
    assert said.endswith("; 1 was pending")
    assert not emulator.deliveries


def test_a_reset_for_another_test_forgets_what_was_found(emulator: Emulator) -> None:
    httpx.get(f"{emulator.url}/v1/spek", headers={"authorization": f"Token {emulator.api_key}"})
    lines(emulator, "reset")
    assert typed(emulator, "verify").exit_code == 1
    lines(emulator, "reset", "--forget")
    assert typed(emulator, "verify").exit_code == 0


def test_what_happened_is_taken_along(emulator: Emulator, tmp_path: Path) -> None:
    emulator.submit("Hello", callback=f"{ORIGIN}/done")
    assert json.loads(lines(emulator, "export", "--format", "jsonl")[0])["fact"]
    path = tmp_path / "story.ringback.yaml"
    assert lines(emulator, "export", "-o", str(path)) == []
    assert "submit:" in path.read_text()
    gone = typed(emulator, "export", "-o", str(tmp_path / "none" / "file"))
    assert gone.exit_code == 1
    assert "was not written: No such file or directory" in gone.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("status", "--url", "nonsense"), 2, "no base URL"),
        (("status", "--url", "http://127.0.0.1:1"), 4, "Is `ringback serve` running there?"),
        (("status", "--key", "another"), 4, "this key is no emulator's here"),
        (("deliveries", "1234"), 1, "there is no delivery of request '1234'"),
        (("deliveries", "--state", "pendin"), 2, "Did you mean 'pending'?"),
        (("clock", "mode", "fast"), 2, "clock is 'paused'"),
        (("clock", "step"), 1, "nothing"),
        (("clock", "advance"), 2, "say by how many seconds, or --to which moment"),
        (("clock", "advance", "--to", "noon"), 2, "to: "),
        (("fail", "timeot"), 2, "timeot"),
        (("fail", "["), 2, "'[' is no YAML value"),
        (("export", "--format", "xml"), 2, "unknown form of export 'xml'"),
        (("wait", "idle", "--timeout", "0"), 2, "--timeout"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_an_exit_code(
    emulator: Emulator, words: tuple[str, ...], code: int, said: str
) -> None:
    done = typed(emulator, *words)
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_what_a_server_sends_moves_no_cursor(emulator: Emulator) -> None:
    emulator.submit("Hello", callback=f"{ORIGIN}/done")
    emulator.cancel(emulator.deliveries.only(), "\x1b[2J")
    said = "\n".join(lines(emulator, "deliveries", emulator.deliveries.only().request_id))
    assert "\x1b" not in said
    assert "\\x1b[2J" in said


def test_a_wrong_word_names_the_nearest_or_all_that_there_are(emulator: Emulator) -> None:
    for words, said in (
        (("clok",), "No such command 'clok'. Did you mean 'clock'?"),
        (("nonsense",), "No such command 'nonsense'. There are check, clock, connect, "),
        (("clock", "advnce"), "No such command 'advnce'. Did you mean 'advance'?"),
        (
            ("clock", "nonsense"),
            "No such command 'nonsense'. There are advance, idle, mode, next, settle, step.",
        ),
        (("clock", "-x"), "-x"),
        (("fail", "cutt"), "did you mean 'cut'?"),
    ):
        done = typed(emulator, *words)
        assert (done.exit_code, said in done.output) == (2, True), done.output


def test_where_the_server_is_may_stand_behind_a_verb_of_the_clock_too(emulator: Emulator) -> None:
    words = ["--url", emulator.url, "--key", emulator.api_key, "--format", "json"]
    done = CliRunner().invoke(main, ["clock", "advance", "30", *words])
    assert (done.exit_code, json.loads(done.output)["clock"]["elapsed"]) == (0, 30)
    done = CliRunner().invoke(main, ["clock", *words, "mode", "auto", "--format", "table"])
    assert done.output.startswith("auto at +30s")


def test_an_id_is_an_id_whatever_stands_in_it(emulator: Emulator) -> None:
    done = typed(emulator, "deliveries", "a b?limit=1#c")
    assert (done.exit_code, done.output.partition(". ")[0]) == (
        1,
        "Error: there is no delivery of request 'a b?limit=1#c'",
    )


def test_a_wait_that_was_in_vain_says_for_what(emulator: Emulator) -> None:
    for words, said in (
        (("delivery",), "the end of a delivery did"),
        (("delivery", "--count", "2"), "the end of 2 deliveries did"),
        (("delivery", "--request-id", "x"), "the end of the delivery of request x did"),
    ):
        done = typed(emulator, "wait", *words, "--timeout", "0.01")
        assert (done.exit_code, said in done.output) == (1, True), done.output
