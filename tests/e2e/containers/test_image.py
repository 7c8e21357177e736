"""The Dockerfile: what it installs serves, says that it is healthy, and ends when it is told to."""

import http.client
from contextlib import closing

import pytest

from tests.e2e.containers.image import Image, reserved_port

pytestmark = pytest.mark.needs_tool


def status(port: int, **headers: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/_ringback/status", headers=headers)
        return connection.getresponse().status


def test_what_the_dockerfile_installs_is_healthy_once_it_serves(image: Image) -> None:
    with reserved_port() as port:
        assert image.health(port) != 0
    with image.running({}) as (_, port):
        assert image.health(port) == 0


def test_its_control_api_answers_to_who_shows_the_token(image: Image) -> None:
    token = {"ringback-control-token": "shown"}
    with image.running({"RINGBACK_CONTROL_TOKEN": "shown"}) as (_, port):
        assert (status(port), status(port, **token)) == (401, 200)
    with image.running({}) as (_, port):
        assert status(port, **token) in (401, 403)


def test_it_ends_well_when_its_container_is_stopped(image: Image) -> None:
    with image.running({}) as (process, _):
        pass
    assert process.returncode == 0


def test_it_is_not_run_by_root_and_is_reached_where_it_says(image: Image) -> None:
    names = [each.name for each in image.instructions]
    assert image.values("USER")[-1] not in ("root", "0")
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert any(command.startswith("useradd ") for command in image.values("RUN"))
    assert image.values("EXPOSE") == [image.environ["RINGBACK_PORT"]]
    assert all("slim" in base for base in image.values("FROM"))
