"""A command with all that it starts: signals reach it, and nothing of it outlives its end, or ours.

It is a process group. In it is a guard, a shell that reads a pipe of ours: when we are gone,
however that came, the pipe ends, and the guard ends the group.
"""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from ringback.cli.foreground import Foreground
from ringback.core.base.masking import in_one_line
from ringback.errors import RingbackError, ServerError

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_GUARD = """
trap '' INT QUIT TERM HUP TSTP TTIN TTOU
read -r word
[ "$word" = over ] && exit
kill -TERM 0
sleep "$1"
kill -KILL 0
"""

_REST = 2.0
"""Real seconds that what a command has left running may take to end."""

_LOOK = 0.02
"""Real seconds between two looks at whether it has."""


class NotStarted(RingbackError):
    """The command cannot be run; *code* is what a shell would end with."""

    def __init__(self, message: str, code: int) -> None:
        """Keep the *code*."""
        super().__init__(message)
        self.code = code


class Family:
    """A process group for one command. `run` it once, in the main thread."""

    def __init__(self, grace: float) -> None:
        """Put up the guard. *grace*: real seconds that a command may take to end on a signal."""
        self._grace = grace
        self._came: list[int] = []
        self._passed = 0
        self._running = False
        try:
            self._guard = subprocess.Popen(  # noqa: S603 - a fixed program, and its fixed script
                ["/bin/sh", "-c", _GUARD, "ringback-guard", str(grace)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
        except OSError as error:
            raise ServerError(
                f"exec needs /bin/sh, which cannot be run: {error.strerror}"
            ) from None
        self.group = self._guard.pid
        """The number of the process group."""
        self._foreground = Foreground(self.group)

    def run(self, command: Sequence[str], environ: Mapping[str, str]) -> int:
        """Run *command* to its end: its exit code, or 128 and the number of what killed it.

        The first signal that would end us is passed on to all of the group; the next one, or the
        end of the grace, kills it. Raises `NotStarted`.
        """
        with self._listening() as woken:
            try:
                self._foreground.give()
                child = _started(command, environ, self.group)
                self._running = True
                self._pass_on()
                return _waited(child, self._foreground, woken)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                self._foreground.take_back()
                self._end()

    @contextmanager
    def _listening(self) -> Iterator[int]:
        """Have no signal end anything here, but be passed on; one that is ignored stays so.

        What can be read from the given descriptor says that one has come: the system may hand it
        to any thread, and then interrupts nothing that this one waits for.
        """
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        handlers: dict[signal.Signals, Any] = {
            signal.SIGCHLD: lambda *_: None,
            signal.SIGALRM: lambda *_: self._send(signal.SIGKILL),
        }
        passed_on = dict.fromkeys(ENDING, self._take) | {
            signal.SIGTSTP: self._foreground.stop,
            signal.SIGCONT: self._foreground.go_on,
        }
        handlers |= {
            number: heard
            for number, heard in passed_on.items()
            if number is signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN
        }
        timer = signal.setitimer(signal.ITIMER_REAL, 0)
        former_wake = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        former = {number: signal.signal(number, each) for number, each in handlers.items()}
        try:
            yield woken
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(former_wake)
            signal.setitimer(signal.ITIMER_REAL, *timer)
            os.close(woken)
            os.close(wake)

    def _take(self, number: int, _frame: object) -> None:
        self._came.append(number)
        if self._running:
            self._pass_on()

    def _pass_on(self) -> None:
        """Pass on what has come, also while the command was being started; the second one kills."""
        while self._passed < len(self._came):
            self._passed += 1
            self._send(self._came[0] if self._passed == 1 else signal.SIGKILL)

    def _send(self, number: int) -> None:
        if number != signal.SIGKILL:
            signal.setitimer(signal.ITIMER_REAL, self._grace)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)
            if number != signal.SIGKILL:
                os.killpg(self.group, signal.SIGCONT)  # who is stopped hears of nothing

    def _end(self) -> None:
        """End what the command has left running, and the guard."""
        with suppress(OSError):
            self._guard.communicate(b"over\n")
        self._guard.wait()
        looks = int(_REST / _LOOK)
        for number in (signal.SIGTERM, *[0] * looks, signal.SIGKILL):
            if not self._is_there(number):
                return
            threading.Event().wait(_LOOK)

    def _is_there(self, number: int) -> bool:
        """Whether anything is left of the group, to which the signal *number* is sent."""
        with suppress(ChildProcessError):  # those that we have inherited, as the first process
            while os.waitpid(-self.group, os.WNOHANG)[0]:
                pass
        try:
            os.killpg(self.group, number)
        except (ProcessLookupError, PermissionError):  # macOS: all that is left are zombies
            return False
        return _runs(self.group)


def _waited(child: "subprocess.Popen[bytes]", foreground: Foreground, woken: int) -> int:
    """Wait for the end of *child*: its exit code, or that of a shell for what killed it."""
    while True:
        number, status = os.waitpid(child.pid, os.WUNTRACED | os.WNOHANG)
        if not number:
            select.select([woken], [], [])
            with suppress(BlockingIOError):
                os.read(woken, 1024)
        elif os.WIFSTOPPED(status):
            foreground.follow(os.WSTOPSIG(status))
        else:
            code = os.waitstatus_to_exitcode(status)
            child.returncode = code  # or it would be waited for again
            return code if code >= 0 else 128 - code


def _runs(group: int) -> bool:
    """Whether any process of *group* runs: one that has ended, and that nobody waits for, does not.

    Where nothing tells, as far as a signal finds it.
    """
    stats = list(Path("/proc").glob("[0-9]*/stat"))
    for stat in stats:
        with suppress(OSError):  # it has ended meanwhile
            state, _, of = stat.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
            if int(of) == group and state not in "ZX":
                return True
    return not stats


def _started(
    command: Sequence[str], environ: Mapping[str, str], group: int
) -> "subprocess.Popen[bytes]":
    try:
        # Whatever it is: to run it is what our user asks for.
        return subprocess.Popen(command, env=environ, process_group=group)  # noqa: S603 - see above
    except (OSError, ValueError) as error:
        _refuse(command[0], error)


def _refuse(name: str, error: OSError | ValueError) -> NoReturn:
    """Say why the command *name* cannot be run, with the code of a shell."""
    shown = in_one_line(name)
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if "/" not in name or not os.path.lexists(name):
            raise NotStarted(f"{shown}: there is no such command", 127) from None
        reason = "the program that its first line names is not there"
    raise NotStarted(f"{shown}: it cannot be run: {reason}", 126) from None
