"""The speak endpoints as WebSockets: frames to a session, and its effects back.

A frame keeps the clock still from its arrival until its answer is with the transport and the next
frame is waited for, or until its answer is with a peer that does not read it; and what was sent
before somebody moves the clock is heard before it moves. A session that is open and silent keeps
nothing still.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, assert_never

from starlette.types import Message, Receive, Scope, Send

from ringback.clock.turns import call_on, drained, ended, turn
from ringback.core.answer.answer import Answer
from ringback.core.base.rejection import Rejection
from ringback.core.request.editions import Edition
from ringback.core.request.speak import SpeakRules
from ringback.core.stream.stream import Effect, HangUp, Play, Say
from ringback.service.service import Service
from ringback.service.streams import Session
from ringback.serving.aside import aside
from ringback.serving.exchange import credential_of, encoded, refuse_upgrade, unknown_key
from ringback.serving.listening.cycle import HANG_UP, SIGNS_OF_LIFE
from ringback.serving.tenants import Tenants

GOING_AWAY = HangUp(1001, "", "The emulator has ended.")
LOST = HangUp(1006, "", "The connection broke.")


class StreamEndpoint:
    """One edition's path: an upgrade is accepted, or refused as a request would be."""

    def __init__(self, tenants: Tenants, edition: Edition) -> None:
        """Serve *tenants*; *edition* is one that streams."""
        self._tenants = tenants
        self._edition = edition
        self._rules = SpeakRules(edition)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the upgrade, and hold the session to its end."""
        credential, subprotocol = credential_of(scope)
        service = self._tenants.find(
            None if isinstance(credential, Rejection) else credential, scope
        )
        await receive()  # `websocket.connect`, which says nothing
        if service is None:
            schema = self._rules.read_query(scope["query_string"])
            await refuse_upgrade(scope, send, unknown_key(schema))
            return
        token = service.clock.occupy(f"an upgrade of {self._edition.path}")
        try:
            asked = (scope["query_string"], credential, self._edition, scope["headers"])
            if service.failures.ask:
                opened = await aside(partial(service.open_stream, *asked))
            else:
                opened = service.open_stream(*asked)
            if isinstance(opened, Answer):
                await refuse_upgrade(scope, send, opened)
                return
            extensions = scope.get("extensions", {})
            tell = extensions.get(SIGNS_OF_LIFE, lambda _: None)
            tell(opened.sign_of_life)
            hang_up = extensions.get(HANG_UP, lambda: None)
            conversation = _Conversation(service, opened, receive, send, hang_up)
            await conversation.begin(subprotocol)
        finally:
            service.clock.leave(token)
        try:
            await conversation.go_on()
        finally:
            tell(lambda: None)  # what is left to be read may keep the connection


class _Conversation:
    """One accepted WebSocket."""

    def __init__(
        self,
        service: Service,
        session: Session,
        receive: Receive,
        send: Send,
        hang_up: Callable[[], None],
    ) -> None:
        self._clock = service.clock
        self._session = session
        self._receive = receive
        self._connection = send
        self._hang_up = hang_up
        self._loop = asyncio.get_running_loop()
        self._sending: asyncio.Task[None] | None = None
        self._over: asyncio.Future[tuple[HangUp, object]] = self._loop.create_future()

    async def begin(self, subprotocol: str | None) -> None:
        """Accept the upgrade, and say what every session begins with."""
        message: Message = {"type": "websocket.accept", "headers": encoded(self._session.headers)}
        if subprotocol is not None:
            message["subprotocol"] = subprotocol
        # Before the client can know that it may speak.
        self._deaf = self._clock.before_walks(self._listen)
        try:
            with suppress(OSError):  # the client has gone: `go_on` will hear of it
                await self._send(message)
                await self._perform(self._session.greet(), {})
        except BaseException:
            self._deaf()
            self._session.leave(LOST)
            raise

    async def go_on(self) -> None:
        """Talk until the client leaves, the session ends, or its time is up."""
        self._watch()
        forget = self._clock.when_closed(
            partial(call_on, self._loop, partial(self._end, GOING_AWAY, None))
        )
        talk = self._loop.create_task(self._talk())
        try:
            either: set[asyncio.Future[Any]] = {talk, self._over}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if self._over.done():
                talk.cancel()
                await asyncio.wait({talk})
                how, token = self._over.result()
                patient = how is not GOING_AWAY
                await self._answer(self._session.end(how), token, patient=patient)
            if not talk.cancelled():
                talk.result()
        finally:
            self._timer.cancel()
            forget()
            self._deaf()
            talk.cancel()
            self._over.cancel()
            self._session.leave(LOST)

    async def _talk(self) -> None:
        while not self._session.stream.ended:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                code = int(message.get("code", LOST.code))  # an enumeration's, from some servers
                self._session.leave(HangUp(code, message.get("reason") or ""))
                return
            token = self._clock.occupy("a frame of a stream")
            text = message.get("text")
            frame: str | bytes = message["bytes"] if text is None else text
            try:
                effects = self._session.receive(frame)
            except BaseException:
                self._clock.leave(token)
                raise
            await self._answer(effects, token)

    async def _answer(self, effects: list[Effect], token: object, *, patient: bool = True) -> None:
        """Carry *effects* out, and give *token* back: early when the peer does not read.

        Who is not *patient* does not wait for such a peer, and hangs up.
        """
        try:
            audio = await self._made(effects)
        except BaseException:
            self._clock.leave(token)
            raise
        sending = self._sending = self._loop.create_task(self._perform(effects, audio))
        leaving = self._loop.create_task(self._heard(token))
        try:
            if not patient:
                await leaving
            if patient or sending.done():
                await ended(sending)
                if not sending.cancelled():
                    with suppress(OSError):  # the client has gone: `websocket.disconnect` says so
                        sending.result()
            else:
                self._hang_up()
        finally:
            sending.cancel()

    async def _made(self, effects: list[Effect]) -> dict[Play, bytes]:
        """The audio of *effects*. Nobody waits for what takes long, but time."""
        audio: dict[Play, bytes] = {}
        for effect in effects:
            if isinstance(effect, Play):
                make = partial(self._session.audio, effect)
                long = self._session.takes_long(effect)
                audio[effect] = await aside(make) if long else make()
        return audio

    async def _perform(self, effects: list[Effect], audio: Mapping[Play, bytes]) -> None:
        for effect in effects:
            match effect:
                case Say():
                    await self._send({"type": "websocket.send", "text": effect.text})
                case Play():
                    for piece in self._session.frames(effect, audio[effect]):
                        await self._send({"type": "websocket.send", "bytes": piece})
                case HangUp():
                    message = {"type": "websocket.close", "code": effect.code}
                    await self._send(message | {"reason": effect.reason})
                case _:
                    assert_never(effect)

    async def _send(self, message: Message) -> None:
        try:
            await self._connection(message)
        except RuntimeError as error:  # the server has closed it by itself: a frame was enormous
            raise ConnectionError from error

    def _listen(self) -> None:
        """Hear what has been sent. Called by whoever is about to move the clock, in their thread.

        The loop looks at its sockets once it is asked for a turn.
        """
        token = self._clock.occupy("frames on their way to a stream")
        call_on(self._loop, lambda: self._loop.create_task(self._heard(token)))

    async def _heard(self, token: object) -> None:
        """Give *token* back once there is nothing left to hear.

        The server reads no further than one frame while somebody is at it: what has come after it
        is seen by the loop only when it looks at its sockets again.
        """
        try:
            await drained()
            await turn()
            await drained()
        finally:
            self._clock.leave(token)

    def _watch(self) -> None:
        self._timer = self._clock.call_at(self._session.limit[0], self._expire, background=True)

    def _expire(self) -> None:
        """The session's time may be up. Called by whoever moves the clock, in their thread."""
        moment, how = self._session.limit
        if moment > self._clock.now_ns:  # something was heard since
            self._watch()
            return
        token = self._clock.occupy("the end of a stream")
        call_on(self._loop, partial(self._end, how, token))

    def _end(self, how: HangUp, token: object) -> None:
        if self._over.done():
            self._clock.leave(token)
            if how is GOING_AWAY and self._sending is not None:
                self._hang_up()  # the peer does not read why it ended before
                self._sending.cancel()  # whom a send waits for not every uvicorn tells it
        else:
            self._over.set_result((how, token))
