"""A command as a process group: its end, and the end of all that it has started."""

import os
import signal
import threading
from pathlib import Path

import pytest

from ringback.cli.family import Family, NotStarted


def run(*command: str) -> int:
    return Family(grace=60).run(command, os.environ)


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -TERM $$", 143)]
)
def test_the_end_of_a_command_is_its_exit_code_or_that_of_a_shell(script: str, code: int) -> None:
    assert run("/bin/sh", "-c", script) == code


def test_a_command_that_is_not_there_is_127_and_one_that_cannot_be_run_126(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/nowhere/at/all\n")
    for mode, name, code, reason in (
        (0o644, "no-such-command", 127, "there is no such command"),
        (0o644, f"{script}/below", 127, "there is no such command"),
        (0o644, str(script), 126, "it cannot be run: permission denied"),
        (0o755, str(script), 126, "the program that its first line names is not there"),
        (0o755, "a\0b", 126, "it cannot be run: "),
    ):
        script.chmod(mode)
        with pytest.raises(NotStarted, match=reason) as raised:
            run(name)
        assert raised.value.code == code


def test_what_a_command_leaves_running_ends_with_it(tmp_path: Path) -> None:
    running = tmp_path / "running"
    assert run("/bin/sh", "-c", f"sleep 1000 & echo $! >{running}; exit 3") == 3
    assert not runs(int(running.read_text()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_is_passed_on_to_the_command(number: signal.Signals, tmp_path: Path) -> None:
    name = number.name.removeprefix("SIG")
    script = f"trap 'exit 3' {name}; echo up >ready; sleep 1000 & wait"
    assert signalled(script, tmp_path, number) == 3


def test_a_signal_is_passed_on_to_all_that_a_command_has_started(tmp_path: Path) -> None:
    inner = "trap 'echo inner >>heard; exit' TERM; echo up >ready; sleep 1000 & wait"
    outer = f"trap 'wait; echo outer >>heard; exit 3' TERM; sh -c \"{inner}\" & wait"
    assert signalled(outer, tmp_path, signal.SIGTERM) == 3
    assert (tmp_path / "heard").read_text().split() == ["inner", "outer"]


def test_a_command_that_ignores_a_signal_is_killed_after_the_grace(tmp_path: Path) -> None:
    assert signalled(STUBBORN, tmp_path, signal.SIGTERM, grace=0.1) == 137


def test_a_command_that_ignores_a_signal_is_killed_by_the_next(tmp_path: Path) -> None:
    assert signalled(STUBBORN, tmp_path, signal.SIGTERM, signal.SIGINT, grace=1000) == 137


STUBBORN = "trap '' TERM INT; echo up >ready; while :; do sleep 1000; done"


def signalled(script: str, folder: Path, *numbers: signal.Signals, grace: float = 60) -> int:
    """The end of a *script*, which writes to `ready` when it is to have the signals *numbers*."""
    ready = folder / "ready"
    os.mkfifo(ready)

    def send() -> None:
        assert ready.read_text() == "up\n"
        for number in numbers:
            os.kill(os.getpid(), number)

    sender = threading.Thread(target=send)
    sender.start()
    code = Family(grace).run(["sh", "-c", f"cd {folder}; {script}"], os.environ)
    sender.join()
    return code


def test_signals_are_heard_as_before_once_a_command_has_ended() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGALRM)]
    run("/bin/sh", "-c", "exit 0")
    with pytest.raises(NotStarted):
        run("no-such-command")
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGALRM)] == before


def test_no_child_is_left_to_be_waited_for() -> None:
    family = Family(grace=60)
    family.run(["/bin/sh", "-c", "exit 0"], os.environ)
    with pytest.raises(ChildProcessError):
        os.waitpid(-family.group, os.WNOHANG)


def runs(number: int) -> bool:
    """Whether a process runs: one that has ended, and nobody has waited for, does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
