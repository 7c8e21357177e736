"""The vendor's host, led to a server on loopback for as long as it lasts."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

from ringback.clock.forks import lineage
from ringback.clock.real import LoopThread
from ringback.clock.turns import drained
from ringback.core.base.forbidden import ALLOWED, is_forbidden
from ringback.errors import ServerError
from ringback.interception.certificates import certify
from ringback.interception.node import script
from ringback.interception.relay import Caller, Connections, Doorway, Entrance, listening, port_of
from ringback.interception.variables import variables

_HOST = "127.0.0.1"

_MOST = 100
"""Hosts that are named of those that were refused."""


class Interception:
    """Leads `https://api.deepgram.com` to a server on loopback, for whoever heeds `variables`.

    >>> from ringback import Emulator, Interception
    >>> with Emulator() as ringback, Interception(ringback.url) as interception:
    ...     sorted(interception.variables({}))[:3]
    ['CURL_CA_BUNDLE', 'HTTPS_PROXY', 'NODE_EXTRA_CA_CERTS']

    It is a proxy for that host alone, WebSockets included, with a certificate of its own that is
    thrown away at the end: every other host is answered with 403.
    """

    def __init__(self, url: str, *, environ: Mapping[str, str] | None = None) -> None:
        """Begin to lead to the server at *url*, `http://HOST:PORT`.

        What is trusted in *environ*, which is this process's without it, is trusted beside. Raises
        `ServerError` without the extra `tls`, or when there can be no socket or no file.
        """
        target = urlsplit(url)
        if target.scheme != "http" or target.hostname is None or target.port is None:
            raise ServerError(f"{url!r} is no server's URL: http://127.0.0.1:PORT")
        self._target = (target.hostname, target.port)
        self._refused: Counter[str] = Counter()
        self._distrusted = 0
        self._live: Connections = set()
        self._lineage = lineage()
        self._closed = False
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="ringback-"))
        except OSError as error:
            raise ServerError(f"no folder for a certificate: {error.strerror}") from None
        self._thread: LoopThread | None = None
        try:
            self._open(os.environ if environ is None else environ)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<Interception to {self._target[0]}:{self._target[1]} [{self._proxy}]>"

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End."""
        self.close()

    @property
    def refused(self) -> Mapping[str, int]:
        """How often each other host was asked for, `host:port`; of the first hundred."""
        return MappingProxyType(dict(self._refused))

    @property
    def distrusted(self) -> int:
        """How many connections were broken off because the caller does not trust the proxy."""
        return self._distrusted

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What to set over *environ*, for a process that is to be led."""
        return variables(
            environ,
            proxy=self._proxy,
            bundle=str(self._bundle),
            more=str(self._more),
            script=str(self._script),
        )

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Have this process led, and those that it starts: its variables are set meanwhile."""
        changes = self.variables(os.environ)
        kept = {name: os.environ.get(name) for name in changes}
        os.environ.update(changes)
        try:
            yield
        finally:
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def close(self) -> None:
        """End: nobody is led any more, and the files are gone. A fork leaves all to its parent."""
        if self._closed or self._lineage != lineage():
            return
        self._closed = True
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.submit(self._stop()).result(5)
            thread.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, environ: Mapping[str, str]) -> None:
        try:
            self._context, self._bundle, self._more = certify(self._folder, environ)
            self._thread = LoopThread("ringback interception")
            door, port = self._thread.submit(self._start()).result()
            self._proxy = f"http://{_HOST}:{door}"
            self._script = self._folder / "lead.cjs"
            self._script.write_text(script(_HOST, port), encoding="utf-8")
        except RuntimeError as error:
            if is_forbidden(error):
                raise ServerError(
                    f"sockets are forbidden to this test, and a proxy needs some; {ALLOWED}"
                ) from None
            raise
        except OSError as error:
            raise ServerError(f"nobody can be led: {error.strerror or error}") from None

    async def _start(self) -> tuple[int, int]:
        """Listen: the ports of the proxy, and of what it leads to, which speaks TLS."""
        self._inner = await listening(_HOST, self._doorway)
        inside = port_of(self._inner)
        self._outer = await listening(
            _HOST, lambda: Caller(self._live, _HOST, inside, self._refuse)
        )
        return port_of(self._outer), inside

    def _doorway(self) -> Doorway:
        return Doorway(self._live, self._entrance, self._context, self._distrust)

    def _entrance(self) -> Entrance:
        return Entrance(self._live, *self._target)

    def _distrust(self) -> None:
        self._distrusted += 1

    def _refuse(self, wanted: str) -> None:
        if wanted in self._refused or len(self._refused) < _MOST:
            self._refused[wanted] += 1

    async def _stop(self) -> None:
        self._inner.close()
        self._outer.close()
        for transport in list(self._live):
            transport.abort()
        await drained()
