"""Finds the operation that a request is for, reads what it says, and sends what comes of it."""

import json
from collections.abc import Callable
from functools import partial

from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from ringback.control.operations import Call, Operation, Result
from ringback.control.problems import Problem, answer_of, check_read, meant, not_allowed, quoted
from ringback.control.reading import read_query, read_said
from ringback.control.table import OPERATIONS
from ringback.control.workers import Workers
from ringback.core.answer.answer import Answer
from ringback.core.answer.problem import OURS
from ringback.service.service import Service
from ringback.serving.exchange import hear_out, read_body, send
from ringback.serving.mount import PREFIX

_JSON = [("content-type", "application/json"), *OURS]


class Dispatching:
    """All operations."""

    def __init__(self) -> None:
        """Sort them: most paths have no parts that vary."""
        self._fixed: dict[str, dict[str, Operation]] = {}
        self._varying: list[Operation] = []
        self._described: Answer | None = None
        self._workers = Workers()
        for each in OPERATIONS:
            if "{" in each.path:
                self._varying.append(each)
            else:
                self._fixed.setdefault(each.path, {})[each.method] = each

    async def answer(
        self,
        path: str,
        scope: Scope,
        receive: Receive,
        send_: Send,
        find: Callable[[Scope], Service],
    ) -> None:
        """Answer one request; *find* says for which service.

        Raises `Problem` while the body has not been read.
        """
        if path == "/openapi.json":
            check_read(path, scope["method"])
            await hear_out(receive, send_, self._document())
            return
        operation, parts = self._find(path, scope["method"])
        service = find(scope)
        query = read_query(operation, scope)
        read = await read_body(receive)
        if read is None:
            return
        try:
            said = read_said(operation, scope, read)
            call = Call(service, parts, query, said, scope, receive, send_)
            result = await self._carried_out(operation, call)
        except Exception as error:  # noqa: BLE001 - each is told to who asked
            result = answer_of(error)
        if result is not None:
            await send(send_, _encoded(result))

    def _document(self) -> Answer:
        """The OpenAPI document: for everyone who is let in, whoever is served."""
        if self._described is None:
            from ringback.control.openapi import document

            self._described = Answer(200, _JSON, json.dumps(document(OPERATIONS)).encode(), "")
        return self._described

    async def _carried_out(self, operation: Operation, call: Call) -> Result:
        result: Result
        if operation.how == "at once":
            result = operation.handle(call)
        elif operation.how == "waiting":
            result = await operation.handle(call)
        else:
            return await self._workers.do(partial(_done, operation, call))
        return result

    def _find(self, path: str, method: str) -> tuple[Operation, dict[str, str]]:
        """The operation, and the parts of its path that vary. Raises `Problem`."""
        wanted = "GET" if method == "HEAD" else method
        methods = self._fixed.get(path)
        if methods is not None and wanted in methods:
            return methods[wanted], {}
        given = path.split("/")
        allowed = set(methods or ())
        for each in self._varying if methods is None else ():
            parts = _matched(each.parts, given)
            if parts is not None:
                if each.method == wanted:
                    return each, parts
                allowed.add(each.method)
        if allowed:
            allowed |= {"HEAD"} if "GET" in allowed else set()
            raise not_allowed(PREFIX + path, method, sorted(allowed))
        known = sorted({f"{PREFIX}{each.path}" for each in OPERATIONS})
        raise Problem(
            404,
            f"there is no {quoted(PREFIX + path)}.{meant(PREFIX + path, known)} All paths are in"
            f" {PREFIX}/openapi.json.",
        )


def _matched(parts: tuple[str, ...], given: list[str]) -> dict[str, str] | None:
    if len(parts) != len(given):
        return None
    found: dict[str, str] = {}
    for part, text in zip(parts, given, strict=True):
        if part.startswith("{"):
            if not text:
                return None
            found[part.strip("{}")] = text
        elif part != text:
            return None
    return found


def _done(operation: Operation, call: Call) -> Answer:
    """Carry an operation out in this thread, whatever it raises: a loop could not hear of all."""
    try:
        result = operation.handle(call)
    except BaseException as error:  # noqa: BLE001 - each is told to who asked
        return answer_of(error)
    return _encoded(result)


def _encoded(result: BaseModel | Answer) -> Answer:
    if isinstance(result, Answer):
        return result
    return Answer(200, _JSON, result.__pydantic_serializer__.to_json(result), "")
