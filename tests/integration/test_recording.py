"""What happened, recorded: files that play to the same, whole or not at all, without a secret."""

import asyncio
import errno
import http.client
import os
import re
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from ringback import (
    AsyncEmulator,
    Emulator,
    NotRecorded,
    Refused,
    Reply,
    Settings,
    SettingsError,
    play_scenario,
)
from ringback import read_scenario as read
from ringback.recording import writing

HOOK = "https://app.example/hook"
SECRET_HOOK = "https://ada:s3cret@app.example/hook?access_token=t0ken&lang=en"


def eventful(ringback: Emulator) -> None:
    """Have a delivery come through at last."""
    ringback.receiver("https://app.example", replies=[503, "timeout", 204])
    ringback.submit("Hello", callback=HOOK, callback_method="put", model="aura-2-thalia-en")
    ringback.run_until_idle()


def test_one_delivery_becomes_a_file_as_somebody_would_write_it() -> None:
    with Emulator() as ringback:
        eventful(ringback)
        text = re.sub(r'sha256: "[0-9a-f]{64}"', 'sha256: "…"', ringback.export("scenario"))
    assert (
        text
        == """\
# Recorded by Ringback. Secrets are replaced by ***.
version: 1
name: "A delivery: 503, timeout, 204 = delivered"
submit:
  text: Hello
  callback: https://app.example/hook
  callback_method: put
  model: aura-2-thalia-en
receiver: [503, timeout, 204]
expect:
  attempts: [{at: +0s, got: 503}, {at: +30s, got: timeout}, {at: +70s, got: 204}]
  each:
    method: PUT
    headers: {content-type: audio/mpeg, dg-token: $key_id}
    body: {bytes: 2821, sha256: "…"}
  state: delivered
"""
    )


def test_a_file_plays_to_what_was_recorded(tmp_path: Path) -> None:
    with Emulator(Settings(retries=4, retry_delay=7, seed=3, dg_token=False)) as ringback:
        ringback.receiver(
            "https://app.example",
            replies=[Reply(500, {"Retry-After": "5"}, after=2.5), 307, "reset", 204],
            faults=[None, "answer lost", "duplicate"],
        )
        delivery = ringback.submit("Grüße: \n# 'x'", callback=HOOK, tag=["a", "b"], speed=1.2)
        ringback.run_until_idle()
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    report = play_scenario(read(path))
    assert report.passed, report
    assert [line.partition("  copy")[0] for line in report.timeline] == delivery.timeline


def test_a_refused_request_becomes_a_file_that_expects_the_refusal(tmp_path: Path) -> None:
    with Emulator() as ringback:
        with pytest.raises(Refused):
            ringback.submit("Hi", callback="https://ada:s3cret@app.example:3000/")
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert play_scenario(read(path)).passed
    assert "INVALID_QUERY_PARAMETER" in path.read_text("utf-8")


@pytest.mark.parametrize("said", [{"callback": "https://app.example:3000/"}, {"model": "aura-9"}])
def test_a_refused_request_whose_body_is_not_kept_is_refused_again(
    said: dict[str, str], tmp_path: Path
) -> None:
    with Emulator(Settings(keep=100)) as ringback:
        with pytest.raises(Refused):
            ringback.submit("Hi", **{"callback": HOOK, **said})
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert play_scenario(read(path)).passed
    assert "# The body of a request that was refused was not kept" in path.read_text("utf-8")


