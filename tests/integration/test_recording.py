"""What happened, recorded: files that play to the same, whole or not at all, without a secret."""

import errno
import re
from pathlib import Path

import pytest

from ringback import Emulator, NotRecorded, Refused, Reply, Settings, SettingsError, play_scenario
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

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        await send(  # type: ignore[operator]  # it is ASGI's
            {"type": "http.response.start", "status": next(answers), "headers": []}
        )
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

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
