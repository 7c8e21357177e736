"""The compose example: its two services as processes, under the names of this machine."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.e2e.containers.image import LIMIT, Image, reserved_port
from tests.e2e.pages.reading import ROOT

pytestmark = pytest.mark.needs_tool

FOLDER = ROOT / "examples" / "containers"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services, with the default of each variable in its place."""
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))["services"]
    return found


def test_the_application_gets_its_speech_on_the_second_attempt(
    services: dict[str, Any], image: Image
) -> None:
    ringback, app = services["ringback"], services["app"]
    with reserved_port() as at:
        place = f"http://app:{app['environment']['PORT']}"
        assert place in ringback["command"]
        command = ringback["command"].replace(place, f"http://127.0.0.1:{at}")
        with image.running(ringback["environment"], command) as (_, port):
            base = app["environment"]["DEEPGRAM_BASE_URL"]
            url = base.replace("ringback:8088", f"127.0.0.1:{port}")
            assert url != base
            done = subprocess.run(
                app["command"].replace(" /app.py", f" {FOLDER / 'app.py'}").split(),
                env={
                    **image.environ,
                    **app["environment"],
                    "DEEPGRAM_BASE_URL": url,
                    "PORT": str(at),
                },
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" bytes of speech, on the second attempt\n")


def test_it_names_files_that_are_there_and_a_port_of_loopback(services: dict[str, Any]) -> None:
    assert (FOLDER / services["ringback"]["build"] / "Dockerfile").is_file()
    for volume in services["app"]["volumes"]:
        assert (FOLDER / volume.split(":")[0]).is_file()
    assert services["app"]["depends_on"] == {"ringback": {"condition": "service_healthy"}}
    assert all(port.startswith("127.0.0.1:") for port in services["ringback"]["ports"])
