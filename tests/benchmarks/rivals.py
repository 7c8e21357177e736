"""Other servers that stand in for HTTP services, each told to answer `POST /v1/speak`.

They are installed where the end-to-end tests install their clients, of the versions in `pins`. Each
runs without the launcher around it: only it is measured.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.starting import free_port
from tests.e2e.clients.environments import environment

AUDIO = 20_000
"""How many bytes they answer. They look at nothing for it, and make nothing."""

_POSTED = {"method": "POST", "path": "/v1/speak"}


@dataclass(frozen=True, slots=True)
class Rival:
    """A server: what it runs on, what it answers, and how it is started in a folder on a port."""

    tool: str
    command: Callable[[Path, int], list[str]]
    status: int = 200
    least: int = AUDIO - 1


def modules() -> Path:
    """Where their packages are, which are installed on the first call."""
    return environment("rivals") / "node_modules"


def _json_server(folder: Path, port: int) -> list[str]:
    """It keeps what is posted, and answers that: it has no other answers."""
    database = _written(folder / "db.json", {"speak": []})
    routes = _written(folder / "routes.json", {"/v1/*": "/$1"})
    program = str(modules() / "json-server/lib/cli/bin.js")
    where = ["--host", "127.0.0.1", "--port", str(port)]
    return ["node", program, *where, "--quiet", "--routes", routes, database]


def _prism(folder: Path, port: int) -> list[str]:
    """It answers the example of a description with one path."""
    answer = {
        "description": "Audio.",
        "content": {"audio/mpeg": {"schema": {"type": "string"}, "example": "x" * AUDIO}},
    }
    asked = {"content": {"application/json": {"schema": {"type": "object"}}}}
    described = {
        "openapi": "3.0.3",
        "info": {"title": "Speech", "version": "1"},
        "paths": {"/v1/speak": {"post": {"requestBody": asked, "responses": {"200": answer}}}},
    }
    document = _written(folder / "openapi.json", described)
    program = str(modules() / "@stoplight/prism-cli/dist/index.js")
    return ["node", program, "mock", "-h", "127.0.0.1", "-p", str(port), document]


def _mountebank(folder: Path, port: int) -> list[str]:
    """One imposter with one stub. What imposters are made by has a port of its own."""
    answer = {"statusCode": 200, "headers": {"content-type": "audio/mpeg"}, "body": "x" * AUDIO}
    stub = {"predicates": [{"equals": _POSTED}], "responses": [{"is": answer}]}
    imposter = {"port": port, "protocol": "http", "stubs": [stub]}
    configured = _written(folder / "imposters.json", {"imposters": [imposter]})
    program = str(modules() / "mountebank/bin/mb")
    quiet = ["--nologfile", "--localOnly", "--pidfile", str(folder / "mb.pid")]
    control = ["--port", str(free_port())]
    return ["node", program, "start", *control, "--configfile", configured, *quiet]


def _wiremock(folder: Path, port: int) -> list[str]:
    """One mapping."""
    wiremock(
        folder,
        {
            "request": {"method": "POST", "urlPath": "/v1/speak"},
            "response": {
                "status": 200,
                "headers": {"content-type": "audio/mpeg"},
                "base64Body": base64.b64encode(bytes(AUDIO)).decode(),
            },
        },
    )
    return started_wiremock(folder, port)


def wiremock(folder: Path, mapping: Mapping[str, object]) -> None:
    """Put the one *mapping* of a WireMock into its *folder*."""
    (folder / "mappings").mkdir(exist_ok=True)
    _written(folder / "mappings/speak.json", mapping)


def started_wiremock(folder: Path, port: int) -> list[str]:
    """What starts WireMock with the mapping in *folder*."""
    [archive] = (modules() / "wiremock/build").glob("wiremock-standalone-*.jar")
    where = ["--bind-address", "127.0.0.1", "--port", str(port), "--root-dir", str(folder)]
    return ["java", "-jar", str(archive), *where, "--disable-banner"]


def _written(file: Path, content: Mapping[str, object]) -> str:
    file.write_text(json.dumps(content))
    return str(file)


RIVALS = {
    "json-server": Rival("node", _json_server, status=201, least=20),
    "Prism": Rival("node", _prism),
    "mountebank": Rival("node", _mountebank),
    "WireMock": Rival("java", _wiremock),
}