def test_a_request_that_is_coded_is_refused_again(ringback: Emulator, tmp_path: Path) -> None:
    answer = httpx.post(
        f"{ringback.url}/v1/speak",
        headers={"Authorization": f"Token {ringback.api_key}", "Content-Encoding": "gzip"},
        json={"text": "Hi"},
    )
    assert answer.status_code == 415
    (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert play_scenario(read(path)).passed


def test_a_job_that_failed_fails_again(tmp_path: Path) -> None:
    with Emulator() as ringback:
        ringback.receiver("https://app.example", replies=[500, 204])
        ringback.fail_job(ringback.submit("Hi", callback=HOOK), err_code="NO", status=500)
        ringback.run_until_idle()
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert read(path).scenario.version == 1
    assert play_scenario(read(path)).passed


def test_what_an_application_answered_becomes_the_script(tmp_path: Path) -> None:
    answers = iter([500, 204])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answered(send, next(answers))

    with Emulator() as ringback:
        ringback.connect("https://app.example", app, faults=["refused"])
        ringback.submit("Hi", callback=HOOK)
        ringback.run_until_idle()
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert "receiver: [500, 204]\nfaults: [refused]\n" in path.read_text("utf-8")
    assert play_scenario(read(path)).passed


def test_on_a_clock_that_flowed_moments_are_made_even(tmp_path: Path) -> None:
    with Emulator(Settings(clock="x100")) as ringback:
        ringback.receiver("https://app.example", replies=[503, Reply(204, after=2)])
        ringback.submit("Hi", callback=HOOK)
        ringback.run_until_idle()
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    report = play_scenario(read(path))
    assert report.passed, report
    assert list(report.timeline) == ["+0s POST 503", "+30s POST 204"]


def test_a_folder_gets_a_file_for_each_submission(tmp_path: Path) -> None:
    with Emulator() as ringback:
        eventful(ringback)
        with pytest.raises(Refused):
            ringback.submit("Hi", callback="https://app.example:3000/")
        ringback.submit("Hi", callback=HOOK)
        ringback.run_until_idle()
        paths = ringback.record(tmp_path / "new" / "folder")
        assert paths == ringback.record(tmp_path / "new" / "folder")
    assert [each.name for each in paths] == [
        "001-delivered.ringback.yaml",
        "002-refused-400.ringback.yaml",
        "003-delivered.ringback.yaml",
    ]
    assert {each.name for each in paths[0].parent.iterdir()} == {each.name for each in paths}
    assert play_scenario(read(paths[0])).passed
    assert play_scenario(read(paths[1])).passed


def test_no_file_holds_a_secret(tmp_path: Path) -> None:
    with Emulator(Settings(api_key="k3y-of-ours")) as ringback:
        location = {"Location": "https://ada:s3cret@b.example/?sig=t0ken", "Set-Cookie": "s3cret"}
        ringback.receiver("https://app.example", replies=[Reply(307, location), 200])
        ringback.submit("Hi", callback=SECRET_HOOK, tag="me@s3cret@b")
        ringback.run_until_idle()
        texts = [path.read_text("utf-8") for path in ringback.record(tmp_path)]
        texts.append(ringback.export("scenario"))
    for text in texts:
        assert not re.search("s3cret|t0ken|k3y-of-ours", text)
        assert "access_token=***&lang=en" in text


def test_the_ending_of_a_name_says_the_form(tmp_path: Path) -> None:
    with Emulator() as ringback:
        eventful(ringback)
        for name, beginning in (("a.jsonl", '{"fact"'), ("a.har", "{"), ("a.ringback.yml", "# ")):
            (path,) = ringback.record(tmp_path / name)
            assert path.read_text("utf-8").startswith(beginning)
        with pytest.raises(SettingsError, match=r"let it end in \.ringback\.yaml, \.jsonl or"):
            ringback.record(tmp_path / "a.yaml")


def test_without_a_request_there_is_nothing_to_record(tmp_path: Path) -> None:
    with Emulator() as ringback:
        with pytest.raises(NotRecorded, match="no request arrived"):
            ringback.record(tmp_path / "a.ringback.yaml")
        assert ringback.record(tmp_path / "folder") == []


@pytest.mark.parametrize("name", ["told.ringback.yaml", "told.jsonl"])
def test_a_full_disk_leaves_what_was_there_and_no_part_of_the_new(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Emulator() as ringback:
        eventful(ringback)
        (tmp_path / name).write_text("before")
        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(NotRecorded, match=r"was not written: No space left on device"):
            ringback.record(tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "before"


def test_a_really_full_disk_is_told_of() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(NotRecorded, match="was not written"):
        writing.write(full / "told.ringback.yaml", "text")


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        writing.write(pipe, "text")
        assert (pipe.is_fifo(), os.read(reader, 10)) == (True, b"text")
    finally:
        os.close(reader)
    for name in (".", ""):
        with pytest.raises(NotRecorded, match="was not written: Is a directory"):
            writing.write(Path(name), "text")


def test_what_somebody_has_open_is_written_to(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+") as file:
        opened = Path(f"/dev/fd/{file.fileno()}")
        if not opened.exists():
            pytest.skip("this system does not show what is open")
        writing.write(opened, "text")
        assert file.read() == "text"


def test_a_link_stays_and_so_do_the_permissions(tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    file.write_text("before")
    file.chmod(0o600)
    link.symlink_to(file)
    writing.write(link, "after")
    assert (link.is_symlink(), file.read_text()) == (True, "after")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_is_a_file_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Emulator() as ringback:
        eventful(ringback)
        with pytest.raises(NotRecorded, match=r"folder' was not written: Not a directory"):
            ringback.record(tmp_path / "file" / "folder")


def test_an_emulator_that_has_ended_can_still_be_recorded(tmp_path: Path) -> None:
    with Emulator() as ringback:
        eventful(ringback)
    (path,) = ringback.record(tmp_path)
    assert play_scenario(read(path)).passed


async def answered(send: Any, status: int) -> None:
    """Answer a callback, as an ASGI application does."""
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def same_again(ringback: Emulator | AsyncEmulator, path: Path) -> None:
    """Check that what was recorded plays to the same timeline."""
    (written,) = ringback.record(path)
    given = read(written).scenario.settings.given
    with Emulator(Settings(**given)) as again:
        again.play(written)
        assert again.timeline == ringback.timeline


@pytest.mark.parametrize("status", [200, 500])
def test_what_an_application_gives_up_while_it_answers_is_given_up_again(
    status: int, tmp_path: Path
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        ringback.cancel(ringback.deliveries[0], "enough")
        await answered(send, status)

    with Emulator(Settings(retry_delay=0)) as ringback:
        ringback.connect("https://app.example", app)
        ringback.submit("Hi", callback=HOOK)
        ringback.run_until_idle()
        same_again(ringback, tmp_path / "told.ringback.yaml")


def test_what_an_application_submits_while_it_answers_is_submitted_again(tmp_path: Path) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if len(ringback.deliveries) < 4:
            ringback.submit(f"and {len(ringback.deliveries)}", callback=HOOK)
        await answered(send, 503 if len(ringback.deliveries) < 4 else 204)

    with Emulator() as ringback:
        ringback.connect("https://app.example", app, faults=[None, "answer lost"])
        ringback.submit("Hi", callback=HOOK)
        ringback.advance(5)
        ringback.submit("later", callback=HOOK)
        ringback.run_until_idle()
        same_again(ringback, tmp_path / "told.ringback.yaml")


def test_an_awaited_emulator_records_the_same(tmp_path: Path) -> None:
    async def test() -> None:
        async with AsyncEmulator(Settings(seed=4)) as ringback:
            ringback.receiver("https://app.example", replies=[503, 204])
            first = ringback.submit("Hi", callback=HOOK)
            await ringback.settle()
            ringback.redeliver(first)
            await ringback.run_until_idle()
            await asyncio.to_thread(same_again, ringback, tmp_path / "told.ringback.yaml")

    asyncio.run(test())


def test_whatever_key_was_let_in_whoever_plays_has_another(tmp_path: Path) -> None:
    with Emulator(Settings(any_key=True)) as ringback:
        ringback.receiver("https://app.example", replies=[503, 200])
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=20)
        headers = {"authorization": "Token s0mebody", "content-type": "application/json"}
        connection.request("POST", f"/v1/speak?callback={HOOK}", b'{"text": "Hi"}', headers)
        connection.getresponse().read()
        connection.close()
        ringback.run_until_idle()
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert "dg-token: $key_id" in path.read_text("utf-8")
    assert play_scenario(read(path)).passed


def test_an_attempt_that_led_nowhere_leads_nowhere_again(tmp_path: Path) -> None:
    with Emulator(Settings(retries=1)) as ringback:
        ringback.submit("Hi", callback="https://nowhere.example/")
        ringback.run_until_idle()
        assert ringback.deliveries.only().statuses == ["not allowed", "not allowed"]
        same_again(ringback, tmp_path / "told.ringback.yaml")


def test_what_no_script_can_say_is_named_in_the_first_lines(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf_url = f"http://127.0.0.1:{deaf.getsockname()[1]}"

        def speak_of_mail() -> None:
            connection, _ = deaf.accept()
            with connection:
                connection.sendall(b"220 mail.example ESMTP\r\n")
                while connection.recv(65536):  # what is left unread would reset the connection
                    pass

        with Emulator(Settings(retries=0)) as ringback, ThreadPoolExecutor(1) as pool:
            ringback.connect("https://app.example", deaf_url)
            ringback.submit("Hi", callback=HOOK)
            pool.submit(speak_of_mail)
            ringback.run_until_idle()
            (path,) = ringback.record(tmp_path / "told.ringback.yaml")
    assert "# A script can only say it otherwise: not http.\n" in path.read_text("utf-8")
    assert play_scenario(read(path)).passed


def test_several_requests_on_a_clock_that_flows_play_again(tmp_path: Path) -> None:
    with Emulator(Settings(clock="x100", retries=2)) as ringback:
        ringback.receiver("https://app.example", replies=[503, 500, "timeout", 204])
        for text in ("one", "two", "three"):
            ringback.submit(text, callback=HOOK)
            ringback.advance(7)
        ringback.run_until_idle()
        (path,) = ringback.record(tmp_path / "told.ringback.yaml")
        ends = [str(each.state) for each in ringback.deliveries]
    report = play_scenario(read(path))
    assert report.passed, report
    assert [f"state: {end}\n" in path.read_text("utf-8") for end in ends] == [True] * 3


def test_requests_that_are_no_submission_are_made_again(tmp_path: Path) -> None:
    with Emulator() as ringback:
        connection = http.client.HTTPConnection(ringback.url.removeprefix("http://"), timeout=20)
        key = {"authorization": f"Token {ringback.api_key}", "content-type": "application/json"}
        for method, path, body, headers in (
            ("POST", "/v1/speak?model=aura-2-thalia-en", '{"text": "Hi"}', key),
            ("POST", "/v1/speak?model=nobody", '{"text": "Hi"}', key),
            ("POST", "/v1/speak?encoding=mp3&encoding=flac", '{"text": "Hi"}', key),
            ("POST", "/v1/speak", '{"no": "text"}', key),
            ("POST", "/v1/speak", '{"text": "Hi"}', {"content-type": "application/json"}),
            ("POST", "/v1/speak", "Hi", key | {"content-type": "text/plain"}),
            ("POST", "/v1/speak", "Hi", key | {"content-type": "audio/mpeg"}),
            ("GET", "/v1/speak", None, key),
            ("POST", "/v1/spaek", '{"text": "Hi"}', key),
        ):
            connection.request(method, path, body, headers)
            connection.getresponse().read()
        connection.close()
        same_again(ringback, tmp_path / "told.ringback.yaml")
