"""What is let in: a request is read and its key looked at, in the order of the service's checks."""

import secrets
from collections.abc import Callable
from functools import lru_cache

from ringback.core.base.rejection import Rejection
from ringback.core.request import grants
from ringback.core.request.editions import Edition
from ringback.core.request.endpoint import Endpoint, unresolved
from ringback.core.request.keys import (
    BEARER,
    ApiKey,
    Credential,
    identifier_of,
    read_authorization,
    refused,
)
from ringback.core.request.query import Ignored
from ringback.core.request.speak import Query, SpeakRequest, SpeakRules
from ringback.core.stream.opening import Opening, read_opening
from ringback.settings.settings import Settings

_LARGE = 16 * 1024
"""Bytes of a body that could hold a text as long as it may be, whatever its escapes."""

Note = Callable[[tuple[Ignored, ...]], None]
"""Takes note of parameters that nobody knows."""


def unnoted(parameters: tuple[Ignored, ...]) -> None:
    """Pass over what is noted once the request is answered."""


class Admission:
    """Lets requests in for one key, or for any."""

    def __init__(
        self, settings: Settings, key: ApiKey, resolves: Callable[[Endpoint], bool]
    ) -> None:
        """Ask *resolves* whether a callback's host leads anywhere."""
        self._settings = settings
        self._key = key
        self._resolves = resolves

    def identify(self, credential: Credential, now: int) -> str | Rejection:
        """The identifier of the key that *credential* is, or was granted by.

        *now* is Unix time in whole seconds.
        """
        if credential.scheme == BEARER:
            if self._settings.any_key and not grants.is_of(self._key, credential.secret):
                return identifier_of(credential.secret)
            return grants.key_of(self._key, credential.secret, now)
        if secrets.compare_digest(credential.secret.encode(), self._key.secret.encode()):
            return self._key.identifier
        if self._settings.any_key:
            return identifier_of(credential.secret)
        return refused("The key is another than this emulator's: use ringback.api_key.")

    def request(
        self,
        edition: Edition,
        query: bytes,
        authorization: str | None,
        content_type: str | None,
        body: bytes,
        now: int,
        note: Note,
        content_encoding: str | None = None,
    ) -> tuple[SpeakRequest, str] | Rejection:
        """What a request asks, and the identifier of its key."""
        reader = _reader(self._settings, edition)
        key_id = self._admit(reader.query(query), read_authorization(authorization), now, note)
        if isinstance(key_id, Rejection):
            return key_id
        request = reader.request(query, content_type, body, content_encoding)
        if isinstance(request, Rejection):
            return request
        if request.callback is not None and not self._resolves(request.callback):
            return unresolved(request.callback)
        return request, key_id

    def opening(
        self,
        edition: Edition,
        query: bytes,
        credential: Credential | Rejection,
        now: int,
        note: Note,
    ) -> Opening | Rejection:
        """What an upgrade asks."""
        reader = _reader(self._settings, edition)
        schema = reader.query(query)
        key_id = self._admit(schema, credential, now, note)
        if isinstance(schema, Rejection):
            return schema
        return key_id if isinstance(key_id, Rejection) else read_opening(reader.rules, schema)

    def _admit(
        self,
        schema: Query | Rejection,
        credential: Credential | Rejection,
        now: int,
        note: Note,
    ) -> str | Rejection:
        """The identifier of the key that a request comes with: its query is looked at first."""
        if isinstance(schema, Rejection):
            return schema
        if schema.ignored:
            note(schema.ignored)
        return credential if isinstance(credential, Rejection) else self.identify(credential, now)


class _Reader:
    """Reads requests to one edition.

    Tests ask the same thing many times, each of an emulator that begins anew: so both steps are
    remembered beyond one emulator's life. Equal requests share one value, so that many pending jobs
    stay small.
    """

    def __init__(self, rules: SpeakRules) -> None:
        self.rules = rules
        self.query = lru_cache(maxsize=64)(rules.read_query)
        self._remembered = lru_cache(maxsize=64)(self._read)

    def request(
        self, query: bytes, content_type: str | None, body: bytes, content_encoding: str | None
    ) -> SpeakRequest | Rejection:
        """What a request asks. Nothing is remembered of one that is large, and likely refused."""
        read = self._remembered if len(body) <= _LARGE else self._read
        return read(query, content_type, body, content_encoding)

    def _read(
        self, query: bytes, content_type: str | None, body: bytes, content_encoding: str | None
    ) -> SpeakRequest | Rejection:
        read = self.query(query)
        if isinstance(read, Rejection):
            return read
        return self.rules.read_request(read, content_type, body, content_encoding)


@lru_cache(maxsize=16)
def _reader(settings: Settings, edition: Edition) -> _Reader:
    return _Reader(settings.speak_rules(edition))
