"""Sends callbacks over HTTP/1.1, one fresh connection per attempt.

It is no HTTP client library on purpose: those are mocked by the very tests that this serves, and
a delivery that the user's own mock swallows is the worst that can happen. No redirects, proxies,
cookies, compression or pools either: what happens on the wire is exactly one request.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence

from ringback.core.base.forbidden import ALLOWED, is_forbidden
from ringback.core.delivery.message import CallbackMessage
from ringback.core.delivery.outcome import Outcome, TimedOut, Unreachable
from ringback.core.request.endpoint import Endpoint
from ringback.errors import RingbackError
from ringback.sending.addresses import AddressRules
from ringback.sending.border import CONNECTING, outcome_of
from ringback.sending.conversation import Conversation
from ringback.sending.deadline import Expired, deadline
from ringback.sending.exchange import Exchange
from ringback.sending.pieces import cut_off, in_bits, pause
from ringback.sending.sender import Alarm, Limits, Line
from ringback.sending.tls import Tls, trusting, trusting_everyone

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Looks up a host for a port: its addresses in order of preference. Raises `OSError`."""


async def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of *host*, in a worker thread."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpSender:
    """A `Sender` over sockets.

    *base* is dialled instead of every endpoint's own scheme, host and port. *allow_hosts* may be
    dialled beside this machine, never *own_addresses*, the emulator's listeners. *ca_file* takes
    the place of the system's certificate authorities; without *tls_verify* any certificate will do.
    """

    def __init__(
        self,
        alarm: Alarm,
        *,
        base: tuple[str, str, int] | None = None,
        allow_hosts: Collection[str] = (),
        own_addresses: Callable[[], Collection[tuple[str, int]]] = frozenset,
        ca_file: str | None = None,
        tls_verify: bool = True,
        resolve: Resolve = look_up,
    ) -> None:
        """Raises `SettingsError` for a host or a certificate file that is none."""
        self._alarm = alarm
        self._base = base
        self._rules = AddressRules([*allow_hosts, base[1]] if base else allow_hosts)
        self._own_addresses = own_addresses
        self._resolve = resolve
        self._context = trusting(ca_file) if ca_file is not None else None
        if not tls_verify:
            self._context = trusting_everyone()

    async def send(self, message: CallbackMessage, endpoint: Endpoint, limits: Limits) -> Outcome:
        """Send *message* over a connection of its own and say what became of it."""
        exchange: Exchange | Unreachable | None = None
        try:
            with deadline(self._alarm, limits.total):
                with deadline(self._alarm, limits.connect):
                    exchange, rest = await self._connect(message, endpoint, limits.line)
                if isinstance(exchange, Unreachable):
                    return exchange
                for piece in rest:
                    await pause(self._alarm, limits.line.drag / len(rest))
                    if exchange.outcome.done():
                        break
                    exchange.add(piece)
                return await exchange.outcome
        except Expired as late:
            return TimedOut(late.limit, "answer" if exchange else "connect")
        except OSError as error:
            return outcome_of(error, CONNECTING)
        except RuntimeError as error:
            if is_forbidden(error):
                raise RingbackError(
                    f"sockets are forbidden to this test, and a callback to {endpoint} needs one;"
                    f" {ALLOWED}"
                ) from None
            raise
        finally:
            if isinstance(exchange, Exchange):
                exchange.abandon()

    async def _connect(
        self, message: CallbackMessage, endpoint: Endpoint, line: Line
    ) -> tuple[Exchange | Unreachable, Sequence[bytes]]:
        """Dial, shake hands where it is https, and begin the exchange. Raises `OSError`.

        The exchange is to be given the pieces that come with it, bit by bit.
        """
        scheme, host, port = self._base or (endpoint.scheme, endpoint.host, endpoint.port)
        addresses = await self._addresses(host, port, endpoint.origin)
        if isinstance(addresses, Unreachable):
            return addresses, ()
        loop = asyncio.get_running_loop()
        raw = await _dial(addresses, port)
        if line.meeting is not None:
            try:
                await line.meeting.wait()
            except BaseException:
                raw.close()
                raise
        conversation = Conversation()
        request = conversation.say(message, endpoint.target)
        rest: Sequence[bytes] = ()
        if line.cut is not None:
            request = cut_off(request, message.body, line.cut)
        elif line.drag:
            request, rest = request[:1], in_bits(request[1:])
        # The certificate is the endpoint's, wherever its callbacks lead.
        tls = Tls(self._trust(), endpoint.host.removesuffix(".")) if scheme == "https" else None
        breaks = line.cut is not None
        exchange = Exchange(conversation, request, raw, loop.create_future(), tls, breaks=breaks)
        try:
            await loop.create_connection(lambda: exchange, sock=raw)
            if exchange.secured is not None:
                await exchange.secured
        except BaseException:
            exchange.abandon()  # asyncio has closed it already, and would now send the rest first
            raise
        return exchange, rest

    async def _addresses(self, host: str, port: int, origin: str) -> Sequence[str] | Unreachable:
        if refusal := self._rules.refuse_host(host, origin):
            return refusal
        addresses = self._rules.without_lookup(host) or await self._resolve(host, port)
        # All are checked before any is dialled, and by their digits: a second look-up could give
        # other addresses.
        own = self._own_addresses()
        for address in addresses:
            if refusal := self._rules.refuse_address(address, port, own):
                return refusal
        return addresses or Unreachable("unknown host", f"{host} has no address")

    def _trust(self) -> ssl.SSLContext:
        """The one context, made when it is first needed: that takes 40 ms (measured)."""
        if self._context is None:
            self._context = trusting(None)
        return self._context


async def _dial(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to the first of *addresses* that takes it. Raises `OSError` naming them all."""
    failures: list[tuple[str, OSError]] = []
    for address in addresses:
        try:
            return await _dial_one(address, port)
        except OSError as error:
            failures.append((f"[{address}]" if ":" in address else address, error))
    details = [f"{where}:{port} {os.strerror(error.errno or 0)}" for where, error in failures]
    raise OSError(failures[0][1].errno, ", ".join(details))


async def _dial_one(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns Nagle's algorithm off, but only on sockets that name their protocol.
    raw = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, (address, port))
    except BaseException:
        raw.close()
        raise
    return raw
