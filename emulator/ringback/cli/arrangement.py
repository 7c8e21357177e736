"""What a command that serves arranges for each emulator, and what it takes along of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringback.core.base.masking import in_one_line
from ringback.errors import RingbackError, ServerError
from ringback.service.service import Service

if TYPE_CHECKING:
    from ringback.scenario.reading import ScenarioFile


class Arrangement:
    """Routes, the receivers of a scenario file, and recordings, as options say them."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Read what is to be read. Raises `ScenarioError`, and `ServerError` for the folder."""
        self._routes: Mapping[str, str] = options["connect"]
        self._file: ScenarioFile | None = None
        if options["scenario"]:
            from ringback.scenario.reading import read_scenario

            self._file = read_scenario(Path(options["scenario"]))
        self._folder = Path(options["record"]) if options["record"] else None
        self._recorded: dict[str, list[Service]] = {}
        self._lost: list[str] = []
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ServerError(
                    f"{in_one_line(str(self._folder))} cannot be made: {error.strerror}; --record"
                    " needs a folder"
                ) from None

    def arrange(self, service: Service) -> None:
        """Prepare *service*. Raises `SettingsError`."""
        for origin, base in self._routes.items():
            service.connect(origin, base)
        if self._file is not None:
            from ringback.scenario.standing import stand

            stand(service, self._file, self._routes)

    def take_in(self, service: Service) -> None:
        """Have what happens on *service* recorded; those of its key before it are over."""
        if self._folder is not None:
            self._recorded.setdefault(service.key.identifier, []).append(service)

    def end(self) -> list[str]:
        """Record what happened: a scenario for each submission. Says what was lost, in words.

        What a `reset` has ended, and each tenant, has a folder of its own.
        """
        for key_id, services in self._recorded.items():
            for number, service in enumerate(services, 1):
                self._record(service, key_id if len(self._recorded) > 1 else "", number)
        self._recorded.clear()
        return self._lost

    def _record(self, service: Service, key_id: str, number: int) -> None:
        from ringback.recording.record import record

        assert self._folder is not None  # noqa: S101 - nothing is taken in without
        folder = self._folder / key_id[:8] / (f"again-{number - 1}" if number > 1 else "")
        if not len(service.requests):
            return
        try:
            record(service, folder)
        except (RingbackError, OSError) as error:
            self._lost.append(f"ringback lost a recording: {in_one_line(str(error))}")
