"""Voice notes: Flask takes the callbacks, and a worker thread publishes what they brought.

What arrives is kept in SQLite before it is acknowledged, once for each request id. The queue says
only that there is something to do: what was in it when the process died is found in the database.
"""

import logging
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import ClassVar, NamedTuple, TypeAlias

from flask import Flask, Request, Response, request

log = logging.getLogger(__name__)


class Callback(NamedTuple):
    """What arrived: the audio, or in JSON why there is none."""

    request_id: str
    content_type: str
    body: bytes


Work: TypeAlias = "Queue[Callback | None]"
"""What the worker is to do; None ends it."""


class VoiceNotes:
    """The application; `wsgi` is what a server serves."""

    methods: ClassVar[Sequence[str]] = ("POST", "PUT")
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS notes (
            request_id TEXT PRIMARY KEY, audio BLOB, published INTEGER DEFAULT 0
        );
        CREATE TABLE IF NOT EXISTS failures (request_id TEXT PRIMARY KEY, reason TEXT);
    """

    def __init__(
        self,
        database: Path,
        work: Work,
        *,
        user: str = "ada",
        password: str = "s3cret",
        busy_timeout: float = 5.0,
        durable: bool = True,
    ) -> None:
        """Keep everything in *database*, and hand over to the worker by *work*.

        What is not *durable* may not survive a power cut, and is written much faster.
        """
        self.database = database
        self.work = work
        self.user = user
        self.password = password
        self.busy_timeout = busy_timeout
        self.durable = durable
        with self.opened() as opened:
            opened.executescript(f"BEGIN; {self.schema} COMMIT;")
        self.wsgi = Flask(__name__)
        self.wsgi.add_url_rule("/spoken", view_func=self.spoken, methods=[*self.methods])

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """The database, in one transaction."""
        connection = sqlite3.connect(self.database, timeout=self.busy_timeout)
        try:
            if not self.durable:  # a test need not survive a power cut
                connection.execute("PRAGMA synchronous = OFF")
            with connection:
                yield connection
        finally:
            connection.close()

    # -- being called back -------------------------------------------------------------------------

    def spoken(self) -> Response:
        """Take a callback."""
        if not self.lets_in(request):
            return Response(status=401, headers={"www-authenticate": "Basic"})
        request_id, content_type = request.headers["dg-request-id"], request.headers["content-type"]
        return self.answer(Callback(request_id, content_type, request.get_data()))

    def lets_in(self, request: Request) -> bool:
        """Whether the caller knows the user and the password of our callback URL."""
        given = request.authorization
        if given is None or given.type != "basic":
            return False
        wanted = f"{self.user}:{self.password}"
        return secrets.compare_digest(
            f"{given.username}:{given.password}".encode(), wanted.encode()
        )

    def answer(self, callback: Callback) -> Response:
        """Keep what *callback* brings, then acknowledge it: after that it will not come again."""
        try:
            if not self.is_audio(callback):
                self.note_failure(callback)
            elif self.keep(callback):
                self.work.put(callback)
        except sqlite3.OperationalError:  # the database is locked, or its disk is full
            return Response(status=503)
        return Response(status=202)

    def is_audio(self, callback: Callback) -> bool:
        """Whether it is audio: a job that has failed is told of in JSON."""
        return callback.content_type.startswith("audio/")

    def keep(self, callback: Callback) -> bool:
        """Keep the audio, and say whether it is new: the database decides, in one statement."""
        with self.opened() as database:
            done = database.execute(
                "INSERT INTO notes (request_id, audio) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (callback.request_id, callback.body),
            )
        return done.rowcount > 0

    def note_failure(self, callback: Callback) -> None:
        """Keep the reason why there is no audio."""
        with self.opened() as database:
            database.execute(
                "INSERT OR IGNORE INTO failures VALUES (?, ?)",
                (callback.request_id, callback.body.decode(errors="replace")),
            )

    # -- working -----------------------------------------------------------------------------------

    @contextmanager
    def working(self) -> Iterator[None]:
        """Have a thread work meanwhile, first at what was left undone."""
        for request_id, audio, published in self.notes():
            if not published:
                self.work.put(Callback(request_id, "audio/mpeg", audio))
        worker = Thread(target=self.run, name="publishing")
        worker.start()
        try:
            yield
        finally:
            self.work.put(None)
            worker.join()

    def run(self) -> None:
        """Work until there is a None to do."""
        while (callback := self.work.get()) is not None:
            try:
                self.publish(callback)
            except sqlite3.OperationalError:
                log.warning("%s is published after the next start", callback.request_id)
            finally:
                self.work.task_done()

    def publish(self, callback: Callback) -> None:
        """Show a note to everybody."""
        with self.opened() as database:
            database.execute(
                "UPDATE notes SET published = published + 1 WHERE request_id = ?",
                (callback.request_id,),
            )

    # -- looking -----------------------------------------------------------------------------------

    def notes(self) -> list[tuple[str, bytes, int]]:
        """The request id and the audio of all that was kept, and how often it was published."""
        with self.opened() as database:
            return list(database.execute("SELECT request_id, audio, published FROM notes"))

    def failures(self) -> dict[str, str]:
        """Why there is no audio, by request id."""
        with self.opened() as database:
            return dict(database.execute("SELECT request_id, reason FROM failures"))
