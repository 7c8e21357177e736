"""What a request says, read strictly, and what is wrong with it in sentences."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.types import Scope

from ringback.control import asked
from ringback.control.operations import Operation
from ringback.control.problems import Problem, meant, quoted
from ringback.core.request.body import MAX_BODY
from ringback.serving.exchange import Body, header

_MANY = 10
"""How many mistakes are told of."""


def read_query(operation: Operation, scope: Scope) -> BaseModel | None:
    """What the query asks. Raises `Problem`."""
    text: bytes = scope["query_string"]
    kind = operation.query
    if kind is None:
        if text:
            raise Problem(422, f"{operation.method} {operation.path} takes no query")
        return None
    pairs = parse_qsl(text.decode("latin-1"), keep_blank_values=True)
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Problem(422, "a parameter of the query stands there twice: write each once")
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise _mistakes(error, kind, "the query") from None


def read_said(operation: Operation, scope: Scope, body: Body) -> BaseModel | None:
    """What the body says. Raises `Problem`."""
    kind = operation.body
    if not body.size:
        if kind is None:
            return None
        try:
            return kind()
        except ValidationError as error:
            raise _mistakes(error, kind, "the body, which is empty,") from None
    if kind is None:
        raise Problem(422, f"{operation.method} {operation.path} takes no body")
    media_type = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(
            415, "send the body as JSON, with `Content-Type: application/json`", (_ACCEPTS,)
        )
    if header(scope, b"content-encoding") not in (None, "identity"):
        raise Problem(415, "send the body as it is, without a Content-Encoding", (_ACCEPTS,))
    if body.size > MAX_BODY:
        raise Problem(
            413, f"a body of {body.size} bytes is too large: {MAX_BODY} bytes is the most"
        )
    try:
        return kind.model_validate_json(body.kept)
    except ValidationError as error:
        raise _mistakes(error, kind, "the body") from None


_ACCEPTS = ("accept", "application/json")


def _mistakes(error: ValidationError, kind: type[BaseModel], where: str) -> Problem:
    """All that is wrong, in one sentence each."""
    found: list[dict[str, str]] = []
    for each in error.errors(include_url=False, include_context=True, include_input=True):
        place = _place(each["loc"])
        message = str(each["msg"])
        match each["type"]:
            case "extra_forbidden":
                names = _names_at(kind, each["loc"][:-1])
                name = str(each["loc"][-1])
                message = f"there is no key {quoted(name)}.{meant(name, names)}"
                if not meant(name, names):
                    message += f" There are {', '.join(names)}." if names else " It is empty."
            case "literal_error":
                expected = str(each["ctx"]["expected"])
                words = re.findall(r"'([^']*)'", expected)
                near = meant(str(each.get("input", "")), words)
                message = (
                    f"{place}: {quoted(str(each.get('input', '')))} is none of {expected}.{near}"
                )
            case "missing":
                message = f"{quoted(place)} is missing"
            case _:
                message = f"{place}: {message}" if place else message
        found.append({"where": place, "message": message})
    told = "; ".join(dict.fromkeys(each["message"] for each in found[:_MANY]))
    more = f"; and {len(found) - _MANY} more" if len(found) > _MANY else ""
    return Problem(422, f"{where} is not as it must be: {told}{more}", errors=found[:_MANY])


def _place(path: Iterable[int | str]) -> str:
    """Where a mistake is. The names of alternatives, which pydantic adds, stand for nothing."""
    return ".".join(str(each) for each in path if not _is_alternative(each))


def _is_alternative(part: int | str) -> bool:
    return isinstance(part, str) and (part[:1].isupper() or "[" in part or part in _KINDS)


_KINDS = ("int", "str", "float", "none", "bool")


def _names_at(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that there are where *path* leads, as a body spells them."""
    here = kind
    for part in path:
        if isinstance(part, str) and part in _MODELS:
            here = _MODELS[part]
    return [field.alias or name for name, field in here.model_fields.items()]


def _models() -> dict[str, type[BaseModel]]:
    return {
        name: value
        for name, value in vars(asked).items()
        if isinstance(value, type) and issubclass(value, BaseModel)
    }


_MODELS = _models()
