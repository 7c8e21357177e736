"""What a test arranges: where callbacks lead, who receives them, which requests fail."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ringback.clock.guard import set_alarm
from ringback.core.answer.failure import RequestFailureLike, read_failure
from ringback.core.answer.failures import Failures, When
from ringback.core.base.masking import masked_url
from ringback.core.delivery.fault import FaultLike, read_faults
from ringback.core.delivery.orders import Orders
from ringback.core.delivery.plan import Plan, read_plan
from ringback.core.delivery.reply import ReplyLike
from ringback.core.request.endpoint import Endpoint, split
from ringback.errors import SettingsError
from ringback.receiving.scripted import Receiver
from ringback.sending.addresses import AddressRules
from ringback.sending.routes import Route, Routes
from ringback.sending.sender import Sender
from ringback.service.connected import Connected
from ringback.settings.settings import Settings

if TYPE_CHECKING:
    from ringback.sending.started import StartedAsgiSender


class Arranging:
    """The routes of a service, its scripted receivers and the failures that were ordered."""

    def __init__(
        self,
        settings: Settings,
        lock: threading.RLock,
        own_addresses: Callable[[], Sequence[tuple[str, int]]],
    ) -> None:
        """Nothing is arranged; no callback may reach *own_addresses*."""
        self._lock = lock
        self._settings = settings
        self._own_addresses = own_addresses
        self.routes = Routes(self._dialler)
        self.receivers: list[Receiver] = []
        self.failures = Failures(settings.every_failure)
        self.orders = Orders()
        self._connected: dict[str, Connected] = {}
        self._let_off_receivers: set[Receiver] = set()
        self.plans: list[Plan] = []
        """The faults of single deliveries."""
        self.started: list[StartedAsgiSender] = []

    def connect(
        self,
        origin: str,
        to: Any,
        faults: Iterable[FaultLike] = (),
        *,
        lifespan: bool = False,
    ) -> None:
        """Lead callbacks to *origin* to an application, a base URL or a receiver.

        One with a path is for what is at and below it; the longest path counts. Raises
        `SettingsError`.
        """
        whole, path = _place(origin)
        whose = whole + path
        read = read_faults(faults, self._settings.retries + 1)
        plan = read_plan(read, self._settings.retries + 1, whose)
        route = self._route(to, lifespan)
        for shape in plan.shapes if plan is not None and not isinstance(to, str) else ():
            if shape is not None and shape.real:
                raise SettingsError(
                    f"{whose}: {shape.name!r} is for a receiver behind a socket: connect(…,"
                    " 'http://127.0.0.1:PORT'), or leave out real=True for virtual seconds"
                )
        route.plan = plan
        self.routes.connect(whole, route, path)
        self._connected[whose] = Connected(whose, to, read, lifespan)

    def receiver(
        self,
        origin: str,
        replies: Iterable[ReplyLike] = (200,),
        faults: Iterable[FaultLike] = (),
    ) -> Receiver:
        """Put a scripted receiver at *origin*, or at a path of it. Raises `SettingsError`."""
        receiver = Receiver("".join(_place(origin)), replies, self._settings.keep)
        self.connect(origin, receiver, faults)
        self.receivers.append(receiver)
        return receiver

    @property
    def owing(self) -> list[Receiver]:
        """The receivers whose replies have to be used: one that is kept does once it is asked."""
        let_off = self._let_off_receivers
        return [each for each in self.receivers if each not in let_off or each.requests]

    def keep(self) -> list[Connected]:
        """What is connected now, to be connected again; from now on it owes nothing."""
        kept = list(self._connected.values())
        for each in kept:
            self._let_off(each)
        return kept

    def connect_again(self, kept: Iterable[Connected]) -> None:
        """Connect what was *kept* of a service before this one, from its beginning."""
        for each in kept:
            if isinstance(each.to, Receiver):
                each.to.begin_again()
            self.connect(each.place, each.to, each.faults, lifespan=each.lifespan)
            self._let_off(each)

    def _let_off(self, connected: Connected) -> None:
        self.routes.at(connected.place).owes = False
        if isinstance(connected.to, Receiver):
            self._let_off_receivers.add(connected.to)
            if connected.to not in self.receivers:
                self.receivers.append(connected.to)

    def fail_requests(
        self, failures: Iterable[RequestFailureLike | None], when: When | None = None
    ) -> None:
        """Let the next requests fail, or those that *when* picks. Raises `SettingsError`."""
        read = [None if failure is None else read_failure(failure) for failure in failures]
        with self._lock:
            self.failures.add(read, when)

    def fault_deliveries(self, faults: Iterable[FaultLike], when: When | None = None) -> None:
        """Let deliveries meet *faults*, those alone that *when* picks. Raises `SettingsError`."""
        plan = read_plan(faults, self._settings.retries + 1, "fault_deliveries(…)")
        if plan is None:
            raise SettingsError(
                "fault_deliveries() orders nothing: write the faults, one for each attempt, such"
                " as fault_deliveries('answer lost', when=lambda request: request.text == 'Hello')"
            )
        with self._lock:
            self.orders.add(plan, when)

    def resolves(self, endpoint: Endpoint) -> bool:
        """Whether the host of *endpoint* leads anywhere, as far as that is asked."""
        return (
            not self._settings.resolve_callbacks
            or self.routes.lead_to(endpoint.host)
            or AddressRules(self._settings.allow_hosts).resolves(endpoint.host)
        )

    def _route(self, to: Any, lifespan: bool) -> Route:
        if isinstance(to, Receiver):
            return Route(respond=to.answer)
        if isinstance(to, str):
            return Route(sender=self._dialled(to))
        if isinstance(to, list | tuple):
            raise SettingsError(
                f"connect(…, {to!r}): a route leads to one receiver, and these are {len(to)}: give"
                " each an origin of its own"
            )
        from ringback.sending.asgi import AsgiSender
        from ringback.sending.interface import takes
        from ringback.sending.wsgi import WsgiSender

        if takes(to) == "wsgi":
            return Route(sender=WsgiSender(to))
        if not lifespan and any(
            f"{cls.__module__}.{cls.__qualname__}" == "sanic.app.Sanic" for cls in type(to).__mro__
        ):
            raise SettingsError(
                "Sanic makes its routes ready in its startup, which nobody has run: write"
                " connect(…, app, lifespan=True)"
            )
        if not lifespan:
            return Route(sender=AsgiSender(to))
        from ringback.sending.started import StartedAsgiSender

        started = StartedAsgiSender(to)
        self.started.append(started)
        return Route(sender=started)

    def _dialled(self, url: str) -> Sender:
        endpoint = split(url)
        if isinstance(endpoint, str) or endpoint.target != "/":
            reason = endpoint if isinstance(endpoint, str) else "It must not have a path."
            raise SettingsError(
                f"connect(…, {masked_url(url)!r}): no base URL. {reason} Write http://127.0.0.1:PORT."
            )
        from ringback.sending.http import HttpSender

        return HttpSender(
            set_alarm,
            base=(endpoint.scheme, endpoint.host, endpoint.port),
            own_addresses=self._own_addresses,
            ca_file=self._settings.ca_file,
            tls_verify=self._settings.tls_verify,
        )

    def _dialler(self) -> Sender:
        """What takes callbacks to origins that nothing is connected to."""
        from ringback.sending.http import HttpSender

        return HttpSender(
            set_alarm,
            allow_hosts=self._settings.allow_hosts,
            own_addresses=self._own_addresses,
            ca_file=self._settings.ca_file,
            tls_verify=self._settings.tls_verify,
        )


def _place(text: str) -> tuple[str, str]:
    """The origin and the path at which *text* says that something stands; the path may be empty."""
    endpoint = split(text)
    if isinstance(endpoint, str):
        raise SettingsError(
            f"{masked_url(text)!r} is no origin. {endpoint} Write https://app.example."
        )
    path, question, _ = endpoint.target.partition("?")
    path = path.rstrip("/")
    if question:
        raise SettingsError(
            f"{masked_url(text)!r} has a query, and a receiver stands at an origin or a path: write"
            f" {endpoint.origin + path!r}"
        )
    return endpoint.origin, path
