"""Announcements: texts are spoken by callback, and the audio is kept in SQLite.

What arrives is kept before it is acknowledged, once for each request id, whoever sends it again.
Whoever does not know the password is refused. What never arrives is marked as failed.
"""

import secrets
import sqlite3
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, NamedTuple

import httpx
from fastapi import FastAPI, Request, Response

PATIENCE = timedelta(minutes=7)
"""The last of ten retries, 30 s apart and of 10 s at most, ends 410 s after the first attempt."""


class Callback(NamedTuple):
    """What arrived: the audio, or in JSON why there is none."""

    request_id: str
    content_type: str
    body: bytes


class Announcements:
    """The application; `api` is what a server serves."""

    methods: ClassVar[Sequence[str]] = ("POST", "PUT")
    schema: ClassVar[str] = """
        CREATE TABLE IF NOT EXISTS jobs (request_id TEXT PRIMARY KEY, asked_at TEXT, failure TEXT);
        CREATE TABLE IF NOT EXISTS recordings (request_id TEXT PRIMARY KEY, audio BLOB);
    """

    def __init__(
        self,
        database: Path,
        *,
        callback: str = "https://ada:s3cret@app.example/spoken",
        speak_url: str = "https://api.deepgram.com",
        api_key: str = "",
        busy_timeout: float = 5.0,
        durable: bool = True,
    ) -> None:
        """Keep everything in *database*, and wait *busy_timeout* seconds while it is locked.

        What is not *durable* may not survive a power cut, and is written much faster.
        """
        self.database = database
        self.callback = httpx.URL(callback)
        self.speak_url = speak_url
        self.api_key = api_key
        self.busy_timeout = busy_timeout
        self.durable = durable
        with self.opened() as opened:
            opened.executescript(f"BEGIN; {self.schema} COMMIT;")
        self.api = FastAPI()
        self.api.add_api_route(self.callback.path, self.spoken, methods=[*self.methods])

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

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, text: str) -> str:
        """Ask for the audio of *text*; returns the request id under which it will come."""
        answer = httpx.post(
            f"{self.speak_url}/v1/speak",
            params={"callback": str(self.callback)},
            headers={"authorization": f"Token {self.api_key}"},
            json={"text": text},
        )
        answer.raise_for_status()
        request_id: str = answer.json()["request_id"]
        with self.opened() as database:
            now = datetime.now(UTC).isoformat()
            database.execute("INSERT INTO jobs VALUES (?, ?, NULL)", (request_id, now))
        return request_id

    def give_up(self) -> None:
        """Mark as failed what has not come in time; a scheduler calls this every minute."""
        latest = datetime.now(UTC) - PATIENCE
        with self.opened() as database:
            database.execute(
                "UPDATE jobs SET failure = 'never came' WHERE asked_at < ? AND failure IS NULL"
                " AND request_id NOT IN (SELECT request_id FROM recordings)",
                (latest.isoformat(),),
            )

    # -- being called back -------------------------------------------------------------------------

    async def spoken(self, request: Request) -> Response:
        """Take a callback."""
        if not self.lets_in(request.headers):
            return Response(status_code=401, headers={"www-authenticate": "Basic"})
        callback = Callback(
            request.headers["dg-request-id"], request.headers["content-type"], await request.body()
        )
        return await self.answer(callback)

    def lets_in(self, headers: Mapping[str, str]) -> bool:
        """Whether the caller knows the user and the password of our callback URL."""
        expected = b64encode(self.callback.userinfo)
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "basic" and secrets.compare_digest(given.encode(), expected)

    async def answer(self, callback: Callback) -> Response:
        """Keep what *callback* brings, then acknowledge it: after that it will not come again."""
        try:
            if self.is_audio(callback):
                await self.keep(callback)
            else:
                self.note_failure(callback)
        except sqlite3.OperationalError:  # the database is locked, or its disk is full
            return Response(status_code=503)
        return Response(status_code=204)

    def is_audio(self, callback: Callback) -> bool:
        """Whether it is audio: a job that has failed is told of in JSON."""
        return callback.content_type.startswith("audio/")

    async def keep(self, callback: Callback) -> None:
        """Keep the audio, unless it is there already: the database decides, in one statement."""
        with self.opened() as database:
            database.execute(
                "INSERT INTO recordings VALUES (?, ?) ON CONFLICT DO NOTHING",
                (callback.request_id, callback.body),
            )

    def note_failure(self, callback: Callback) -> None:
        """Keep the reason why there is no audio."""
        with self.opened() as database:
            database.execute(
                "UPDATE jobs SET failure = ? WHERE request_id = ?",
                (callback.body.decode(errors="replace"), callback.request_id),
            )

    # -- looking -----------------------------------------------------------------------------------

    def kept(self) -> list[tuple[str, bytes]]:
        """The request id and the audio of everything that was kept."""
        with self.opened() as database:
            return list(database.execute("SELECT request_id, audio FROM recordings"))

    def failure(self, request_id: str) -> str | None:
        """Why there will be no audio; None as long as it may come."""
        with self.opened() as database:
            found = database.execute(
                "SELECT failure FROM jobs WHERE request_id = ?", (request_id,)
            ).fetchone()
        return found[0] if found else None
