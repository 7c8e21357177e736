"""Scripted receivers of an emulator in another process."""

from collections.abc import Mapping

from ringback.client import plain
from ringback.client.transport import Transport
from ringback.client.views import RemoteMessage, message
from ringback.core.delivery.arrivals import Arrival, expect_arrivals
from ringback.core.delivery.reply import ReplyLike


class RemoteReceiver:
    """A scripted receiver in another process."""

    def __init__(self, transport: Transport, number: int, url: str) -> None:
        """Look at receiver *number*, which stands at *url*."""
        self._transport = transport
        self._path = f"/receivers/{number}"
        self.url = url
        """The origin at which it stands."""

    def __repr__(self) -> str:
        return f"<RemoteReceiver {self.url}>"

    @property
    def requests(self) -> list[RemoteMessage]:
        """What arrived, in order."""
        told = self._transport.get(self._path)["requests"]
        return [
            message(self._transport, each, f"{self._path}/requests/{place}")
            for place, each in enumerate(told)
        ]

    def assert_received(
        self,
        *,
        times: int | None = None,
        method: str | None = None,
        path: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: bytes | None = None,
    ) -> list[RemoteMessage]:
        """The requests that are as said, of which there must be so many *times*, or at least one.

        What is left out may be anything. Of *headers*, those that are named count, and None says
        that one must be missing; a *path* without a query fits any query. Raises `AssertionError`,
        which shows every request and in what it differs, and `SettingsError` for what cannot be.
        Credentials are masked on their way here: what is in `authorization` cannot be compared.
        """
        expected = Arrival(method, path, headers, body)
        return expect_arrivals(self.url, self.requests, expected, times)

    @property
    def unused(self) -> int:
        """How many of several replies were never given."""
        return int(self._transport.get(self._path)["unused"])

    def replies(self, *entries: ReplyLike) -> None:
        """Replace what is left of the script. Raises `SettingsError` for a reply that is none."""
        self._transport.put(self._path, {"replies": plain.replies(entries)})
