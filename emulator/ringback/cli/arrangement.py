"""What a command that serves arranges for each emulator, and what it takes along of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringback.service.service import Service

if TYPE_CHECKING:
    from ringback.cli.recordings import Recordings
    from ringback.scenario.reading import ScenarioFile


class Arrangement:
    """Routes, the receivers of a scenario file, and recordings, as options say them."""

    def __init__(self, options: Mapping[str, Any], say: Callable[[str], None]) -> None:
        """Read what is to be read; *say* hears of recordings that are lost.

        Raises `ScenarioError`, and `ServerError` for the folder of recordings.
        """
        self._routes: Mapping[str, str] = options["connect"]
        self._file: ScenarioFile | None = None
        if options["scenario"]:
            from ringback.scenario.reading import read_scenario

            self._file = read_scenario(Path(options["scenario"]))
        self._recordings = _recordings(options, say) if options["record"] else None

    def arrange(self, service: Service) -> None:
        """Prepare *service*. Raises `SettingsError`."""
        for origin, base in self._routes.items():
            service.connect(origin, base)
        if self._file is not None:
            from ringback.scenario.standing import stand

            stand(service, self._file, self._routes)

    def take_in(self, service: Service) -> None:
        """Have what happens on *service* recorded."""
        if self._recordings is not None:
            self._recordings.take_in(service)

    def end(self) -> None:
        """Write down what was not written yet."""
        if self._recordings is not None:
            self._recordings.end()


def _recordings(options: Mapping[str, Any], say: Callable[[str], None]) -> "Recordings":
    from ringback.cli.recordings import Recordings

    tenants = options.get("tenants", False)
    return Recordings(Path(options["record"]), say, tenants=tenants)
