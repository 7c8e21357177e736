"""What happens is written down while it happens, a file for each submission that is over."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback import Emulator, NotRecorded, Settings, play_scenario, read_scenario
from ringback.recording.recorder import Recorder

HOOK = "https://app.example/hook"


def names(folder: Path) -> list[str]:
    """The files in *folder*, hidden ones too."""
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recorded"


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as ringback:
        ringback.receiver("https://app.example", replies=[503, 204])
        yield ringback


@pytest.fixture
def recorder(ringback: Emulator, folder: Path) -> Recorder:
    return Recorder(ringback._service, folder)


def test_a_submission_is_written_down_once_it_is_over(
    ringback: Emulator, recorder: Recorder, folder: Path
) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    recorder.write()
    assert names(folder) == []
    ringback.advance(30)
    recorder.write()
    assert names(folder) == ["001-delivered.ringback.yaml"]
    assert play_scenario(read_scenario(folder / names(folder)[0])).passed
    ringback.run_until_idle()


def test_what_is_pending_is_written_down_where_it_is_asked_for(
    ringback: Emulator, recorder: Recorder, folder: Path
) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.settle()
    recorder.write(pending=True)
    assert names(folder) == ["001-pending.ringback.yaml"]
    ringback.run_until_idle()
    recorder.write()
    assert names(folder) == ["001-delivered.ringback.yaml"]


def test_only_what_is_new_is_written(ringback: Emulator, recorder: Recorder, folder: Path) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    recorder.write()
    (folder / names(folder)[0]).unlink()
    ringback.submit("Good day", callback=HOOK)
    ringback.run_until_idle()
    recorder.write()
    recorder.write(pending=True)
    assert names(folder) == ["002-delivered.ringback.yaml"]


def test_a_delivery_that_is_sent_again_is_told_of_in_its_file(
    ringback: Emulator, recorder: Recorder, folder: Path
) -> None:
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    recorder.write()
    before = (folder / names(folder)[0]).read_text()
    ringback.redeliver(delivery)
    ringback.run_until_idle()
    recorder.write()
    assert names(folder) == ["001-delivered.ringback.yaml"]
    assert (folder / names(folder)[0]).read_text() != before


def test_what_is_kept_no_longer_leaves_its_file_and_its_number(folder: Path) -> None:
    with Emulator(Settings(keep=20)) as ringback:
        ringback.receiver("https://app.example", replies=[204])
        recorder = Recorder(ringback._service, folder)
        for _ in range(40):
            ringback.submit("Hello", callback=HOOK)
            ringback.run_until_idle()
            recorder.write()
        assert names(folder) == [f"{number:03}-delivered.ringback.yaml" for number in range(1, 41)]


def test_what_was_dropped_before_it_was_written_is_told_of_once(folder: Path) -> None:
    with Emulator(Settings(keep=20)) as ringback:
        ringback.receiver("https://app.example", replies=[204])
        recorder = Recorder(ringback._service, folder)
        for _ in range(40):
            ringback.submit("Hello", callback=HOOK)
            ringback.run_until_idle()
        with pytest.raises(NotRecorded, match="facts were dropped before they were written down"):
            recorder.write()
        kept = names(folder)
        recorder.write(pending=True)
    assert 0 < len(kept) < 40
    assert names(folder) == kept


def test_what_could_not_be_written_is_written_once_it_can_be(
    ringback: Emulator, recorder: Recorder, folder: Path
) -> None:
    folder.write_text("no folder")
    for text in ("Hello", "Good day"):
        ringback.submit(text, callback=HOOK)
    ringback.run_until_idle()
    with pytest.raises(NotRecorded, match="was not written"):
        recorder.write()
    folder.unlink()
    recorder.write()
    assert names(folder) == ["001-delivered.ringback.yaml", "002-delivered.ringback.yaml"]


def test_a_folder_that_has_gone_is_told_of_once_and_made_again(
    ringback: Emulator, recorder: Recorder, folder: Path
) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    recorder.write()
    shutil.rmtree(folder)
    ringback.submit("Good day", callback=HOOK)
    ringback.run_until_idle()
    with pytest.raises(NotRecorded, match="has gone, and with it what was recorded"):
        recorder.write()
    recorder.write(pending=True)
    assert names(folder) == ["002-delivered.ringback.yaml"]


def test_a_file_in_place_of_the_folder_is_told_with_all_that_is_lost(
    ringback: Emulator, recorder: Recorder, folder: Path
) -> None:
    ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    recorder.write()
    shutil.rmtree(folder)
    folder.write_text("no folder")
    for text in ("Good day", "Good night", "Goodbye"):
        ringback.submit(text, callback=HOOK)
    ringback.run_until_idle()
    with pytest.raises(NotRecorded) as raised:
        recorder.write()
    said = str(raised.value)
    assert "has gone" in said
    assert "it is a file, and no folder" in said
    assert said.endswith("So it is with 2 more")
