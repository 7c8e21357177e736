"""How an emulator begins again: for the same test, or for another one."""

from ringback.core.base.ids import IdSource
from ringback.errors import NotRunning
from ringback.faces.life import ClockFace, Life
from ringback.sending.crashes import Crash
from ringback.service.connected import Connected
from ringback.service.service import Service


class Again(Life[ClockFace]):
    """An emulator that begins again, and what is known from before."""

    _found: dict[str, list[str]]
    _crashed: list[Crash]
    _kept: list[Connected]
    _ids: IdSource | None

    def reset(self) -> None:
        """Begin again at zero, under the same key, with nothing pending.

        Nothing is connected, but for what `keep_connected` keeps. Like a verb it first raises what
        a predicate has raised and nobody has heard. What a strict test would not leave behind is
        still told of by `leftovers`, but for what was still to come.
        """
        self._live_service.clock.raise_unheard()
        self._keep_found()
        self._begin_again()

    def keep_connected(self) -> None:
        """Have each `reset` and `end_test` connect again what is connected now.

        The replies and faults there begin from the beginning then, and what they do not come to
        is not left behind: an attempt has to come there first.
        """
        self._kept = self._live_service.arranging.keep()

    def end_test(self) -> None:
        """Begin again for another test, as `reset` does, and forget what was found so far.

        Request ids go on, for the application that outlives a test may know those that it has seen.
        One that was closed is opened again.
        """
        self._found.clear()
        self._crashed.clear()
        service = self._service
        self._ids = service.ids
        try:
            self._begin_again()
        except NotRunning:
            self.open()

    def leftovers(self) -> dict[str, list[str]]:
        """What a strict test would not leave behind, in sentences, by kind.

        The kinds are the README's: `pending`, `replies`, `failures`, `faults`, `errors`,
        `unknown_keys`, `wrong_paths`, `unrouted` and `crashes`. What was found before a `reset` is
        among it.
        """
        found = self._service.leftovers()
        return {kind: self._found.get(kind, []) + told for kind, told in found.items()}

    @property
    def crashes(self) -> list[Crash]:
        """What applications behind `connect` raised: `error`, `origin` and `times`, each error
        once. Tracebacks hold the application's own frames."""
        return [*self._crashed, *self._service.crashes]

    def _begin_again(self) -> None:
        self._live_service  # noqa: B018  # it raises where there is none
        if self._settings.api_key is None:
            self._settings = self._settings.changed(api_key=self.api_key)
        self._end_service()
        self.open()

    def _keep_found(self) -> None:
        """Keep what strictness has found so far; what was still to come is called off."""
        for kind, told in self._service.happened().items():
            if told:
                self._found.setdefault(kind, []).extend(told)
        self._crashed.extend(self._service.crashes)

    def _prepare(self, service: Service) -> None:
        super()._prepare(service)
        if self._ids is not None:
            service.ids = self._ids
        service.arranging.connect_again(self._kept)
