"""The example for testcontainers: its suite, by testcontainers itself, with processes in place of
containers."""

import json
import os
import subprocess
import sys

import pytest

from tests.e2e.clients.environments import environment
from tests.e2e.containers.image import LIMIT, Image
from tests.e2e.pages.reading import ROOT

pytestmark = pytest.mark.needs_tool


def test_a_suite_starts_the_image_and_waits_until_it_is_ready(image: Image) -> None:
    (packages,) = environment("testcontainers").glob("lib/python*/site-packages")
    (entry,) = image.values("ENTRYPOINT")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.e2e.containers.engine"),
            *("-p", "no:cacheprovider", "-c", os.devnull),
            str(ROOT / "examples" / "containers" / "with_testcontainers.py"),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{packages}{os.pathsep}{ROOT}",
            "TESTCONTAINERS_RYUK_DISABLED": "true",
            "ENGINE_IMAGE": json.dumps({"environ": image.environ, "words": json.loads(entry)}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
