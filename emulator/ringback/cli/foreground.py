"""Whom the terminal at our standard input listens to, and how a command and we stop and go on."""

import os
import signal
from contextlib import suppress

_READS_OR_WRITES = (signal.SIGTTIN, signal.SIGTTOU)


class Foreground:
    """For a command in the process group *group*: it has the terminal while we should have it.

    For the shell that has started us, both of us are one job: its `fg`, `bg` and Ctrl-Z mean both.
    """

    def __init__(self, group: int) -> None:
        """Look who we are."""
        self._group = group
        self._ours = os.getpgrp()
        self._told = False

    def give(self) -> None:
        """Give it to the command, so that it reads what is typed, and Ctrl-C is for it alone."""
        if _holder() == self._ours:
            _hand_over(self._group)

    def take_back(self) -> None:
        """Have it again, but not from a shell, which has it while we run in the background."""
        if _holder() == self._group:
            _hand_over(self._ours)

    def stop(self, *_: object) -> None:
        """Hear that we are to stop: first the command is to, which may refuse."""
        self._told = True
        self._send(signal.SIGTSTP)

    def go_on(self, *_: object) -> None:
        """Go on, and have the command do so: in the foreground, if we are there."""
        self._told = False
        self.give()
        self._send(signal.SIGCONT)

    def follow(self, number: int) -> None:
        """Stop as the command has been by the signal *number*, until the shell has us go on."""
        holder, told = _holder(), self._told
        if number in _READS_OR_WRITES and holder == self._ours:
            self.go_on()  # by `fg`, of which nobody tells who runs already
            return
        if not (holder or told):
            return  # who has stopped it, by its number, has it go on
        self.take_back()
        former = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        # A script around us, such as `npm test`, has heard of it only where we have.
        os.kill(os.getpid() if told else 0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, former)
        if number == signal.SIGTSTP:
            self.go_on()  # without a shell that could, the system has stopped nobody but it
        else:
            self.give()

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._group, number)


def _holder() -> int:
    """The process group that has the terminal, or 0 without one."""
    try:
        return os.tcgetpgrp(0)
    except OSError:
        return 0


def _hand_over(group: int) -> None:
    former = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    with suppress(OSError):  # it may be gone
        os.tcsetpgrp(0, group)
    signal.signal(signal.SIGTTOU, former)
