"""What happens, written down while it happens: a scenario for each submission that is over."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ringback.errors import NotRecorded
from ringback.recording.scenarios import PENDING, name_of, outcome, text_of
from ringback.recording.told import Told, told
from ringback.recording.writing import write_all
from ringback.service.service import Service


@dataclass
class _Written:
    """A submission that was told of: its *number*, the file, and how many facts that tells of."""

    number: int
    name: str = ""
    facts: int = 0


class Recorder:
    """Keeps a *folder* up to date with what happens on a *service*."""

    def __init__(self, service: Service, folder: Path) -> None:
        """Write nothing yet."""
        self.service = service
        self._folder = folder
        self._end = 0
        self._count = 0
        self._is_there = False
        self._written: dict[str, _Written] = {}

    def write(self, *, pending: bool = False) -> None:
        """Write down each submission that is over and was not written so before.

        *pending*: the others, too, as they stand. Each file is there as a whole or not at all;
        what could not be written is tried again by the next call. Raises `NotRecorded`, also for
        what the journal has dropped since the last call, and where the folder has gone meanwhile.
        """
        end = self.service.journal.end
        missed = self.service.journal.dropped - self._end
        if end == self._end and not pending:
            return
        told = self._looked_after()
        lost: list[NotRecorded] = []
        for each, submission in self._changed(pending=pending):
            name = name_of(submission, each.number)
            try:
                write_all(self._folder, {name: text_of(submission)})
            except NotRecorded as error:
                lost.append(error)
                continue
            self._is_there = True
            if each.name and each.name != name:
                with suppress(OSError):
                    (self._folder / each.name).unlink()
            each.name, each.facts = name, len(submission.facts)
        if lost:
            told.append(str(lost[0]))
            if len(lost) > 1:
                told.append(f"So it is with {len(lost) - 1} more")
        else:
            self._end = end
            if missed > 0:
                told.append(
                    f"{missed} facts were dropped before they were written down: keep more of them"
                    " (--keep), or let less happen at once"
                )
        if told:
            raise NotRecorded(". ".join(told))

    def _looked_after(self) -> list[str]:
        """What is to be told of a folder that was there, if it is no more."""
        if not self._is_there or self._folder.is_dir():
            return []
        self._is_there = False
        return [
            f"{str(self._folder)!r} has gone, and with it what was recorded; what happens from now"
            " on is written to a new one"
        ]

    def _changed(self, *, pending: bool) -> Iterator[tuple[_Written, Told]]:
        apart = told(self.service).apart()
        # What is kept no longer cannot change.
        self._written = {key: each for key, each in self._written.items() if key in apart}
        for request_id, submission in apart.items():
            each = self._written.get(request_id)
            if each is None:
                self._count += 1
                each = self._written[request_id] = _Written(self._count)
            is_over = outcome(submission) != PENDING
            if len(submission.facts) != each.facts and (is_over or pending):
                yield each, submission
